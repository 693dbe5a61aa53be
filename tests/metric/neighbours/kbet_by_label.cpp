#include <tepui/metric/neighbours/kbet_by_label.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::kbet_by_label {
namespace {

using metric::kbet_by_label_walks;

std::vector<metric::label_mixing> mixing(const known_cells::cells& c, std::int64_t graph_k = 50) {
  const auto of = c.view();
  const auto near =
      metric::neighbourhoods_by_label(of.connectivities(graph_k), of.label, of.batch, 1,
                                      [](const graph<>& part, std::int64_t k) { return metric::walk_neighbours(part, k); });
  return metric::kbet_within_labels(near, of.batch, {.leave_out = 1});
}

TEST_CASE("a label of one batch or of fewer than 10 cells does not count, and says so") {
  auto c = known_cells::random_cells(1, 120, 2, 1, 2);
  c.labels = known_cells::names(4);
  for (std::size_t i = 0; i < 30; ++i) {
    c.label[i] = i < 9 ? 1 : 2;
    if (i >= 9) c.batch[i] = 0;
  }
  const auto found = mixing(c);
  REQUIRE(found.size() == 3);  // label 3 has no cells
  CHECK(found[0].rejection.known());
  CHECK(found[0].k == 11);  // 90 cells, 2 batches: a quarter of 45
  CHECK(found[1].rejection.reason == "fewer than 10 cells");
  CHECK(found[2].rejection.reason == "cells of one batch only");
  CHECK(kbet_by_label_walks{}(c.view())[0].n == 90);
}

TEST_CASE("a label in small pieces is rejected whole; cells of small pieces beside a large one are rejected") {
  auto c = known_cells::random_cells(2, 80, 2, 1, 2, 4, 0);
  const auto put = [&](std::int64_t from, std::int64_t cells_a_piece) {
    for (std::int64_t i = from; i < 80; ++i) c.embedding.row(i)[0] = static_cast<float>(1000 + 1000 * (i / cells_a_piece));
  };
  put(0, 8);
  const auto small = mixing(c, 4);
  CHECK(small[0].rejection.value == 1);
  CHECK_FALSE(small[0].note.empty());
  c = known_cells::random_cells(2, 80, 2, 1, 2, 4, 0);
  put(72, 8);
  const auto most = mixing(c, 8);
  CHECK(most[0].note.empty());
  REQUIRE(most[0].rejected.size() == 80);
  CHECK(std::all_of(most[0].rejected.begin() + 72, most[0].rejected.end(), [](char r) { return r == 1; }));
  CHECK(most[0].rejection.value < 0.5);
}

TEST_CASE("the head holds its laws, survives poor data, and tells mixed from parted") {
  // Fixed seeds: visits are sums in float, and in another order of the cells two of them may change places.
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    CHECK(known_cells::holds_its_laws(kbet_by_label_walks{.graph_k = 12}, seed));
  CHECK(known_cells::survives(kbet_by_label_walks{}, true, true));
  CHECK_THROWS_AS(static_cast<void>(kbet_by_label_walks{.alpha = 0}(known_cells::random_cells(1, 20, 2, 2, 2).view())),
                  bad_option);
  const auto mixed = kbet_by_label_walks{}(known_cells::random_cells(1, 400, 3, 2, 2, 4, 0).view())[0];
  CHECK(mixed.value.value > 0.8);
  CHECK(std::abs(mixed.value.value - mixed.ceiling.value) < 0.15);
  CHECK((mixed.low.value <= mixed.value.value && mixed.value.value <= mixed.high.value));
  CHECK(kbet_by_label_walks{}(known_cells::random_cells(1, 400, 3, 1, 2, 4, 3).view())[0].value.value < 0.2);
}

TEST_CASE("of a large label a draw of its cells by their ids stands for it") {
  const auto c = known_cells::random_cells(3, 900, 3, 2, 2, 4, 0);
  const kbet_by_label_walks all{}, some{.most_cells = 300};
  const auto whole = all(c.view())[0], drawn = some(c.view())[0];
  CHECK(whole.n == 900);
  CHECK(drawn.n == 600);
  CHECK(std::abs(drawn.value.value - whole.value.value) < 0.15);
  CHECK(std::abs(drawn.value.value - drawn.ceiling.value) < 0.15);
  CHECK(drawn.value.value == some(c.view(), {.seed = 9})[0].value.value);
  std::vector<std::int64_t> turned;
  for (std::int64_t i = 899; i >= 0; --i) turned.push_back(i);
  CHECK(std::abs(some(c.in_order(turned).view())[0].value.value - drawn.value.value) < 1e-2);
  CHECK(kbet_by_label_walks{.most_cells = 900}(c.view())[0].value.value == whole.value.value);
  CHECK(some.describe().find("most_cells=300 a label") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(kbet_by_label_walks{.most_cells = 9}(c.view())), bad_option);
}

TEST_CASE("rejections are those of scib's rule, written out with matrices of all cells to all") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto found = mixing(known_cells::golden(shared));
  REQUIRE(found.size() == 5);
  // numpy: umap weights of 50, T + T^2 + T^3, the k - 1 largest and the cell itself, scipy's chi2.sf
  const std::vector<double> wanted{0.6, 0.41333333333333333, 0.30833333333333335, 0.37777777777777777};
  for (std::size_t l = 0; l < 4; ++l) CHECK(std::abs(found[l].rejection.value - wanted[l]) < 1e-12);
  CHECK(found[0].k == 16);
  CHECK_FALSE(found[4].rejection.known());
}

}  // namespace
}  // namespace tepui::tests::kbet_by_label
