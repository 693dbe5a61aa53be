#include <tepui/objective/cell_labels.hpp>

#include <rapidcheck.h>

#include <cmath>
#include <map>

#include "laws/objective_laws.hpp"

namespace tepui::tests::cell_labels_objective {
namespace {
using objective::cell_labels;

/// Labels of cells 100, 107, 114, ...: those of the laws. Below 0 the cell is left out of the list, or has a label below 0.
cell_labels labels(const std::vector<std::int32_t>& label, std::int32_t n) {
  auto by_cell = std::make_shared<objective::labels_by_cell>();
  for (std::size_t c = 0; c < label.size(); ++c)
    if (label[c] != -1) (*by_cell)[100 + 7 * isize(c)] = label[c];
  return {by_cell, n};
}

TEST_CASE("labels of cells keep the laws of objectives") {
  laws::of_objective<channels<>>(labels({0, 2, 1, 2, 0}, 3), {.asks_cells = true});
  laws::of_objective<channels<channel::value>>(labels({0, -1, 1, -2, 18}, 19), {.asks_cells = true});
  laws::of_objective<channels<>>(labels({1, -1, -1, -1, 0}, 2), {.near = 5e-5, .scale = 3, .asks_cells = true});
}

constexpr int dims = 2;
/// Three cells of one token; weights and states of two dims.
struct three_cells {
  objective::cell_labels_head<dims> head;
  objective::asked_tokens<channels<>> asked;
  std::vector<double> w, cell = {1, 0, 0, 1, 2, 2};
  layer::room_t<objective::cell_labels_head<dims>, double> room;

  explicit three_cells(const cell_labels& o) : head(o.bind<dims>({})), w(usize(layer::n_weights(head))) {
    token_batch<> cells;
    cells.clear();
    for (std::int64_t c = 0; c < 3; ++c) cells.add_token(1), cells.end_cell(), cells.cell_id.push_back(100 + 7 * c);
    asked.clear();
    head.ask(cells.view(), kernel::draws(1, "x"), asked);
  }
  [[nodiscard]] layer::packed at() const { return {asked.tokens.cell_begin, asked.tokens.cell_id, {}, true}; }
  double loss() { return head.loss(std::span<const double>(w), at(), {{}, cell, {}}, asked, room); }
};

TEST_CASE("only cells with a label are asked, and nothing is hidden") {
  const three_cells some(labels({1, -1, 0}, 2));
  CHECK(some.asked.row == layer::memory<std::int64_t>{0, 2});
  CHECK(some.asked.label == layer::memory<std::int32_t>{1, 0});
  const three_cells below(labels({-2, 1, -7}, 2));
  CHECK(below.asked.row == layer::memory<std::int64_t>{1});
}

TEST_CASE("who knows nothing is surprised by log of the number of labels; by pencil") {
  three_cells on(labels({0, 1, 3}, 4));
  CHECK(on.loss() == doctest::Approx(3 * std::log(4)));
  // Label 0 has a score of x0, the others 0: shares e^x0 / (e^x0 + 3) and 1 / (e^x0 + 3) with x0 = 1, 0, 2.
  on.w[0] = 1;
  const double e = std::exp(1.0);
  CHECK(on.loss() == doctest::Approx(std::log((e + 3) / e) + std::log(4) + std::log(e * e + 3)));
  std::vector<double> dw(on.w.size()), d_cell(6);
  CHECK(on.head.gradient(std::span<const double>(on.w), on.at(), {{}, on.cell, {}}, on.asked, std::span<double>(dw),
                         {{}, d_cell, {}}, on.room) == doctest::Approx(on.loss()));
  CHECK(d_cell[0] == doctest::Approx(e / (e + 3) - 1));  // x0 is weighted by 1 for label 0, which was right
  CHECK(d_cell[1] == 0);
  CHECK(d_cell[4] == doctest::Approx(e * e / (e * e + 3)));
}

TEST_CASE("equal labels have one text, in whatever order they were put in; others have another") {
  CHECK(rc::check([] {
    const auto some = [] {
      std::map<int, int> out;
      for (int cell = 0; cell < 5; ++cell)
        if (const int label = *rc::gen::inRange(-2, 3); label > -2) out.emplace(cell, label);
      return out;
    };
    const auto known = [](const std::map<int, int>& all) {
      std::map<int, int> out;
      for (const auto& [cell, label] : all)
        if (label >= 0) out.emplace(cell, label);
      return out;
    };
    const std::map<int, int> one = some(), other = some();
    const objective::labels_by_cell a(one.begin(), one.end()), again(one.rbegin(), one.rend()), b(other.begin(), other.end());
    RC_ASSERT(objective::text_of(a) == objective::text_of(again));
    RC_ASSERT((objective::text_of(a) == objective::text_of(b)) == (known(one) == known(other)));
  }));
}

TEST_CASE("a description tells other labels, so that a checkpoint knows them") {
  const std::string text = labels({0, 2, 1, -1}, 3).describe();
  CHECK(text == labels({0, 2, 1, -1}, 3).describe());
  CHECK(text.starts_with("cell_labels (3) of 3 cells ("));
  CHECK(text != labels({0, 2, 2, -1}, 3).describe());
  CHECK(text != labels({2, 0, 1, -1}, 3).describe());
  CHECK(text != labels({0, 2, 1, 0}, 3).describe());
  CHECK(cell_labels{nullptr, 3}.describe() == "cell_labels (3)");
}

TEST_CASE("labels that cannot be told apart are refused") {
  CHECK_THROWS_WITH_AS(static_cast<void>(labels({0, 0}, 1).bind<dims>({})), doctest::Contains("at least two kinds"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(cell_labels{nullptr, 3}.bind<dims>({})), doctest::Contains("at least two kinds"),
                       bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(labels({0, 5}, 3).bind<dims>({})),
                       doctest::Contains("cell 107 has label 5, but there are 3"), bad_option);
}

}  // namespace
}  // namespace tepui::tests::cell_labels_objective
