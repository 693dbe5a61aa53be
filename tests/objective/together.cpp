#include <tepui/objective/together.hpp>

#include <tepui/objective/elastic_cell_similarity.hpp>
#include <tepui/objective/gene_value_from_cell.hpp>
#include <tepui/objective/info_nce.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/objective/masked_values.hpp>

#include "laws/objective_laws.hpp"

namespace tepui::tests::together_objective {
namespace {

using namespace objective;
using with_value = channels<channel::value>;

TEST_CASE("objectives together keep the laws of objectives") {
  laws::of_objective<with_value>(together(masked_values{.rate = 0.5}, gene_value_from_cell{}).weighted({1, 0.5}));
  laws::of_objective<with_value, channels<channel::mask, channel::value>>(
      together(masked_genes{.rate = 0.5}, masked_values<front::scgpt>{}, elastic_cell_similarity{}).weighted({1, 0.25, 3}));
  laws::of_objective<with_value>(together(masked_values{.rate = 0.5}, info_nce{}).weighted({0.5, 2}));
}

TEST_CASE("the first one chooses, the others answer the same questions; the loss is the weighted sum") {
  const token_facts facts{.n_vocabulary = 13, .n_rows = 14, .mask_id = 13};
  const auto cells = laws::cells_to_ask<with_value>({});
  const kernel::draws step(1, "x");
  const auto both = together(masked_genes{.rate = 0.5}, masked_values{.rate = 0.9, .marker = -7}).weighted({2, 3});
  auto head = both.bind<8>(facts);
  auto genes = masked_genes{.rate = 0.5}.bind<8>(facts);
  auto values = masked_values{.rate = 0.9, .marker = -7}.bind<8>(facts);
  asked_tokens<with_value> asked, alone;
  asked.clear(), alone.clear();
  head.ask(cells.view(), step, asked);
  genes.ask(cells.view(), step, alone);
  CHECK(asked.row == alone.row);
  CHECK(asked.label == alone.label);
  CHECK(asked.tokens.id == alone.tokens.id);
  CHECK(asked.value.size() == asked.row.size());
  for (const std::int64_t row : asked.row) CHECK(asked.tokens.get<channel::value>()[usize(row)] == -7);

  const std::int64_t n1 = layer::n_weights(genes), n2 = layer::n_weights(values);
  CHECK(layer::n_weights(head) == n1 + n2);
  std::vector<double> w(usize(n1 + n2)), token(asked.tokens.id.size() * 8), table(14 * 8);
  layer::draw_weights<double>(head, step, w);
  for (std::size_t i = 0; i < token.size(); ++i) token[i] = step.normal(isize(i));
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = step.normal(isize(i), 1);
  layer::room_t<decltype(head), double> room;
  layer::room_t<decltype(genes), double> room_genes;
  layer::room_t<decltype(values), double> room_values;
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
  const states<double> have{token, {}, table};
  const std::span<const double> all = w;
  CHECK(head.loss(all, at, have, asked, room) ==
        doctest::Approx(2 * genes.loss(all.first(usize(n1)), at, have, asked, room_genes) +
                        3 * values.loss(all.last(usize(n2)), at, have, asked, room_values)));
  head.count(cells.view()), genes.count(cells.view()), values.count(cells.view());
  CHECK(head.floor(asked) == doctest::Approx(2 * genes.floor(asked) + 3 * values.floor(asked)));
}

TEST_CASE("needs are those of all; settings are told; a negative weight is refused") {
  const auto both = together(masked_genes{}, gene_value_from_cell{}).weighted({1, 0.5});
  static_assert(channels_within<channels<channel::value>, decltype(both)::needs>);
  static_assert(!decltype(both)::whole && decltype(together(masked_genes{}, info_nce{}))::whole);
  CHECK(both.describe() ==
        "together: 1 of masked_genes (0.15 asked; 0.8 masked, 0.1 replaced; tied); 0.5 of gene_value_from_cell (0.4 hidden "
        "behind -1)");
  CHECK_THROWS_WITH_AS(static_cast<void>(both.weighted({1, -1}).bind<4>({.n_vocabulary = 3, .n_rows = 4, .mask_id = 3})),
                       doctest::Contains("weight of -1"), bad_option);
}

}  // namespace
}  // namespace tepui::tests::together_objective
