#include <tepui/encode/tabnet_encoder.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::tabnet_encoder_stage {
namespace {
using encode::tabnet_shape;
using kernel::shares_by;

TEST_CASE("a TabNet keeps the laws of encoders") {
  laws::encoder_of_counts<scale::log1p>(encode::tabnet_encoder<tabnet_shape{.dims = 3, .chooses = 2, .steps = 2, .own = 1, .ghost_rows = 4}>{});
}

/// Cells, weights and sizes of bench/peers/tabnet.py.
template <shares_by By, int GhostRows = 3>
struct typed_in {
  static constexpr tabnet_shape shape{.dims = 2, .chooses = 3, .steps = 2, .shared = 2, .own = 1, .sparsity = 0, .ghost_rows = GhostRows, .mask = By};
  using encoder_type = encode::fitted_tabnet_encoder<shape, port::any_counts>;
  encoder_type encoder;
  std::vector<double> w, dz, z = std::vector<double>(12);
  std::vector<std::int64_t> begin{0}, rows{0, 1, 2, 3, 4, 5, 6}, id{1, 2, 3, 4, 5, 6};
  std::vector<std::int32_t> gene;
  std::vector<double> value;
  typename encoder_type::template saved<double> saved;
  typename encoder_type::template room<double> room;

  typed_in() {
    encoder.genes.n_genes = 6;
    w.resize(usize(layer::n_weights(encoder)));
    layer::draw_weights<double>(encoder, kernel::draws(1, "tabnet"), w);
    double number = 0;
    layer::each_slice(encoder, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
      if (s.by != layer::learned_by::gradient) return;
      const bool gain = name.ends_with("gain"), shift = name.ends_with("shift");
      for (std::int64_t k = 0; k < s.size(); ++k) {
        const auto i = static_cast<double>(k);
        w[usize(first + k)] = (gain ? 1 : 0) + (gain ? 0.2 : shift ? 0.1 : 0.7) * std::sin(1.7 * i + 0.9 * number + 0.3 * i * i);
      }
      ++number;
    });
    for (std::int64_t i = 0; i < 36; ++i) {
      if (const double x = 3 * std::sin(2.3 * static_cast<double>(i) + 1); x > 0) gene.push_back(static_cast<std::int32_t>(i % 6)), value.push_back(x);
      if (i % 6 == 5) begin.push_back(isize(gene.size()));
    }
    for (int i = 0; i < 12; ++i) dz.push_back(std::cos(1.1 * i));
  }
  double run(std::span<const double> weights) {
    const layer::packed at{rows, id, {}, true};
    const std::span<const std::int64_t> ends(begin);
    const kernel::stored_cells<double> cells{6, ends.first(6), ends.last(6), gene, value};
    encoder.template forward_cells<double>(weights, at, cells, std::span(z), saved, room);
    return std::inner_product(z.begin(), z.end(), dz.begin(), 0.0);
  }
  std::vector<double> gradient() {
    (void)run(w);
    std::vector<double> dw(w.size());
    encoder.template backward_cells<double>(w, layer::packed{rows, id, {}, true}, 0, dz, dw, saved, room);
    return dw;
  }
  void agrees(const std::vector<double>& embedding, double entropy, const std::vector<double>& lengths) {
    const auto dw = gradient();
    for (std::size_t i = 0; i < 12; ++i) CHECK(z[i] == doctest::Approx(embedding[i]).epsilon(1e-9));
    CHECK(encoder_type::entropy(6, saved) == doctest::Approx(entropy).epsilon(1e-9));
    std::size_t number = 0;
    layer::each_slice(encoder, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
      if (s.by != layer::learned_by::gradient) return;
      double squares = 0;
      for (std::int64_t i = first; i < first + s.size(); ++i) squares += dw[usize(i)] * dw[usize(i)];
      INFO(name);
      CHECK(std::sqrt(squares) == doctest::Approx(lengths.at(number++)).epsilon(1e-8));
    });
    CHECK(number == lengths.size());
  }
};

TEST_CASE("embedding, entropy and the length of every gradient are those of torch, by sparsemax and by 1.5-entmax") {
  typed_in<shares_by::sparsemax>{}.agrees(
      {0, 1.03355074949733, 0.135972622244905, 0, 0, 0.0511067251999742, 0.152176806365078, 0,
       0.342499783453036, 0.33523074617108, 0.0957877064389261, 0.470767470345206}, 3.17186215151129,
      {10.549236946, 3.95608260272, 1.51572052893, 7.9148719075, 6.89599209688, 3.27385109769, 6.4281832992,
       3.54722675049, 14.4641345603, 5.18367351379, 2.02057571113, 14.501678704, 2.74245776032, 2.31770466553,
       3.15231499469, 2.11358410963, 2.3782377293, 1.17898643117, 3.14129130162, 1.42699908608,
       0.705339554396, 1.77510990377, 1.00107252488, 0.953765430414, 1.44397383876, 1.03214891314,
       0.573437565074, 0.761479435291, 0.739006463565, 0.423660972514, 0.499145355068});
  typed_in<shares_by::entmax15>{}.agrees(
      {0.623241005426973, 0.928179665384436, 0, 0, 0, 0, 0.067060289097218, 0.221292884073578,
       0.180115142949885, 0.129027212796747, 0, 2.0643241913496}, 5.15510602670532,
      {21.3026147024, 7.35447112815, 5.259131678, 22.8270759833, 13.3918506154, 6.44186947402, 10.6325726996,
       5.05979099651, 29.4809990804, 11.7815074744, 4.61759048864, 29.2942362415, 5.32215322152, 4.81729365895,
       12.3708546899, 6.20728851159, 5.22605843604, 2.58382766615, 10.9983113632, 1.88224526569, 1.2899399361,
       5.17477611079, 3.1304217235, 4.16327050869, 0.64435939844, 0.921067669496, 0.726037230267,
       0.779799890299, 2.01995012427, 0.551074783024, 0.803450213376});
}

/// Finite differences of sum(dz z) + sparsity times the entropy of the masks.
template <tabnet_shape Shape, class Case>
void gradient_is_exact(Case on) {
  using encoder_type = encode::fitted_tabnet_encoder<Shape, port::any_counts>;
  encoder_type encoder;
  encoder.genes.n_genes = 6;
  typename encoder_type::template saved<double> saved;
  typename encoder_type::template room<double> room;
  const layer::packed at{on.rows, on.id, {}, true};
  const std::span<const std::int64_t> ends(on.begin);
  const kernel::stored_cells<double> cells{6, ends.first(6), ends.last(6), on.gene, on.value};
  std::vector<double> w(usize(layer::n_weights(encoder)));
  layer::draw_weights<double>(encoder, kernel::draws(2, "tabnet"), w);
  const auto loss = [&](std::span<const double> weights) {
    encoder.template forward_cells<double>(weights, at, cells, std::span(on.z), saved, room);
    return std::inner_product(on.z.begin(), on.z.end(), on.dz.begin(), 0.0) + static_cast<double>(Shape.sparsity) * encoder_type::entropy(6, saved);
  };
  (void)loss(w);
  std::vector<double> dw(w.size(), 1.0);
  encoder.template backward_cells<double>(w, at, cells, on.dz, dw, saved, room);
  layer::each_slice(encoder, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(s.size(), 6); ++i) {
      const std::int64_t k = first + kernel::draws(5, "place").below(s.size(), i);
      auto up = w, down = w;
      up[usize(k)] += 1e-6, down[usize(k)] -= 1e-6;
      const double measured = (loss(up) - loss(down)) / 2e-6;
      INFO(name, "[", k - first, "]: ", dw[usize(k)] - 1, " beside ", measured);
      CHECK(std::abs(dw[usize(k)] - 1 - measured) <= 1e-6 * std::max(1.0, std::abs(measured)));
    }
  });
}

TEST_CASE("the gradient of the whole encoder is exact, that of the entropy of its masks included") {
  const typed_in<shares_by::sparsemax> cells;
  gradient_is_exact<tabnet_shape{.dims = 2, .chooses = 3, .steps = 3, .shared = 1, .own = 1, .gamma = 1.5F, .sparsity = 0.5F}>(cells);
  gradient_is_exact<tabnet_shape{.dims = 2, .chooses = 3, .steps = 3, .shared = 3, .own = 0, .sparsity = 0.25F, .ghost_rows = 3}>(cells);
  gradient_is_exact<tabnet_shape{.dims = 2, .chooses = 2, .steps = 2, .sparsity = 0.5F, .mask = shares_by::entmax15}>(cells);
  gradient_is_exact<tabnet_shape{.dims = 2, .chooses = 2, .steps = 2, .gamma = 1.0F}>(cells);
}

TEST_CASE("a TabNet says the settings of its norms that are not the usual ones, and how many numbers it learns") {
  using usual = encode::tabnet_encoder<tabnet_shape{.sparsity = 1e-5F}>;
  CHECK(usual{}.describe() ==
        "tabnet(genes to 32, 3 steps, 2 shared and 2 own layers of 16, embedding 8, sparsemax, gamma 1.3, sparsity 1e-05)");
  using other = encode::tabnet_encoder<tabnet_shape{.norm = {0.02F, 0.001F}, .gene_norm = {0.1F, 1e-5F}}>;
  CHECK(other{}.describe().ends_with("sparsity 0, norms of epsilon 0.001, norm of genes of momentum 0.1)"));
  typed_in<shares_by::sparsemax> on;
  // Six genes to 10 numbers and their norm; a shared layer of 5 to 10; three times two layers, each with a norm of 10, of which one has
  // weights of its own; two masks of 6 genes by 3 numbers, and their norms.
  const std::int64_t learned = 6 * 10 + 2 * 6 + 5 * 10 + 3 * (3 * 2 * 10 + 5 * 10) + 2 * (6 * 3 + 2 * 6);
  CHECK(layer::n_parameters(on.encoder) == learned);
  on.encoder.weights.resize(on.w.size());
  CHECK(isize(on.w.size()) - on.encoder.n_not_learned() == learned);
}

TEST_CASE("what a cell costs, and cells of other genes") {
  encode::fitted_tabnet_encoder<tabnet_shape{.dims = 2, .chooses = 3, .steps = 2, .shared = 2, .own = 1}, port::any_counts> encoder;
  encoder.genes.n_genes = 10;
  // Three times 4 genes to 10 numbers and two layers of 5 to 10; two masks of 10 genes.
  CHECK(encoder.operations(4) == 3 * (2 * 4 * 10 + 2 * 2 * 5 * 10) + 2 * 10 * (2 * 3 + 3));
  counts<scale::raw> cells;
  cells.n_genes = 3;
  embedding_batch<> out;
  decltype(encoder)::scratch scratch;
  CHECK_THROWS_WITH_AS(encoder(cells.view(), out, scratch, kernel::draws(1, "none")), doctest::Contains("10 genes was given cells of 3 genes"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::tabnet_encoder_stage
