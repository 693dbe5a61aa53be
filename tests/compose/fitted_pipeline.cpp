#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/rank.hpp>

#include <algorithm>
#include <atomic>

#include "compose/toy_stages.hpp"

namespace test_compose_fitted_pipeline {
namespace {
using namespace tepui;

TEST_CASE("a fitted pipeline kept as arrays comes back with the same bits") {
  const auto d = toy::three_cells();
  const auto fitted = compose(toy::twice{}, toy::as_tokens{}, toy::sum{}).fit(d, {.seed = 11});
  const auto kept = fitted.arrays();
  const auto again = std::remove_cvref_t<decltype(fitted)>::from(kept);
  CHECK(again.embed(d).value == fitted.embed(d).value);
  CHECK(again.genes() == fitted.genes());
  CHECK(kept.get<std::string>("tepui.version")[0] == version_text);
}

TEST_CASE("arrays of another pipeline are refused with both names") {
  const auto d = toy::three_cells();
  const auto kept = compose(toy::as_tokens{}, toy::sum{}).fit(d).arrays();
  using other = fitted_pipeline<toy::twice, toy::as_tokens>;
  CHECK_THROWS_WITH_AS((void)other::from(kept), doctest::Contains("'as_tokens | sum', but it was loaded as 'twice | as_tokens'"),
                       bad_data);
}

TEST_CASE("a pipeline saved by another major version is refused") {
  auto kept = compose(toy::as_tokens{}).fit(toy::three_cells()).arrays();
  for (auto& [name, values] : kept.all)
    if (name == "tepui.version") values = std::vector<std::string>{"7.0.0"};
  CHECK_THROWS_WITH_AS((void)fitted_pipeline<toy::as_tokens>::from(kept), doctest::Contains("saved by tepui 7.0.0"), bad_data);
}

TEST_CASE("damaged arrays are refused") {
  auto kept = compose(toy::as_tokens{}).fit(toy::three_cells()).arrays();
  for (auto& [name, values] : kept.all)
    if (name == "genes.symbol") values = std::vector<std::string>{"A"};
  CHECK_THROWS_WITH_AS((void)fitted_pipeline<toy::as_tokens>::from(kept), doctest::Contains("2 gene ids but 1 symbols"), bad_data);
}

TEST_CASE("one batch again and again needs no further memory") {
  const auto d = toy::three_cells();
  const auto fitted = compose(toy::twice{}, toy::as_tokens{}, toy::sum{}).fit(d);
  std::remove_cvref_t<decltype(fitted)>::rooms_for<counts_view<scale::raw>> room;
  const auto* first = fitted.run(d.x.view(), room).value.data();
  for (int again = 0; again < 3; ++again) CHECK(fitted.run(d.x.view(), room).value.data() == first);
}

TEST_CASE("tokens, drawn ones too, are the same for any number of threads; batches come with the place of their first cell") {
  const simulate::corpus corpus({.cells = 1000, .genes = 200});
  namespace c = tokenize::composition;
  const tokenize::tokenizer<tokenize::identity::columns, tokenize::expression::values, c::sequence<c::at_random, c::truncate<20>>> random;
  const auto fitted = compose(random).fit(corpus);
  const auto one = fitted.tokens(corpus);
  REQUIRE(one.n_cells() == 1000);
  for (const int threads : {2, 4}) {
    const auto several = fitted.tokens(corpus, {.threads = threads});
    CHECK(several.id == one.id);
    CHECK(several.cell_begin == one.cell_begin);
    CHECK(several.cell_id == one.cell_id);
    CHECK(several.channel_buffers == one.channel_buffers);
    std::atomic<std::int64_t> cells = 0, wrong = 0;
    fitted.each_batch(corpus, {.threads = threads}, [&](std::int64_t first, const auto& batch) {
      cells += batch.n_cells();
      const auto begin = one.id.begin() + one.cell_begin[usize(first)];
      if (!std::equal(batch.id.begin(), batch.id.end(), begin)) ++wrong;
    });
    CHECK(cells == 1000);
    CHECK(wrong == 0);
  }
}

}  // namespace
}  // namespace test_compose_fitted_pipeline
