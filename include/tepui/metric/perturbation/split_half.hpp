#pragma once
/// Divides the real cells of each perturbation into halves: how well one half predicts the other is the most that data so
/// noisy can show.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
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
  std::vector<std::pair<std::uint64_t, std::int64_t>> lot;
  for (std::int32_t p = 0; p < rows.n_labels(); ++p) {
    lot.clear();
    for (const std::int64_t r : rows.of(p)) lot.emplace_back(random.bits(of.cells.cells.id[usize(r)]), r);
    std::sort(lot.begin(), lot.end());
    std::vector<std::int64_t> part[2];
    for (std::size_t i = 0; i < lot.size() / 2 * 2; ++i) part[i < lot.size() / 2 ? 0 : 1].push_back(lot[i].second);
    add_rows(out.first, std::move(part[0]));
    add_rows(out.second, std::move(part[1]));
  }
  return out;
}

/// Halves with the control that their metric will see: all control cells on both sides where the prediction shares the
/// real control, as two experiments with one control would; else a half of its own for each.
[[nodiscard]] inline row_sides halved_rows(const perturbed_cells& of, std::uint64_t seed) {
  half_rows halves = halve(of.real(), of.real_rows(), seed);
  row_sides out;
  const bool shared = shares_control(of);
  const auto all = of.real_rows().of(of.control());
  bool any = false;
  for (std::int32_t p = 0; p < of.n_labels(); ++p) {
    any |= p != of.control() && !halves.first.of(p).empty();
    const auto add = [&](grouped_rows& to, const grouped_rows& half) {
      const auto rows = p == of.control() && shared ? all : half.of(p);
      add_rows(to, {rows.begin(), rows.end()});
    };
    add(out.real, halves.first);
    add(out.predicted, halves.second);
  }
  if (!any) out.missing = "no perturbation has two real cells, so none can be halved";
  if (out.real.of(of.control()).empty())
    out.missing = "the real control has fewer than two cells, which cannot be halved";
  return out;
}

/// Pseudobulks of both halves. Kept by the subject.                       cost   one pass over the real cells, once
[[nodiscard]] inline const bulk_sides& halved_bulks(const perturbed_cells& of, std::uint64_t seed) {
  return of.kept<bulk_sides>("halves of pseudobulks " + std::to_string(seed),
                             [&] { return bulks_of_sides(of, halved_rows(of, seed)); });
}

/// Both halves as cells, for metrics that read cells. Kept by the subject.         cost   the real cells once more in memory
[[nodiscard]] inline const cell_sides& halved_cells(const perturbed_cells& of, std::uint64_t seed) {
  return *of.kept<std::shared_ptr<const cell_sides>>("halves of cells " + std::to_string(seed),
                                                     [&] { return cells_of_sides(of, halved_rows(of, seed)); });
}

}  // namespace tepui::metric
