#include <tepui/objective/masked_genes.hpp>

#include <cmath>

#include "laws/objective_laws.hpp"

namespace tepui::tests::masked_genes_objective {
namespace {

using objective::asked_tokens, objective::masked_genes, objective::token_facts;
constexpr token_facts ten{.n_vocabulary = 10, .n_rows = 11, .mask_id = 10};

TEST_CASE("masked genes keep the laws of objectives") {
  laws::of_objective<channels<>>(masked_genes{.rate = 0.5});
  laws::of_objective<channels<channel::special, channel::value>>(masked_genes<objective::output::own>{.rate = 0.5});
  laws::of_objective<channels<>, channels<channel::mask>>(objective::always_mask(0.6));
  laws::of_objective<channels<>>(masked_genes<objective::output::tied, objective::front::bert>{.rate = 0.5}, {.near = 1e-4});
}

TEST_CASE("more questions than a tile and more words than a block make no difference") {
  laws::of_objective<channels<>>(masked_genes{.rate = 0.9}, {.rows = {200, 150, 1}, .vocabulary = 600});
}

TEST_CASE("a token that says nothing gives every word the same share") {
  const auto head = masked_genes{.rate = 1.0}.bind<2>(ten);
  token_batch<> cells;
  cells.clear();
  for (const int id : {3, 5, 3}) cells.add_token(id);
  cells.end_cell();
  cells.cell_id = {1};
  asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(asked.row.size() == 3);
  CHECK(std::vector<std::int32_t>(asked.label.begin(), asked.label.end()) == std::vector<std::int32_t>{3, 5, 3});
  const std::vector<double> w(usize(layer::n_weights(head))), token(6), table(22);
  std::vector<double> dw(w.size()), d_table(table.size());
  layer::room_t<decltype(head), double> room;
  const double loss = head.gradient(std::span<const double>(w), layer::packed{}, {token, {}, table}, asked,
                                    std::span<double>(dw), {{}, {}, d_table}, room);
  CHECK(loss == doctest::Approx(3 * std::log(10.0)));
  CHECK(dw[0] == doctest::Approx(0.3));  // share - asked, summed over three questions
  CHECK(dw[3] == doctest::Approx(0.3 - 2));
  CHECK(dw[5] == doctest::Approx(0.3 - 1));
}

TEST_CASE("the mask's row does not compete") {
  const auto head = masked_genes{.rate = 1.0}.bind<1>({.n_vocabulary = 2, .n_rows = 3, .mask_id = 2});
  asked_tokens<channels<>> asked;
  asked.clear();
  asked.row = {0};
  asked.label = {1};
  const std::vector<double> w(usize(layer::n_weights(head))), token{1}, table{0, std::log(3.0), 50};
  layer::room_t<decltype(head), double> room;
  CHECK(head.loss(std::span<const double>(w), layer::packed{}, {token, {}, table}, asked, room) ==
        doctest::Approx(std::log(4.0 / 3)));
}

TEST_CASE("15 % are asked about; of these 80 % are masked, 10 % are other genes, 10 % are kept; special ones never") {
  token_facts facts{.n_vocabulary = 1000, .n_rows = 1001, .mask_id = 1000, .special = {998, 999}};
  const auto head = masked_genes{}.bind<4>(facts);
  token_batch<channels<>> cells;
  cells.clear();
  for (std::int64_t c = 0; c < 100; ++c) {
    cells.add_token(998);
    for (std::int32_t t = 0; t < 1000; ++t) cells.add_token((t * 7 + static_cast<std::int32_t>(c)) % 998);
    cells.add_token(999);
    cells.end_cell();
    cells.cell_id.push_back(c);
  }
  asked_tokens<channels<channel::mask>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(4, "x"), asked);
  const double n = static_cast<double>(asked.row.size());
  CHECK(std::abs(n / 100000 - 0.15) < 5 * std::sqrt(0.15 * 0.85 / 100000));
  double masked = 0, kept = 0, special = 0, marked = 0;
  for (const std::int64_t row : asked.row) {
    const std::int32_t was = cells.id[usize(row)], is = asked.tokens.id[usize(row)];
    masked += is == 1000;
    kept += is == was;
    special += was >= 998 || is == 998 || is == 999;
  }
  for (const std::uint8_t hidden : asked.tokens.get<channel::mask>()) marked += hidden;
  CHECK(special == 0);
  CHECK(marked == masked);
  CHECK(std::abs(masked / n - 0.8) < 5 * std::sqrt(0.16 / n));
  CHECK(std::abs(kept / n - 0.1) < 5 * std::sqrt(0.09 / n));

  objective::always_mask().bind<4>(facts).ask(cells.view(), kernel::draws(4, "x"), (asked.clear(), asked));
  CHECK(std::all_of(asked.row.begin(), asked.row.end(), [&](std::int64_t row) { return asked.tokens.id[usize(row)] == 1000; }));
}

TEST_CASE("the floor is the surprise of genes by how often they were seen") {
  auto head = masked_genes{.rate = 1.0}.bind<4>({.n_vocabulary = 4, .n_rows = 5, .mask_id = 4, .special = {3}});
  token_batch<> cells;
  cells.clear();
  for (const int id : {3, 0, 0, 1, 0}) cells.add_token(id);
  cells.end_cell();
  cells.cell_id = {1};
  head.count(cells.view());
  asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(asked.row.size() == 4);
  CHECK(head.floor(asked) == doctest::Approx(-3 * std::log(4.0 / 8) - std::log(2.0 / 8)));  // 3 + 1, 1 + 1 of 4 + 4
}

TEST_CASE("settings that cannot be used are refused in a sentence") {
  CHECK_THROWS_WITH_AS(static_cast<void>(masked_genes{.rate = 1.5}.bind<4>(ten)), doctest::Contains("rate of 1.5"), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(masked_genes{.mask = 0.9, .random = 0.2}.bind<4>(ten)), doctest::Contains("together"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(masked_genes{}.bind<4>({.n_vocabulary = 10, .n_rows = 10})),
                       doctest::Contains("one extra row"), bad_option);
  const auto head = masked_genes{.rate = 1.0}.bind<4>(ten);
  asked_tokens<channels<>> asked;
  asked.clear();
  asked.row = {0};
  asked.label = {1};
  const std::vector<double> w(usize(layer::n_weights(head))), token(4), table(33);
  layer::room_t<decltype(head), double> room;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(head.loss(std::span<const double>(w), layer::packed{}, {token, {}, table}, asked, room)),
      doctest::Contains("output::own"), bad_option);
}

}  // namespace
}  // namespace tepui::tests::masked_genes_objective
