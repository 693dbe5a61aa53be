#include <doctest/doctest.h>

#include <tepui/compose/operations.hpp>
#include <tepui/compose/pipeline.hpp>

#include "compose/toy_stages.hpp"

namespace test_compose_operations {
namespace {

using namespace tepui;

/// The toy encoder, which says what it does: an addition a token, and one more.
struct counted_sum : toy::centred_sum {
  [[nodiscard]] double operations(std::int64_t tokens) const { return static_cast<double>(tokens) + 1; }
};
/// A projection of counts onto three dims.
struct three_dims {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "three_dims";
  using takes = port::any_counts;
  using gives = port::embedding;
  std::vector<float> weight;
  std::vector<double> scale;
  float slope = 2;
  static void each_array(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("scale", self.scale);
    visit("slope", self.slope);
  }
  [[nodiscard]] double operations(std::int64_t expressed) const { return 6.0 * static_cast<double>(expressed); }
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const { out.resize(in.n_cells(), 3); }
};

struct padded : three_dims {
  [[nodiscard]] std::int64_t n_not_learned() const { return 7; }
};

/// One cell with one gene, one with three, one with none.
dataset<> three_cells() {
  dataset<> out;
  out.x.n_genes = 3;
  out.genes = {{"", "", ""}, {"A", "B", "C"}};
  const std::vector<std::int32_t> all{0, 1, 2}, one{1};
  const std::vector<float> values{1, 2, 3};
  out.x.add_cell(0, one, std::span(values).first(1));
  out.x.add_cell(1, all, values);
  out.x.add_cell(2, {}, {});
  return out;
}

TEST_CASE("operations are a mean over cells of what the encoder says of their genes or tokens") {
  const auto cells = three_cells();
  const fitted_pipeline<toy::as_tokens, counted_sum> of_tokens(std::tuple(toy::as_tokens{}, counted_sum{}), cells.genes, 1);
  CHECK(operations_per_cell(of_tokens, cells_of(cells)) == doctest::Approx((2 + 4 + 1) / 3.0));
  const fitted_pipeline<three_dims> of_counts(std::tuple(three_dims{}), cells.genes, 1);
  CHECK(operations_per_cell(of_counts, cells_of(cells)) == doctest::Approx(6 * 4 / 3.0));
}

TEST_CASE("an encoder that does not count has no operations, and neither have no cells") {
  auto cells = three_cells();
  const fitted_pipeline<toy::as_tokens, toy::centred_sum> silent(std::tuple(toy::as_tokens{}, toy::centred_sum{}), cells.genes, 1);
  CHECK(operations_per_cell(silent, cells_of(cells)) == 0);
  const fitted_pipeline<three_dims> counts(std::tuple(three_dims{}), cells.genes, 1);
  const std::vector<std::int64_t> none;
  CHECK(operations_per_cell(counts, cells_of(cells, none)) == 0);
}

TEST_CASE("parameters are the learned numbers of all stages, settings left out") {
  const fitted_pipeline<three_dims> model(std::tuple(three_dims{.weight = std::vector<float>(9), .scale = {1, 1}}), three_cells().genes, 1);
  CHECK(model.n_parameters() == 11);
  // A stage that knows of padding or running moments among its numbers says how many.
  const fitted_pipeline<padded> of_padded(std::tuple(padded{{.weight = std::vector<float>(16), .scale = {}}}), three_cells().genes, 1);
  CHECK(of_padded.n_parameters() == 9);
}

}  // namespace
}  // namespace test_compose_operations
