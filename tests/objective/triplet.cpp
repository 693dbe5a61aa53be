#include <tepui/objective/triplet.hpp>

#include <cmath>
#include <limits>

#include <tepui/objective/info_nce.hpp>
#include <tepui/objective/together.hpp>

#include "laws/golden.hpp"
#include "laws/objective_laws.hpp"

namespace tepui::tests::triplet_objective {
namespace {

using objective::studied_cells;

/// Cells 100, 107, 114, ... as the laws have them, of so many labels and studies.
std::shared_ptr<const studied_cells> law_cells(std::int64_t n, std::int32_t n_labels, std::int32_t n_studies) {
  studied_cells out;
  for (std::int32_t c = 0; c < n; ++c) {
    out.label.emplace(100 + 7 * c, c % n_labels);
    out.study.emplace(100 + 7 * c, c / n_labels % n_studies);
  }
  out.relation = unrelated_labels(n_labels);
  return std::make_shared<const studied_cells>(std::move(out));
}
/// The loss of embeddings of cells with one token each, ids 0, 1, ...
template <int Dims, class Objective>
double loss_of(const Objective& o, const std::vector<double>& cell) {
  const std::int64_t n = isize(cell.size()) / Dims;
  token_batch<> cells;
  cells.clear();
  for (std::int64_t c = 0; c < n; ++c) cells.add_token(1), cells.end_cell(), cells.cell_id.push_back(c);
  const auto head = o.template bind<Dims>({.n_vocabulary = 3, .n_rows = 3});
  objective::asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
  return head.loss(std::span<const double>(), at, {{}, cell, {}}, asked, room);
}
std::shared_ptr<const studied_cells> known(const std::vector<std::int32_t>& label, const std::vector<std::int32_t>& study,
                                           std::int32_t n_labels) {
  std::vector<std::int64_t> id;
  for (std::size_t c = 0; c < label.size(); ++c) id.push_back(isize(c));
  categorical labels{label, {}}, studies{study, {}};
  for (std::int32_t l = 0; l < n_labels; ++l) labels.category.push_back(std::to_string(l));
  return objective::studied(id, labels, studies);
}

TEST_CASE("the triplet objective keeps the laws of objectives") {
  using kernel::negatives;
  const std::vector<std::int64_t> rows{3, 1, 0, 2, 5, 1, 2, 4, 1, 1, 2};
  laws::of_objective<channels<>>(objective::triplet{law_cells(11, 2, 3), 0.5, negatives::semihard}, {.rows = rows});
  laws::of_objective<channels<channel::value>>(objective::triplet{law_cells(11, 3, 2), 0.3, negatives::hardest},
                                               {.rows = rows});
  laws::of_objective<channels<>>(objective::triplet{law_cells(11, 2, 2), 1.0, negatives::all_hard}, {.rows = rows});
  // Nothing is known of the laws' cells: no triplet, no loss.
  laws::of_objective<channels<>>(objective::triplet{known({0, 1}, {0, 1}, 2)}, {.rows = rows});
}

TEST_CASE("by pencil: lengths do not count, and the mean over triplets is worth as many as there are questions") {
  using kernel::negatives;
  // Two cells of a kind at right angles, one of another kind between them: sqrt 2 - |(1, 0) - (0.8, 0.6)| + 1.
  const double apart = std::sqrt(2.0) - std::sqrt(0.04 + 0.36) + 1;
  const objective::triplet o{known({0, 0, 1}, {0, 1, 0}, 2), 1, negatives::hardest};
  CHECK(loss_of<2>(o, {5, 0, 0, 0.1, 8, 6}) == doctest::Approx(3 * apart).epsilon(1e-5));
  CHECK(loss_of<2>(objective::triplet{known({0, 0, 1}, {1, 1, 0}, 2), 1, negatives::hardest}, {5, 0, 0, 0.1, 8, 6}) ==
        0);  // one study
  auto anywhere = *known({0, 0, 1}, {1, 1, 0}, 2);
  anywhere.across_studies = false;
  CHECK(loss_of<2>(objective::triplet{std::make_shared<const studied_cells>(anywhere), 1, negatives::hardest},
                   {5, 0, 0, 0.1, 8, 6}) == doctest::Approx(3 * apart).epsilon(1e-5));
  CHECK(loss_of<2>(o, {}) == 0);
}
TEST_CASE("an embedding that is no number has a loss that is none, though no triplet is found in it") {
  const objective::triplet o{known({0, 0, 1}, {0, 1, 0}, 2), 1, kernel::negatives::hardest};
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(loss_of<2>(o, {none, none, none, none, none, none})));
  CHECK(std::isnan(loss_of<2>(o, {1, 0, 0, 1, none, 1})));
}

TEST_CASE("SCimilarity's hardest triplets and their mean loss") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scimilarity_triplets.json");
  std::size_t at = 0;
  const auto x = laws::numbers_in(laws::json_array(golden, "E", at));
  std::vector<std::int32_t> label, study;
  for (const double l : laws::numbers_in(laws::json_array(golden, "labels", at))) label.push_back(static_cast<std::int32_t>(l));
  for (const double s : laws::numbers_in(laws::json_array(golden, "studies", at)))
    study.push_back(static_cast<std::int32_t>(s));
  auto cells = *known(label, study, 4);
  const std::vector<label_pair> pairs{{"0", "3"}, {"1", "3"}};
  cells.relation = related_labels(pairs, std::vector<std::string>{"0", "1", "2", "3"});
  at = golden.find("\"hardest\": {");
  const auto want = laws::numbers_in(laws::json_array(golden, "loss_unreduced", at));
  double sum = 0;
  for (const double l : want) sum += l;
  const objective::triplet o{std::make_shared<const studied_cells>(cells), 0.05, kernel::negatives::hardest};
  CHECK(loss_of<4>(o, x) / 14 == doctest::Approx(sum / static_cast<double>(want.size())).epsilon(1e-9));
}

TEST_CASE("weighed together with an objective that looks twice, the second look at a cell has its label, too") {
  const auto cells = known({0, 0, 1, 1}, {0, 1, 0, 1}, 2);
  const std::vector<double> x{1, 0, 1, 0.1, 0, 1, 0.1, 1, 1, 1, 1, 1.1, -1, 1, -1, 0.9};
  const objective::triplet alone{cells, 0.5, kernel::negatives::hardest};
  const auto o = objective::together(alone, objective::info_nce{}).weighted({1, 0});
  token_batch<> batch;
  batch.clear();
  for (std::int64_t c = 0; c < 4; ++c) batch.add_token(1), batch.end_cell(), batch.cell_id.push_back(c);
  const auto head = o.bind<2>({.n_vocabulary = 3, .n_rows = 3});
  objective::asked_tokens<channels<>> asked;
  asked.clear();
  head.ask(batch.view(), kernel::draws(1, "x"), asked);
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  const layer::packed at{asked.tokens.cell_begin, asked.tokens.cell_id, {}, true};
  (void)head.loss(std::span<const double>(), at, {{}, x, {}}, asked, room);
  CHECK(std::get<0>(room.each).mined.pairs == 8);  // of each kind, two looks at one cell with two at the other
}

TEST_CASE("a margin of 0, no cells and labels that nobody related are refused") {
  const auto cells = known({0, 1}, {0, 0}, 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(objective::triplet{cells, 0}.bind<2>({})), doctest::Contains("margin of 0"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(objective::triplet{}.bind<2>({})), doctest::Contains("knows no cells"), bad_option);
  auto more = *cells;
  more.label.emplace(9, 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(objective::triplet{std::make_shared<const studied_cells>(more)}.bind<2>({})),
                       doctest::Contains("cell 9 has label 2"), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(objective::studied(std::vector<std::int64_t>{1, 2}, {{0}, {"a"}}, {{0}, {"b"}})),
                       doctest::Contains("1 labels and 1 studies for 2 cells"), bad_data);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(objective::studied(std::vector<std::int64_t>{1}, {{0}, {"a", "c"}}, {{0}, {"b"}}, unrelated_labels(3))),
      doctest::Contains("one of 3 labels, but the cells have 2"), bad_data);
}

TEST_CASE("a description tells other labels, studies and relations, so that a checkpoint knows them") {
  const auto text = [](const studied_cells& cells) {
    return objective::triplet{std::make_shared<const studied_cells>(cells)}.describe();
  };
  const studied_cells cells = *known({0, 1, 0}, {0, 0, 1}, 2);
  CHECK(text(cells).starts_with("triplet (margin 0.05, semihard negatives, 2 labels ("));
  CHECK(text(cells) == text(*known({0, 1, 0}, {0, 0, 1}, 2)));
  CHECK(text(cells) != text(*known({0, 1, 1}, {0, 0, 1}, 2)));
  CHECK(text(cells) != text(*known({0, 1, 0}, {0, 1, 1}, 2)));
  auto other = cells;
  other.relation.related[1] = 1;
  CHECK(text(cells) != text(other));
  other = cells;
  other.across_studies = false;
  CHECK(text(cells) != text(other));
  auto anywhere = other;
  anywhere.study.clear();  // nobody asks for it
  CHECK(text(anywhere) == text(other));
  CHECK(objective::triplet{}.describe() == "triplet (margin 0.05, semihard negatives)");
}

}  // namespace
}  // namespace tepui::tests::triplet_objective
