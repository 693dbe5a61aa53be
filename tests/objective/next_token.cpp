#include <tepui/objective/next_token.hpp>

#include <cmath>

#include "laws/objective_laws.hpp"

namespace tepui::tests::next_token_objective {
namespace {

using objective::asked_tokens, objective::next_token;

TEST_CASE("the next token keeps the laws of objectives") {
  laws::of_objective<channels<>>(next_token{});
  laws::of_objective<channels<channel::value>>(next_token<objective::output::own, objective::front::bert>{}, {.near = 1e-4});
}

TEST_CASE("every token asks for the one behind it, the last one for none; nothing is hidden") {
  auto head = next_token{}.bind<2>({.n_vocabulary = 9, .n_rows = 9});
  token_batch<> cells;
  cells.clear();
  for (const int id : {4, 2, 7}) cells.add_token(id);
  cells.end_cell();
  cells.add_token(1);
  cells.end_cell();
  cells.cell_id = {1, 2};
  asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(std::vector<std::int64_t>(asked.row.begin(), asked.row.end()) == std::vector<std::int64_t>{0, 1});
  CHECK(std::vector<std::int32_t>(asked.label.begin(), asked.label.end()) == std::vector<std::int32_t>{2, 7});
  CHECK(asked.tokens.id == cells.id);
  head.count(cells.view());  // 2 and 7 once each
  CHECK(head.floor(asked) == doctest::Approx(-2 * std::log(2.0 / 11)));
}

}  // namespace
}  // namespace tepui::tests::next_token_objective
