#include <doctest/doctest.h>

#include <tepui/compose/grid.hpp>
#include <vector>

#include "compose/toy_stages.hpp"

namespace test_compose_grid {
namespace {
using namespace tepui;

TEST_CASE("a grid holds every pair, rows first, each with its own type") {
  const auto grid = extend_grid(
      compose_grid(tokenizers(named("plain", toy::as_tokens{}), named("doubled", compose(toy::twice{}, toy::as_tokens{}))),
                   encoders(named("sum", toy::sum{}), named("untrained", toy::centred_sum{}))),
      without_tokenizer("double sum", compose(toy::twice{}, toy::as_tokens{}, toy::sum{})));
  std::vector<std::string> seen;
  std::vector<float> first;
  const auto d = toy::three_cells();
  for_each_cell(grid, [&](const auto& cell) {
    seen.push_back(cell.tokenizer + " x " + cell.encoder);
    first.push_back(cell.pipeline.fit(d).embed(d).row(0)[0]);
  });
  CHECK(seen == std::vector<std::string>{"plain x sum", "plain x untrained", "doubled x sum", "doubled x untrained",
                                         "none x double sum"});
  CHECK(first == std::vector<float>{4, 4, 8, 8, 8});
}
}  // namespace
}  // namespace test_compose_grid
