#pragma once
/// Divides the real cells of each perturbation into halves: how well one half predicts the other is the most that data so
/// noisy can show.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>

namespace tepui::metric {

/// Rows of each half. Perturbations of one cell are in neither.
struct half_rows {
  grouped_rows first, second;
};

/// Halves the cells of each label by lots drawn for cell ids; of an odd number the last cell by lot is left out, so both
/// halves are equal.
/// in     cells of the subject [cells, genes], perturbation of each
/// ties   equal lots: the lower row
/// repeat bit-equal everywhere for one seed; cells in another order give the same halves
[[nodiscard]] inline half_rows halve(const labelled_cells& of, const grouped_rows& rows, std::uint64_t seed) {
  const kernel::draws random(seed, "metric: halves of a perturbation");
  half_rows out;
  out.first.begin = out.second.begin = {0};
  std::vector<std::pair<std::uint64_t, std::int64_t>> lot;
  for (std::int32_t p = 0; p < rows.n_labels(); ++p) {
    lot.clear();
    for (const std::int64_t r : rows.of(p)) lot.emplace_back(random.bits(of.cells.cells.id[usize(r)]), r);
    std::sort(lot.begin(), lot.end());
    const std::size_t half = lot.size() / 2;
    const auto take = [&](grouped_rows& to, std::size_t from) {
      for (std::size_t i = from; i < from + half; ++i) to.row.push_back(lot[i].second);
      std::sort(to.row.end() - isize(half), to.row.end());
      to.begin.push_back(isize(to.row.size()));
    };
    take(out.first, 0);
    take(out.second, half);
  }
  return out;
}

/// Pseudobulks of both halves, each with the control cells of its own half.
struct half_bulks {
  pseudobulks first, second;
  std::string missing;  ///< why there are none, or empty
};

/// Kept by the subject.                  cost   one pass over the real cells, once
[[nodiscard]] inline const half_bulks& halved_bulks(const perturbed_cells& of, std::uint64_t seed) {
  return of.kept<half_bulks>("halves of pseudobulks " + std::to_string(seed), [&] {
    half_bulks out;
    const half_rows rows = halve(of.real(), of.real_rows(), seed);
    if (rows.first.of(of.control()).empty()) {
      out.missing = "the real control has fewer than two cells, which cannot be halved";
      return out;
    }
    out.first = pseudobulks_of(of.real().cells, rows.first, of.control(), of.threads);
    out.second = pseudobulks_of(of.real().cells, rows.second, of.control(), of.threads);
    if (out.first.size() == 0) out.missing = "no perturbation has two real cells, so none can be halved";
    return out;
  });
}

/// Both halves as a subject of their own: the first as if it were measured, the second as if it were predicted.
/// invariants  `pair` looks at the cells and codes beside it
struct half_cells {
  dense<> first, second;
  std::vector<std::int32_t> first_code, second_code;
  std::unique_ptr<perturbed_cells> pair;
  std::string missing;
};

/// Kept by the subject, for metrics that read cells.         cost   the real cells once more in memory
[[nodiscard]] inline const half_cells& halved_cells(const perturbed_cells& of, std::uint64_t seed) {
  using kept = std::shared_ptr<const half_cells>;
  return *of.kept<kept>("halves of cells " + std::to_string(seed), [&]() -> kept {
    auto out = std::make_shared<half_cells>();
    const half_rows rows = halve(of.real(), of.real_rows(), seed);
    if (rows.first.of(of.control()).empty()) {
      out->missing = "the real control has fewer than two cells, which cannot be halved";
      return out;
    }
    const auto take = [&](const grouped_rows& from, dense<>& cells, std::vector<std::int32_t>& code) {
      cells = rows_of(of.real().cells, from.row);
      for (const std::int64_t r : from.row) code.push_back(of.real().perturbation.code[usize(r)]);
    };
    take(rows.first, out->first, out->first_code);
    take(rows.second, out->second, out->second_code);
    const auto names = of.real().perturbation.name;
    // They were checked as cells of the subject, and a half may well hold whole numbers only.
    const expression_rules any{.whole_numbers = true, .negative = true, .below = std::numeric_limits<double>::infinity()};
    out->pair = std::make_unique<perturbed_cells>(labelled_cells{out->first.view(), {out->first_code, names}},
                                                  labelled_cells{out->second.view(), {out->second_code, names}},
                                                  of.control(), of.genes(), any, of.threads);
    if (out->pair->n_scored() == 0) out->missing = "no perturbation has two real cells, so none can be halved";
    return out;
  });
}

}  // namespace tepui::metric
