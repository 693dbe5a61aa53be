#include <doctest/doctest.h>

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
}  // namespace
}  // namespace test_compose_fitted_pipeline
