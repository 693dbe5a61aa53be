#include <tepui/objective/masked_values.hpp>

#include "laws/golden.hpp"
#include "laws/objective_laws.hpp"

namespace tepui::tests::masked_values_objective {
namespace {

using objective::asked_tokens, objective::masked_values, objective::token_facts;
using with_value = channels<channel::value>;

TEST_CASE("masked values keep the laws of objectives") {
  laws::of_objective<with_value>(masked_values{.rate = 0.5});
  laws::of_objective<channels<channel::special, channel::value>>(masked_values<objective::front::scgpt>{.rate = 0.5});
  laws::of_objective<with_value, channels<channel::mask>>(masked_values<objective::front::bert>{.rate = 0.6}, {.near = 1e-4});
  laws::of_objective<channels<channel::bin>>(masked_values<objective::front::none, channel::bin>{.rate = 0.5});
  laws::of_objective<with_value>(masked_values{.rate = 0.9}, {.rows = {300, 40, 1}});
}

TEST_CASE("hidden values become the marker and are what is asked; the gene stays; the loss is the squared error") {
  auto head = masked_values{.rate = 1.0}.bind<1>({.n_vocabulary = 5, .n_rows = 6, .special = {4}});
  token_batch<with_value> cells;
  cells.clear();
  cells.add_token(4, 0), cells.add_token(1, 2.5F), cells.add_token(3, 7);
  cells.end_cell();
  cells.cell_id = {1};
  asked_tokens<channels<channel::value, channel::mask>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(std::vector<std::int64_t>(asked.row.begin(), asked.row.end()) == std::vector<std::int64_t>{1, 2});
  CHECK(std::vector<float>(asked.value.begin(), asked.value.end()) == std::vector<float>{2.5F, 7});
  const auto& value = asked.tokens.get<channel::value>();
  CHECK(std::vector<float>(value.begin(), value.end()) == std::vector<float>{0, -1, -1});
  CHECK(asked.tokens.get<channel::mask>()[0] == 0);
  CHECK(asked.tokens.get<channel::mask>()[2] == 1);
  CHECK(asked.tokens.id == cells.id);

  std::vector<double> w(usize(layer::n_weights(head)));
  w[0] = 2, w[16] = 1;  // 2 x + 1
  const std::vector<double> token{9, 1, 3};
  std::vector<double> d(3), dw(w.size());
  layer::room_t<decltype(head), double> room;
  CHECK(head.gradient(std::span<const double>(w), layer::packed{}, {token, {}, {}}, asked, std::span<double>(dw), {d, {}, {}},
                      room) == doctest::Approx(0.25));
  CHECK(d == std::vector<double>{0, 2, 0});  // (3 - 2.5) twice, times 2
  CHECK(dw[0] == doctest::Approx(1));
  CHECK(dw[16] == doctest::Approx(1));

  head.count(cells.view());  // mean 4.75; genes 1 and 3: (2.5 + 4.75) / 2, (7 + 4.75) / 2
  CHECK(head.floor(asked) == doctest::Approx(1.125 * 1.125 * 2));
}

TEST_CASE("settings that cannot be used are refused in a sentence") {
  const token_facts facts{.n_vocabulary = 5, .n_rows = 5};
  CHECK_THROWS_WITH_AS(static_cast<void>(masked_values{.rate = -0.5}.bind<4>(facts)), doctest::Contains("rate of -0.5"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(masked_values{.marker = std::numeric_limits<float>::quiet_NaN()}.bind<4>(facts)),
                       doctest::Contains("give -1"), bad_option);
}

TEST_CASE("scGPT's masked mean squared error") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scgpt_losses.json");
  std::size_t from = 0;
  const auto read = [&](const std::string& key) { return laws::numbers_in(laws::json_array(golden, key, from)); };
  const std::vector<double> guess = read("pred"), target = read("target"), mask = read("mask");
  const double wanted = laws::numbers_in(golden.substr(golden.find("\"masked_mse\"") + 12))[0];
  asked_tokens<with_value> asked;
  asked.clear();
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] != 0) asked.row.push_back(isize(i)), asked.value.push_back(static_cast<float>(target[i]));
  const auto head = masked_values{}.bind<1>({.n_vocabulary = 1, .n_rows = 1});
  std::vector<double> w(usize(layer::n_weights(head)));
  w[0] = 1;
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  const double loss = head.loss(std::span<const double>(w), layer::packed{}, {guess, {}, {}}, asked, room);
  CHECK(loss / static_cast<double>(asked.row.size()) == doctest::Approx(wanted).epsilon(1e-6));
}

}  // namespace
}  // namespace tepui::tests::masked_values_objective
