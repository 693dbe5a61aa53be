#include <tepui/objective/gene_value_from_cell.hpp>

#include <cmath>

#include "laws/objective_laws.hpp"

namespace tepui::tests::gene_value_from_cell_objective {
namespace {

using objective::asked_tokens, objective::gene_value_from_cell;
using with_value = channels<channel::value>;

TEST_CASE("values from the cell keep the laws of objectives") {
  laws::of_objective<with_value>(gene_value_from_cell{.rate = 0.5});
  laws::of_objective<channels<channel::special, channel::value>, channels<channel::mask>>(
      gene_value_from_cell{.rate = 0.5, .scaled = true});
  laws::of_objective<with_value>(gene_value_from_cell{.rate = 0.9}, {.rows = {300, 0, 40, 1}});
}

TEST_CASE("the cell's embedding is weighed by what the gene asks for") {
  for (const bool scaled : {false, true}) {
    const auto head = gene_value_from_cell{.rate = 1.0, .scaled = scaled}.bind<2>({.n_vocabulary = 3, .n_rows = 3});
    token_batch<with_value> cells;
    cells.clear();
    cells.add_token(2, 4.0F);
    cells.end_cell();
    cells.cell_id = {1};
    asked_tokens<with_value> asked;
    asked.clear();
    head.ask(cells.view(), kernel::draws(1, "x"), asked);
    CHECK(asked.tokens.get<channel::value>()[0] == -1);
    CHECK(asked.tokens.id[0] == 2);
    std::vector<double> w(usize(layer::n_weights(head)));
    w[0] = 1, w[3] = 1;        // query: the gene's vector as it is
    w[32] = 1, w[32 + 3] = 2;  // cell: z_0, 2 z_1
    const std::vector<double> token(2), cell{3, 1}, table{0, 0, 0, 0, 0, std::log(3.0)};
    layer::room_t<decltype(head), double> room;
    const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
    // sigmoid(0) 3 + sigmoid(log 3) 2 = 1.5 + 1.5
    const double y = scaled ? 3 / std::sqrt(2.0) : 3;
    CHECK(head.loss(std::span<const double>(w), at, {token, cell, table}, asked, room) == doctest::Approx((y - 4) * (y - 4)));
    const std::vector<double> small(5);
    CHECK_THROWS_WITH_AS(static_cast<void>(head.loss(std::span<const double>(w), at, {token, cell, small}, asked, room)),
                         doctest::Contains("as many dims"), bad_option);
  }
}

}  // namespace
}  // namespace tepui::tests::gene_value_from_cell_objective
