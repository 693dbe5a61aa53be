#include <tepui/objective/elastic_cell_similarity.hpp>

#include "laws/golden.hpp"
#include "laws/objective_laws.hpp"

namespace tepui::tests::elastic_cell_similarity_objective {
namespace {

using objective::elastic_cell_similarity;

/// The loss of embeddings of cells with one token each.
template <int Dims>
double loss_of(const elastic_cell_similarity& o, const std::vector<double>& cell) {
  const std::int64_t n = isize(cell.size()) / Dims;
  token_batch<> cells;
  cells.clear();
  for (std::int64_t c = 0; c < n; ++c) cells.add_token(1), cells.end_cell(), cells.cell_id.push_back(c);
  const auto head = o.bind<Dims>({.n_vocabulary = 3, .n_rows = 3});
  objective::asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(isize(asked.row.size()) == n);
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
  return head.loss(std::span<const double>(), at, {{}, cell, {}}, asked, room);
}

TEST_CASE("elastic cell similarity keeps the laws of objectives") {
  laws::of_objective<channels<>>(elastic_cell_similarity{});
  laws::of_objective<channels<channel::value>>(elastic_cell_similarity{.threshold = 0.6}, {.rows = {3, 1, 1, 2, 5, 1, 0, 4}});
}

TEST_CASE("two cells alike, two at right angles, two opposite: by pencil") {
  // Of two cells: the diagonal twice 1 - b^2, the pair twice 1 - (max(cos, 0) - b)^2; the mean of four, times two questions.
  const elastic_cell_similarity o{.threshold = 0.5};
  CHECK(loss_of<2>(o, {1, 0, 7, 0}) == doctest::Approx(2 * 0.75));
  CHECK(loss_of<2>(o, {3, 0, 3, 4}) == doctest::Approx(2 * (0.75 + (1 - 0.1 * 0.1)) / 2));
  CHECK(loss_of<2>(o, {1, 0, -1, 0}) == doctest::Approx(2 * 0.75));
  CHECK(loss_of<2>(o, {}) == 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(elastic_cell_similarity{.threshold = 2}.bind<2>({})),
                       doctest::Contains("threshold of 2"), bad_option);
}

TEST_CASE("scGPT's elastic cell similarity") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scgpt_losses.json");
  std::size_t from = 0;
  const auto cell = laws::numbers_in(laws::json_array(golden, "cell_emb", from));
  const double wanted = laws::numbers_in(golden.substr(golden.find("\"ecs\"") + 5))[0];
  CHECK(loss_of<8>({.threshold = 0.3}, cell) / 5 == doctest::Approx(wanted).epsilon(1e-6));
}

}  // namespace
}  // namespace tepui::tests::elastic_cell_similarity_objective
