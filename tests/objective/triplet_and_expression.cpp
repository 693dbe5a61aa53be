#include <tepui/objective/triplet_and_expression.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include <tepui/objective/masked_expression.hpp>
#include <tepui/objective/together.hpp>

namespace tepui::tests::triplet_and_expression_objective {
namespace {

using decoder = layer::same<2>;  // genes are guessed from the embedding by one linear layer

std::shared_ptr<const objective::studied_cells> three_cells() {
  return objective::studied(std::vector<std::int64_t>{0, 1, 2}, {{0, 0, 1}, {"a", "b"}}, {{0, 1, 0}, {"x", "y"}});
}
/// The loss of three cells of two genes, counts (1, 0), (0, 0), (0, 4), with a linear layer that guesses 1 of each gene.
double loss_of(double share) {
  const objective::triplet_and_expression<decoder> o{
      .pulls = {.cells = three_cells(), .margin = 1, .mine = kernel::negatives::hardest}, .share = share};
  const auto head = o.bind<2>({.n_vocabulary = 2, .n_rows = 2});
  token_batch<channels<channel::value>> cells;
  cells.clear();
  cells.n_vocabulary = 2;
  cells.add_token(0, 1.0F), cells.end_cell(), cells.end_cell(), cells.add_token(1, 4.0F), cells.end_cell();
  cells.cell_id = {0, 1, 2};
  objective::asked_tokens<channels<channel::value>> asked;
  asked.clear();
  head.ask(cells.view(), kernel::draws(1, "x"), asked);
  CHECK(asked.row.size() == 3);
  std::vector<double> w(usize(layer::n_weights(head)), 0.0);
  layer::each_slice(head, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (name == "out.bias") std::fill_n(w.begin() + first, s.size(), 1.0);
  });
  const std::vector<std::int64_t> begin{0, 1, 2, 3};
  const layer::packed at{begin, asked.tokens.cell_id, {}, true};
  const std::vector<double> cell{5, 0, 0, 0.1, 8, 6};
  layer::room_t<std::remove_const_t<decltype(head)>, double> room;
  return head.loss(std::span<const double>(w), at, {{}, cell, {}}, asked, room);
}

TEST_CASE("by pencil: the mean over triplets, and the mean squared error of all genes, each with its share, three times") {
  const double apart = std::sqrt(2.0) - std::sqrt(0.04 + 0.36) + 1, error = (0 + 1 + 1 + 1 + 1 + 9) / 6.0;
  CHECK(loss_of(1) == doctest::Approx(3 * apart).epsilon(1e-5));
  CHECK(loss_of(0) == doctest::Approx(3 * error));
  CHECK(loss_of(0.25) == doctest::Approx(3 * (0.25 * apart + 0.75 * error)).epsilon(1e-5));
}

TEST_CASE("it is triplets together with a masked autoencoder that hides nothing, weighed with the share and the rest") {
  constexpr layer::mlp_shape shape{.bend = kernel::bend::silu};
  const objective::triplet pulls{.cells = three_cells(), .margin = 1, .mine = kernel::negatives::hardest};
  const objective::triplet_and_expression<layer::mlp_between_up<shape, 2, 5>> one{.pulls = pulls, .share = 0.25};
  const auto two = objective::together(pulls, objective::masked_expression<shape, 5>{.what = objective::hides::nothing})
                       .weighted({0.25, 0.75});
  token_batch<channels<channel::value>> cells;
  cells.clear();
  cells.n_vocabulary = 3;
  cells.add_token(0, 1.0F), cells.end_cell(), cells.add_token(2, 2.0F), cells.end_cell(), cells.add_token(1, 4.0F),
      cells.end_cell();
  cells.cell_id = {0, 1, 2};
  const std::vector<std::int64_t> begin{0, 1, 2, 3};
  const std::vector<double> cell{5, 0, 0, 0.1, 8, 6};
  const auto learned = [&](const auto& head) {
    objective::asked_tokens<channels<channel::value>> asked;
    asked.clear();
    head.ask(cells.view(), kernel::draws(1, "x"), asked);
    CHECK(asked.row.size() == 3);
    std::vector<double> w(usize(layer::n_weights(head))), out(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = kernel::draws(2, "weights").normal(isize(i));
    std::vector<double> dz(cell.size());
    const layer::packed at{begin, asked.tokens.cell_id, {}, true};
    layer::room_t<std::remove_cvref_t<decltype(head)>, double> room;
    out.push_back(head.gradient(std::span<const double>(w), at, {{}, cell, {}}, asked, std::span(out), {{}, dz, {}}, room));
    out.insert(out.end(), dz.begin(), dz.end());
    return out;
  };
  const objective::token_facts facts{.n_vocabulary = 3, .n_rows = 3};
  const auto a = learned(one.bind<2>(facts)), b = learned(two.bind<2>(facts));
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-12));
}

TEST_CASE("a share outside of 0 to 1 is refused") {
  CHECK_THROWS_WITH_AS(loss_of(1.5), doctest::Contains("a share of 1.5"), bad_option);
  CHECK(objective::triplet_and_expression<decoder>{}.describe() ==
        "triplet_and_expression (0.001 of triplet (margin 0.05, semihard negatives); same)");
}

}  // namespace
}  // namespace tepui::tests::triplet_and_expression_objective
