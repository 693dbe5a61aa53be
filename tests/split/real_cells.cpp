/// Splits of published cells: genes of a Perturb-seq screen, batches of mixed cell lines, types under interferon.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <tepui/io/h5ad.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/split/by_combination.hpp>
#include <tepui/split/by_crossing.hpp>
#include <tepui/split/by_perturbation.hpp>
#include <tepui/split/folds.hpp>
#include <tepui/split/held_out.hpp>
#include <tepui/split/stored.hpp>

namespace tepui::tests::split_real_cells {
namespace {

/// The table of a file's cells, or one without rows where the shared data are not here.
table cells_of(const char* file) {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: no shared data");
    return {};
  }
  return io::read_h5ad(shared + "/data/" + file).obs;
}

TEST_CASE("Norman 2019: pairs of genes by how many were seen alone") {
  const table obs = cells_of("norman_k562_crispra.h5ad");
  if (obs.n_rows() == 0) return;
  const categorical labels = obs.labels("perturbation");
  std::set<std::int64_t> n_zero, n_one, n_two;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto made = split::by_combination(obs, {.seed = seed});
    std::set<std::string> alone, anyhow;
    for (const std::int64_t row : made.split.train) {
      const auto genes = split::genes_of(labels.category[usize(labels.code[usize(row)])], "+", {"control"});
      anyhow.insert(genes.begin(), genes.end());
      if (genes.size() == 1) alone.insert(genes[0]);
    }
    for (const auto& held : made.held) {
      const auto genes = split::genes_of(held.name, "+", {"control"});
      CHECK(held.n_seen == std::ranges::count_if(genes, [&](const auto& gene) { return alone.contains(gene); }));
      if (genes.size() == 1) CHECK_FALSE(anyhow.contains(genes[0]));
    }
    for (const auto* rows : {&made.split.test, &made.split.validation})
      for (const std::int64_t row : *rows) CHECK(labels.category[usize(labels.code[usize(row)])] != "control");
    CHECK(isize(made.rows(1, 0).size() + made.rows(2, 0).size() + made.rows(2, 1).size() + made.rows(2, 2).size()) ==
          isize(made.split.test.size()));
    split::refuse_leaks(made.split, obs, "perturbation");
    n_zero.insert(isize(made.rows(2, 0).size()));
    n_one.insert(isize(made.rows(2, 1).size()));
    n_two.insert(isize(made.rows(2, 2).size()));
  }
  // Over ten seeds every class occurs.
  CHECK(*n_zero.rbegin() > 0);
  CHECK(*n_one.rbegin() > 0);
  CHECK(*n_two.rbegin() > 0);

  const auto divided =
      split::by_perturbation(obs, {.share_test = 0.2, .seed = 1}, {.divided = split::shares{.validation = 0, .test = 0.2}});
  CHECK(std::abs(isize(divided.test.size()) - obs.n_rows() / 5) < 120);
  split::refuse_leaks(divided, labels, "perturbation", {"control"});
}

TEST_CASE("five batches of mixed cell lines: whole batches, and lines within batches") {
  const table obs = cells_of("scmix_5batch.h5ad");
  if (obs.n_rows() == 0) return;
  const auto folds = split::folds_by(obs, "batch", {.outer = 5, .inner = 4, .seed = 2});
  for (std::int32_t o = 0; o < 5; ++o)
    for (std::int32_t i = 0; i < 4; ++i) split::refuse_leaks(folds(o, i), obs, "batch");
  const auto crossed = split::by_crossing(obs, {"batch", "cell_type"}, {.n_test = 4, .seed = 1});
  CHECK(crossed.test.size() > 0);
  // A protocol is several batches: held out by protocol, no batch leaks either.
  CHECK_NOTHROW(split::refuse_leaks(split::held_out(obs, "protocol"), obs, "protocol", "batch"));
  CHECK_THROWS_AS(split::refuse_leaks(split::by_cell(obs), obs, "batch"), bad_data);
}

TEST_CASE("Kang 2018: each type keeps its share, and a type under interferon is held out while both are seen") {
  const table obs = cells_of("kang_ifnb.h5ad");
  if (obs.n_rows() == 0) return;
  const auto parts = split::stratified(obs, "cell_type", {.validation = 0.1, .test = 0.2}, 3);
  const categorical type = obs.labels("cell_type");
  for (std::int32_t t = 0; t < static_cast<std::int32_t>(type.category.size()); ++t) {
    const auto cells = std::ranges::count(type.code, t);
    const auto tested = std::ranges::count_if(parts.test, [&](auto row) { return type.code[usize(row)] == t; });
    CHECK(std::abs(static_cast<double>(tested) - 0.2 * static_cast<double>(cells)) < 1);
  }
  const auto held = split::by_crossing(obs, {"cell_type", "perturbation"}, {.test = {{"B", "IFNB"}}, .train = {"control"}});
  CHECK(held.how == "held out cell_type | perturbation: B | IFNB");
  named_arrays kept;
  split::store(held, obs.index, kept);
  CHECK(split::stored(kept, obs.index).test == held.test);
}

}  // namespace
}  // namespace tepui::tests::split_real_cells
