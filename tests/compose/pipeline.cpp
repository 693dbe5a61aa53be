#include <doctest/doctest.h>

#include <rapidcheck.h>

#include "compose/toy_stages.hpp"

namespace test_compose_pipeline {
namespace {
using namespace tepui;

TEST_CASE("bars and compose() give the same flat type") {
  auto a = compose(toy::twice{}, toy::as_tokens{}, toy::sum{});
  auto b = from_counts | toy::twice{} | toy::as_tokens{} | toy::sum{};
  auto c = compose(compose(toy::twice{}, toy::as_tokens{}), toy::sum{});
  static_assert(std::is_same_v<decltype(a), pipeline<toy::twice, toy::as_tokens, toy::sum>>);
  static_assert(std::is_same_v<decltype(a), decltype(b)> && std::is_same_v<decltype(a), decltype(c)>);
  CHECK(a.describe() == "twice | as_tokens | sum");
}

TEST_CASE("fit gives another type, learned behind the stages before it") {
  const auto d = toy::three_cells();
  const auto fitted = compose(toy::twice{}, toy::as_tokens{}, toy::sum{}).fit(d);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(fitted)>, fitted_pipeline<toy::twice, toy::as_tokens, toy::centred_sum>>);
  const auto e = fitted.embed(d);  // doubled sums 8, 0, 20; mean 28/3
  CHECK(e.n_columns == 2);
  CHECK(e.row(0)[0] == 8.0F);
  CHECK(e.row(1)[0] == 0.0F);
  CHECK(e.row(2)[0] == 20.0F);
  CHECK(e.row(1)[1] == doctest::Approx(-28.0 / 3));
  CHECK(e.cell_id[2] == 9);
}

TEST_CASE("the twin of a pipeline has seen no cells") {
  const auto d = toy::three_cells();
  const auto twin = compose(toy::as_tokens{}, toy::sum{}).untrained();
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(twin)>, pipeline<toy::as_tokens, toy::centred_sum>>);
  CHECK(twin.fit(d).embed(d).row(2)[1] == 10.0F);
}

TEST_CASE("neither threads nor batches change a bit") {
  dataset<> d;
  d.x.n_genes = 50;
  d.genes.id.assign(50, "");
  for (int g = 0; g < 50; ++g) d.genes.symbol.push_back("G" + std::to_string(g));
  const kernel::draws random(1, "test");
  for (std::int64_t c = 0; c < 1000; ++c) {
    std::vector<std::int32_t> genes;
    std::vector<float> values;
    for (std::int32_t g = 0; g < 50; ++g)
      if (random.uniform(c, static_cast<std::uint64_t>(g)) < 0.3) {
        genes.push_back(g);
        values.push_back(static_cast<float>(1 + random.below(9, c, static_cast<std::uint64_t>(100 + g))));
      }
    d.x.add_cell(c, genes, values);
  }
  const auto model = compose(toy::twice{}, toy::as_tokens{}, toy::sum{});
  const auto one = model.fit(d, {.seed = 3, .threads = 1}).embed(d, {.threads = 1});
  const auto four = model.fit(d, {.seed = 3, .threads = 4}).embed(d, {.threads = 4});
  CHECK(one.value == four.value);
  // The first 300 cells alone: other batches, the same rows.
  const auto fitted = model.fit(d, {.seed = 3});
  const auto part = fitted.embed(cells_of(d.x.view().part(0, 300), d.genes));
  CHECK(std::equal(part.value.begin(), part.value.end(), one.value.begin()));
}

/// Reads the batch of each cell, as it declares.
struct batch_code {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "batch_code";
  using takes = port::any_counts;
  using gives = port::embedding;
  using reads = covariates<covariate::batch>;
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    static_assert(std::remove_cvref_t<decltype(in)>::covariate_list::count == 1);  // the donor is hidden from it
    out.resize(in.n_cells(), 1);
    for (std::int64_t c = 0; c < in.n_cells(); ++c)
      out.row(c)[0] = static_cast<float>(in.cells.template codes<covariate::batch>()[usize(c)]);
  }
};

TEST_CASE("a declared covariate reaches the stage through the stages before it, and no other does") {
  const auto d = toy::three_cells();
  const std::vector<std::int32_t> donor{5, 5, 5}, batch{0, 1, 2};
  const auto source = cells_of(d.x.view().with<covariate::donor>(donor).with<covariate::batch>(batch), d.genes);
  const auto e = compose(toy::twice{}, batch_code{}).fit(source).embed(source);
  CHECK(e.row(2)[0] == 2.0F);
}

TEST_CASE("a pipeline that ends with a tokenizer gives tokens") {
  const auto d = toy::three_cells();
  const auto t = compose(toy::as_tokens{}).fit(d).tokens(d);
  CHECK(t.n_cells() == 3);
  CHECK(t.view().n_tokens(1) == 0);
  CHECK(t.view().of<channel::value>(2)[0] == 10.0F);
  CHECK(t.cell_id[0] == 7);
}

TEST_CASE("no cells give no rows") {
  const auto d = toy::three_cells();
  auto none = d;
  none.x.clear();
  CHECK(compose(toy::as_tokens{}, toy::sum{}).fit(d).embed(none).n_cells() == 0);
}
}  // namespace
}  // namespace test_compose_pipeline
