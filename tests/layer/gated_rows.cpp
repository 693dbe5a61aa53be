#include <tepui/layer/gated_rows.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace tepui::tests::gated_rows_layer {
namespace {
using layer::slices;

/// gated_rows with its shared weights beside it, as one layer of rows.
template <class Rows>
struct with_shared {
  static constexpr int dims_in = Rows::dims_in, dims_out = Rows::dims_out;
  using shared = typename Rows::shared_layers;
  template <class Real>
  using saved = typename Rows::template saved<Real>;
  template <class Real>
  using room = typename Rows::template room<Real>;

  [[nodiscard]] std::string describe() const { return "gated rows"; }
  static void each_part(auto&, auto&& visit) {
    visit("shared", shared{});
    visit("rows", Rows{});
  }
  template <class Real>
  void forward(std::span<const Real> w, const layer::packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    slices cut(w);
    const auto first = cut.of(shared{});
    Rows{}.template forward<Real>(first, cut.of(Rows{}), at, x, y, s, r);
  }
  template <class Real>
  void backward(std::span<const Real> w, const layer::packed& at, std::span<const Real>, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const auto first = cut.of(shared{});
    const auto d_first = cut_d.of(shared{});
    std::vector<Real> unused(usize(isize(dy.size()) * 2));
    Rows{}.template backward<Real>(first, cut.of(Rows{}), at, dy, d_first, cut_d.of(Rows{}), dx.empty() ? std::span<Real>(unused) : dx, s, r);
  }
};

TEST_CASE("gates and gated rows keep the laws of layers") {
  laws::of_layer(layer::sigmoid_gate<3>{});
  constexpr layer::batch_norm_settings norm{0.02F, 1e-5F};
  laws::of_layer(with_shared<layer::gated_rows<3, 2, 2, 0, norm>>{}, {.training = true, .near = 1e-4, .whole_batch = true});
  laws::of_layer(with_shared<layer::gated_rows<2, 1, 1, 3, norm>>{}, {.training = true, .near = 1e-4, .whole_batch = true});
  laws::of_layer(with_shared<layer::gated_rows<2, 3, 0, 0, norm>>{});
}

TEST_CASE("half of a row decides how much of the other half passes") {
  const std::vector<double> x{4, -2, 0, 100};
  std::vector<double> y(2);
  layer::nothing none;
  layer::sigmoid_gate<2>{}.forward(std::span<const double>{}, {}, std::span<const double>(x), std::span(y), none, none);
  CHECK(y == std::vector<double>{2, -2});
}

}  // namespace
}  // namespace tepui::tests::gated_rows_layer
