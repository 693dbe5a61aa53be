#include <tepui/split/by_combination.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_by_combination {
namespace {
using rows = std::vector<std::int64_t>;
using names = std::vector<std::string>;
using split::by_combination;

/// One cell each: control, A, B, C, D, A+B, C+B, C+D, A+D, and A+B once more, written the other way round.
table ten_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  obs.columns.emplace_back(
      "perturbation",
      categorical{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"ctrl", "A", "B+ctrl", "C", "D", "A+B", "C+B", "C+D", "A+D", "B+A"}});
  return obs;
}
const split::controls ctrl{.level = {"ctrl"}, .divided = {}};

TEST_CASE("by combination keeps the laws of splits") {
  const auto unit = [](const table& obs) { return obs.labels("perturbation"); };
  laws::split([](const table& obs, std::uint64_t seed) { return by_combination(obs, {.seed = seed}).split; }, unit);
  laws::split(
      [](const table& obs, std::uint64_t seed) {
        return by_combination(obs, {.share_genes = 0, .share_combinations = 0.4, .share_validation = 0.3, .seed = seed})
            .split;
      },
      unit);
}

TEST_CASE("a gene that is held out takes with it whatever it stands in, and pairs fall into classes") {
  const auto made = by_combination(ten_cells(), {.genes = {"C", "D"}, .share_combinations = 0}, ctrl);
  CHECK(made.split.test == rows{3, 4, 6, 7, 8});
  CHECK(made.split.train == rows{0, 1, 2, 5, 9});
  CHECK(made.rows(1, 0) == rows{3, 4});
  CHECK(made.rows(2, 0) == rows{7});     // C+D
  CHECK(made.rows(2, 1) == rows{6, 8});  // C+B, A+D
  CHECK(made.rows(2, 2).empty());
  CHECK(made.split.how == "held out perturbation: A+D, C, C+B, C+D, D; controls train");
}

TEST_CASE("a pair is held out however its genes are ordered, and both of them are seen") {
  const auto made = by_combination(ten_cells(), {.combinations = {"B+A"}, .share_genes = 0}, ctrl);
  CHECK(made.split.test == rows{5, 9});
  CHECK(made.rows(2, 2) == rows{5, 9});
  CHECK(made.held[0].name == "A+B");
  CHECK(made.held[0].n_seen == 2);
}

TEST_CASE("all pairs are tested, and train has single genes alone") {
  const auto made = by_combination(ten_cells(), {.share_genes = 0, .share_combinations = 1}, ctrl);
  CHECK(made.split.train == rows{0, 1, 2, 3, 4});
  CHECK(made.rows(2, 2) == rows{5, 6, 7, 8, 9});
}

TEST_CASE("shares: 1 of 4 genes, and half of the pairs whose genes are then seen") {
  std::set<names> drawn;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto made = by_combination(ten_cells(), {.share_combinations = 0.5, .seed = seed}, ctrl);
    names genes;
    for (const auto& held : made.held)
      if (held.n_genes == 1) genes.push_back(held.name);
    CHECK(genes.size() == 1);
    drawn.insert(genes);
    CHECK(made.rows(2, 0).empty());
    CHECK(made.rows(2, 1).size() >= 2);
    CHECK(made.rows(2, 2).size() <= 2);
    CHECK_FALSE(made.rows(2, 2).empty());
  }
  CHECK(drawn.size() == 4);
}

TEST_CASE("no gene that is held out is perturbed in train in any way, and classes count what train has seen") {
  CHECK(rc::check([] {
    const table obs = laws::some_obs();
    const auto made = by_combination(obs, {.share_validation = 0.25, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    const categorical labels = obs.labels("perturbation");
    std::set<std::string> in_train, alone, unseen;
    for (const std::int64_t row : made.split.train) {
      const auto genes = split::genes_of(labels.category[usize(labels.code[usize(row)])], "+", {"control"});
      in_train.insert(genes.begin(), genes.end());
      if (genes.size() == 1) alone.insert(genes[0]);
    }
    std::int64_t n_rows = 0;
    for (const auto& held : made.held) {
      n_rows += isize(held.rows.size());
      const auto genes = split::genes_of(held.name, "+", {"control"});
      RC_ASSERT(held.n_genes == isize(genes.size()));
      RC_ASSERT(held.n_seen == std::ranges::count_if(genes, [&](const auto& gene) { return alone.contains(gene); }));
      if (genes.size() == 1) RC_ASSERT_FALSE(in_train.contains(genes[0]));
    }
    RC_ASSERT(n_rows == isize(made.split.test.size() + made.split.validation.size()));
  }));
}

TEST_CASE("names of perturbations are read with the separator, without controls") {
  CHECK(split::genes_of("B+A", "+", {}) == names{"A", "B"});
  CHECK(split::genes_of("A+A", "+", {}) == names{"A"});
  CHECK(split::genes_of("A_ctrl", "_", {"ctrl"}) == names{"A"});
  CHECK(split::genes_of("ctrl", "+", {"ctrl"}).empty());
  CHECK(split::genes_of("C--B--A", "--", {}) == names{"A", "B", "C"});
  // A control may have the separator in its name.
  CHECK(split::genes_of("non-targeting", "-", {"non-targeting"}).empty());
  CHECK_THROWS_WITH_AS(
      (void)split::genes_of("A+", "+", {}),
      "split: the perturbation 'A+' names no gene on one side of '+'; write it as A+B, or give the separator that is used",
      bad_data);
}

TEST_CASE("another separator, unknown genes and combinations, and shares that leave nothing are refused") {
  CHECK_THROWS_WITH_AS(
      (void)by_combination(ten_cells(), {.separator = "_"}, ctrl),
      "split: no level of column 'perturbation' names two genes with '_' between them; the levels are: ctrl, A, B+ctrl, C, "
      "D, A+B, C+B, C+D, A+D, B+A; give the separator that is used, or hold out single perturbations with "
      "split::by_perturbation",
      bad_data);
  CHECK_THROWS_WITH_AS(
      (void)by_combination(ten_cells(), {.genes = {"Z"}}, ctrl),
      "split: no perturbation in column 'perturbation' names the gene 'Z'; the genes are: A, B, C, D; name one of them",
      bad_data);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {.combinations = {"B+D"}}, ctrl), bad_data);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {.combinations = {"A"}}, ctrl), bad_data);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {}, {.level = {"DMSO"}}), bad_data);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {.genes = {"A", "B", "C", "D"}}, ctrl), bad_data);
  CHECK_THROWS_WITH_AS(
      (void)by_combination(ten_cells(), {.share_genes = 0, .share_combinations = 0}, ctrl),
      "split: no perturbation of column 'perturbation' is left for the test part, of 9 with 4 genes; choose other shares or "
      "name others",
      bad_data);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {.share_genes = 1}, ctrl), bad_data);
  CHECK_THROWS_WITH_AS((void)by_combination(ten_cells(), {.share_genes = 1.5}, ctrl),
                       "split::by_combination: a share is 1.5, but must be from 0 to 1; choose another", bad_option);
  CHECK_THROWS_AS((void)by_combination(ten_cells(), {.separator = ""}, ctrl), bad_option);
}

}  // namespace
}  // namespace tepui::tests::split_by_combination
