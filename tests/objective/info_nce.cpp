#include <tepui/objective/info_nce.hpp>

#include <cmath>

#include "laws/objective_laws.hpp"

namespace tepui::tests::info_nce_objective {
namespace {

using objective::asked_tokens, objective::info_nce;

TEST_CASE("InfoNCE keeps the laws of objectives") {
  laws::of_objective<channels<>>(info_nce{});
  laws::of_objective<channels<channel::value>>(info_nce{.temperature = 0.1}, {.rows = {3, 1, 0, 2, 5, 4}, .near = 1e-4});
}

TEST_CASE("every cell stands in the batch twice, side by side, with two ids") {
  const auto head = info_nce{}.bind<2>({.n_vocabulary = 9, .n_rows = 9});
  token_batch<channels<channel::value>> cells;
  cells.clear();
  cells.add_token(4, 1.5F), cells.add_token(2, 2.5F);
  cells.end_cell();
  cells.add_token(7, 3.5F);
  cells.end_cell();
  cells.cell_id = {10, 20};
  asked_tokens<channels<channel::value, channel::mask>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  const auto vector_of = [](const auto& b) { return std::vector(b.begin(), b.end()); };
  CHECK(vector_of(asked.tokens.cell_begin) == std::vector<std::int64_t>{0, 2, 4, 5, 6});
  CHECK(vector_of(asked.tokens.id) == std::vector<std::int32_t>{4, 2, 4, 2, 7, 7});
  CHECK(vector_of(asked.tokens.get<channel::value>()) == std::vector<float>{1.5F, 2.5F, 1.5F, 2.5F, 3.5F, 3.5F});
  CHECK(vector_of(asked.tokens.cell_id) == std::vector<std::int64_t>{10, -11, 20, -21});
  CHECK(vector_of(asked.row) == std::vector<std::int64_t>{0, 2, 4, 5});

  // Two cells at right angles, each like itself: -log(e^2 / (e^2 + 1)) at a temperature of a half, for four questions.
  const std::vector<double> cell{1, 0, 3, 0, 0, 2, 0, 5};
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
  CHECK(head.loss(std::span<const double>(), at, {{}, cell, {}}, asked, room) ==
        doctest::Approx(4 * std::log(1 + std::exp(-2.0))));
}

TEST_CASE("a temperature of 0 is refused") {
  CHECK_THROWS_WITH_AS(static_cast<void>(info_nce{.temperature = 0}.bind<2>({})), doctest::Contains("temperature of 0"),
                       bad_option);
}

}  // namespace
}  // namespace tepui::tests::info_nce_objective
