#include <tepui/layer/gene_mask.hpp>

#include <doctest/doctest.h>

#include <numeric>

#include "laws/layer_laws.hpp"

namespace tepui::tests::gene_mask_layer {
namespace {

constexpr layer::batch_norm_settings norm{0.02F, 1e-5F};

/// Three masks of the same rows, one behind the other, written out side by side as one layer: [rows, In] to [rows, 3 Genes].
template <int In, int Genes, int GhostRows, kernel::shares_by By>
struct three_masks {
  static constexpr int dims_in = In, dims_out = 3 * Genes;
  using mask = layer::gene_mask<In, GhostRows, By, norm>;
  template <class Real>
  struct saved {
    std::array<layer::gene_shares<Real>, 3> kept;
  };
  template <class Real>
  using room = typename mask::template room<Real>;

  [[nodiscard]] std::string describe() const { return mask{Genes}.describe(); }
  static void each_part(auto&, auto&& visit) {
    for (const char* name : {"0", "1", "2"}) visit(name, mask{Genes});
  }
  template <class Real>
  static std::span<const layer::gene_shares<Real>> before(const saved<Real>& s, int m) { return {s.kept.data(), usize(m)}; }
  template <class Real>
  void forward(std::span<const Real> w, const layer::packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    layer::slices cut(w);
    std::fill(y.begin(), y.end(), Real{0});
    for (int m = 0; m < 3; ++m) {
      auto& kept = s.kept[usize(m)];
      mask{Genes}.template forward<Real>(cut.of(mask{Genes}), at, x, before(s, m), Real(1.25), kept, r);
      for (std::int64_t c = 0; c < at.n_rows(); ++c)
        for (std::int64_t i = kept.begin(c); i < kept.end(c); ++i) y[usize(c * dims_out + m * Genes + kept.gene[usize(i)])] = kept.share[usize(i)];
    }
  }
  template <class Real>
  void backward(std::span<const Real> w, const layer::packed& at, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    const std::int64_t one = layer::n_weights(mask{Genes});
    std::array<layer::memory<Real>, 3> d;
    for (int m = 0; m < 3; ++m)
      for (std::int64_t c = 0; c < at.n_rows(); ++c)
        for (std::int64_t i = s.kept[usize(m)].begin(c); i < s.kept[usize(m)].end(c); ++i)
          d[usize(m)].push_back(dy[usize(c * dims_out + m * Genes + s.kept[usize(m)].gene[usize(i)])]);
    std::vector<Real> part(x.size());
    std::fill(dx.begin(), dx.end(), Real{0});
    for (int m = 2; m >= 0; --m) {
      mask{Genes}.template backward<Real>(w.subspan(usize(m * one), usize(one)), at, x, before(s, m), Real(1.25), s.kept[usize(m)],
                                          std::span<Real>(d[usize(m)]), std::span<layer::memory<Real>>(d.data(), usize(m)),
                                          dw.subspan(usize(m * one), usize(one)), std::span<Real>(part), r);
      for (std::size_t i = 0; i < dx.size(); ++i) dx[i] += part[i];
    }
  }
};

TEST_CASE("masks keep the laws of layers: moments of the batch, priors of earlier masks, both kinds of shares") {
  using kernel::shares_by;
  const laws::layer_case learning{.training = true, .near = 1e-4, .whole_batch = true};
  laws::of_layer(three_masks<3, 7, 0, shares_by::sparsemax>{}, learning);
  laws::of_layer(three_masks<3, 7, 3, shares_by::sparsemax>{}, learning);
  laws::of_layer(three_masks<2, 20, 4, shares_by::entmax15>{}, learning);
  laws::of_layer(three_masks<3, 7, 0, shares_by::entmax15>{}, {.near = 1e-4});
  laws::of_layer(three_masks<3, 7, 3, shares_by::sparsemax>{}, {.near = 1e-4});
}

TEST_CASE("a mask can be checked with a pencil, and genes that were looked at count less") {
  // One number a cell, which is the score of gene 0, and half of which that of gene 1; running moments of 0 and 1.
  const layer::gene_mask<1, 0, kernel::shares_by::sparsemax, norm> mask{2};
  std::vector<double> w(usize(layer::n_weights(mask)));
  layer::draw_weights<double>(mask, kernel::draws(1, "mask"), w);
  w[0] = 1, w[1] = 0.5;
  const std::vector<std::int64_t> rows{0, 1}, id{1};
  const std::vector<double> x{1};
  std::array<layer::gene_shares<double>, 2> kept;
  decltype(mask)::room<double> room;
  const layer::packed at{rows, id, {}, false};
  mask.forward<double>(w, at, x, {}, 1.5, kept[0], room);
  CHECK(kept[0].gene == layer::memory<std::int32_t>{0, 1});
  CHECK(kept[0].share[0] == doctest::Approx(0.75).epsilon(1e-4));
  // Priors are 0.75 and 1.25: scores 0.75 and 0.625, shares 0.5625 and 0.4375.
  mask.forward<double>(w, at, x, std::span<const layer::gene_shares<double>>(kept.data(), 1), 1.5, kept[1], room);
  CHECK(kept[1].prior[0] == doctest::Approx(0.75).epsilon(1e-4));
  CHECK(kept[1].prior[1] == doctest::Approx(1.25).epsilon(1e-4));
  CHECK(kept[1].share[0] == doctest::Approx(0.5625).epsilon(1e-4));
  CHECK(kept[1].share[1] == doctest::Approx(0.4375).epsilon(1e-4));
}

}  // namespace
}  // namespace tepui::tests::gene_mask_layer
