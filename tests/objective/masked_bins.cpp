#include <tepui/objective/masked_bins.hpp>

#include <cmath>

#include "laws/objective_laws.hpp"

namespace tepui::tests::masked_bins_objective {
namespace {

using objective::asked_tokens, objective::masked_bins;
using with_bin = channels<channel::bin>;

TEST_CASE("masked bins keep the laws of objectives") {
  laws::of_objective<with_bin>(masked_bins<5>{.rate = 0.5});
  laws::of_objective<channels<channel::special, channel::bin>, channels<channel::mask>>(
      masked_bins<7, objective::front::bert>{.rate = 0.6}, {.near = 1e-4});
  laws::of_objective<with_bin>(masked_bins<5>{.rate = 0.8, .lowest = 2});
  laws::of_objective<with_bin>(objective::rank_cross_entropy<5>{.rate = 0.6}, {.near = 1e-4});
}

TEST_CASE("a hidden bin is asked about and becomes the row behind the bins; without knowledge each bin has the same share") {
  auto head = masked_bins<4>{.rate = 1.0}.bind<2>({.n_vocabulary = 5, .n_rows = 5});
  token_batch<with_bin> cells;
  cells.clear();
  cells.add_token(1, 0), cells.add_token(2, 3), cells.add_token(1, 0);
  cells.end_cell();
  cells.cell_id = {1};
  asked_tokens<with_bin> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(std::vector<std::int32_t>(asked.label.begin(), asked.label.end()) == std::vector<std::int32_t>{0, 3, 0});
  const auto& bin = asked.tokens.get<channel::bin>();
  CHECK(std::vector<std::int32_t>(bin.begin(), bin.end()) == std::vector<std::int32_t>{4, 4, 4});
  const std::vector<double> w(usize(layer::n_weights(head))), token(6);
  layer::room_t<decltype(head), double> room;
  CHECK(head.loss(std::span<const double>(w), layer::packed{}, {token, {}, {}}, asked, room) ==
        doctest::Approx(3 * std::log(4.0)));

  CHECK(head.floor(asked) == doctest::Approx(3 * std::log(4.0)));  // nothing counted yet
  head.count(cells.view());  // of all: 3, 1, 1, 2 of 7; gene 1: (2 + 3/7) / 3 in bin 0; gene 2: (1 + 2/7) / 2 in bin 3
  CHECK(head.floor(asked) == doctest::Approx(-2 * std::log((2 + 3.0 / 7) / 3) - std::log((1 + 2.0 / 7) / 2)));
}

TEST_CASE("genes in bins below the lowest are neither hidden nor counted; the others are chosen as without it") {
  token_batch<with_bin> cells;
  cells.clear();
  for (std::int32_t t = 0; t < 40; ++t) cells.add_token(t % 5, t % 3);
  cells.end_cell();
  cells.cell_id = {4};
  const kernel::draws random(1, "x");
  const auto asked_of = [&](auto objective) {
    auto head = objective.template bind<2>({.n_vocabulary = 5, .n_rows = 5});
    head.count(cells.view());
    asked_tokens<with_bin> asked;
    asked.clear();
    head.ask(cells.view(), random, asked);
    return std::pair(std::move(asked), std::move(head));
  };
  const auto [all, any] = asked_of(masked_bins<3>{.rate = 0.5});
  const auto [some, high] = asked_of(masked_bins<3>{.rate = 0.5, .lowest = 1});
  std::vector<std::int64_t> expressed;
  for (const std::int64_t row : all.row)
    if (row % 3 >= 1) expressed.push_back(row);
  CHECK(expressed.size() < all.row.size());
  CHECK(std::vector<std::int64_t>(some.row.begin(), some.row.end()) == expressed);
  for (std::size_t i = 0; i < expressed.size(); ++i) CHECK(some.label[i] == expressed[i] % 3);
  const auto& bin = some.tokens.get<channel::bin>();
  for (std::size_t t = 0; t < 40; t += 3) CHECK(bin[t] == 0);
  // Each gene has 8 tokens. Gene 0: bins 0, 2, 1, 0, 2, 1, 0, 2, of which 5 are asked about, and 13 of each bin are among all 26.
  asked_tokens<with_bin> one;
  one.clear();
  one.tokens.add_token(0, 3);
  one.row = {0};
  one.label = {2};
  CHECK(high.floor(one) == doctest::Approx(-std::log((3 + 14.0 / 29) / 6)));
  const auto above_all_bins = [] { return masked_bins<3>{.lowest = 3}.bind<2>({.n_vocabulary = 5, .n_rows = 5}); };
  CHECK_THROWS_WITH_AS(above_all_bins(), doctest::Contains("bins 0 to 2"), bad_option);
}

TEST_CASE("whole values can be bins; others are refused with the cell's id") {
  using objective::front::none;
  const auto head = masked_bins<3, none, channel::value>{.rate = 1.0}.bind<2>({.n_vocabulary = 5, .n_rows = 5});
  token_batch<channels<channel::value>> cells;
  cells.clear();
  cells.add_token(1, 2.0F);
  cells.end_cell();
  cells.cell_id = {77};
  asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(asked.label[0] == 2);
  for (const float wrong : {1.5F, 3.0F, -1.0F}) {
    cells.get<channel::value>()[0] = wrong;
    asked.clear();
    CHECK_THROWS_WITH_AS(head.ask(cells.view(), kernel::draws(1, "x"), asked), doctest::Contains("cell 77"), bad_data);
  }
}

}  // namespace
}  // namespace tepui::tests::masked_bins_objective
