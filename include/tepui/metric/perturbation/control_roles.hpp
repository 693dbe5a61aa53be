#pragma once
/// Which cells stand in for a prediction: control cells that play perturbed ones, and the control that each side is measured
/// from. All metrics of perturbations take their trivial predictors and their halves from here.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>

namespace tepui::metric {

/// Whether the predicted control is the real one: then both changes hold the noise of the same control cells, and go
/// together where nothing is predicted at all.
/// out    cells: a tenth of the predicted control cells or more are real control cells, bit by bit; pseudobulks: the
///        predicted control is the mean of the real one, but for rounding
/// misses a control that was computed from the real one (smoothed, reconstructed): it counts as the prediction's own
/// cost   one look at the control cells of both sides, once
[[nodiscard]] inline bool shares_control(const perturbed_cells& of) {
  return of.kept<bool>("the control is shared", [&] {
    const auto &mine = of.predicted_bulk().control, &real = of.real_bulk().control;
    bool same = true;
    for (std::size_t g = 0; g < real.size(); ++g) same &= std::abs(mine[g] - real[g]) <= 1e-6 * (1 + std::abs(real[g]));
    if (same || !of.has_predicted_cells()) return same;
    const auto bytes = [](const auto& row) {
      return std::string_view(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float));
    };
    std::unordered_set<std::string_view> known;
    for (const std::int64_t r : of.real_rows().of(of.control())) known.insert(bytes(of.real().cells.row(r)));
    const auto rows = of.predicted_rows().of(of.control());
    const auto found = std::count_if(rows.begin(), rows.end(),
                                     [&](std::int64_t r) { return known.contains(bytes(of.predicted().cells.row(r))); });
    return 10 * found >= isize(rows.size());
  });
}

/// Control cells in their roles.                           cells, theirs, real  rows of real control cells
/// A control that is shared is divided into A and B in the ratio of perturbed to control cells: A plays the perturbed
/// cells of a prediction of no change, B is the control of both sides, as the control of the prediction is that of the
/// real cells. What A and the real cells then have in common is the noise of B, a little more of it (B is smaller than
/// all), so that such a prediction is never better than this one but for chance.
/// A control of the prediction's own shares no noise: A and B are halves, A the control of trivial predictions (and their
/// cells), B that of the real cells beside them.
struct control_roles {
  bool shared = false;
  std::vector<std::int64_t> cells;   ///< play perturbed cells in no_change_cells
  std::vector<std::int64_t> theirs;  ///< the control of no_change_cells
  std::vector<std::int64_t> real;    ///< the control of the real cells beside it
  std::string missing;               ///< why there are none, or empty
};

/// Kept by the subject.         ties  equal lots: the lower row       repeat bit-equal everywhere for one seed, in any order
[[nodiscard]] inline const control_roles& control_roles_of(const perturbed_cells& of, std::uint64_t seed) {
  return of.kept<control_roles>("roles of control cells " + std::to_string(seed), [&] {
    control_roles out;
    out.shared = shares_control(of);
    const auto rows = of.real_rows().of(of.control());
    if (rows.size() < 2) {
      out.missing = "the real control has fewer than two cells, none of which can play a perturbed one";
      return out;
    }
    const kernel::draws random(seed, "metric: roles of control cells");
    std::vector<std::pair<std::uint64_t, std::int64_t>> lot;
    for (const std::int64_t r : rows) lot.emplace_back(random.bits(of.real().cells.cells.id[usize(r)]), r);
    std::sort(lot.begin(), lot.end());
    const auto all = static_cast<double>(rows.size());
    double share = 0.5;
    if (out.shared && of.n_scored() > 0) {
      double each = 0;
      for (const std::int32_t p : of.scored())
        each += static_cast<double>(
            (of.has_predicted_cells() ? of.predicted_rows().of(p) : of.real_rows().of(p)).size());
      each /= static_cast<double>(of.n_scored());
      share = each / (each + all);
    }
    const std::int64_t a = std::clamp<std::int64_t>(std::llround(share * all), 1, isize(rows.size()) - 1);
    for (std::int64_t i = 0; i < isize(lot.size()); ++i) (i < a ? out.cells : out.real).push_back(lot[usize(i)].second);
    std::sort(out.real.begin(), out.real.end());
    out.theirs = out.shared ? out.real : out.cells;
    return out;
  });
}

/// Why no skill is given, or nothing: trivial predictors and halves are measured from parts of the control, and where these
/// are few beside the cells of a perturbation, their noise decides how far apart floor and ceiling lie.
/// in     reads_cells: the metric reads cells, or tests genes in them, where scores jump: then there must be 140 as well
/// limits simulated predictions of no change have a skill of a quarter or more in up to 4 % of cases from the limits on, and
///        below them in up to 28 % (means) and 32 % (cells): docs/evidence/metrics.md
[[nodiscard]] inline std::string few_control_cells(const perturbed_cells& of, bool reads_cells = false) {
  if (of.n_scored() == 0) return "";
  double each = 0;
  for (const std::int32_t p : of.scored()) each += static_cast<double>(of.real_rows().of(p).size());
  each /= static_cast<double>(of.n_scored());
  const std::int64_t n = isize(of.real_rows().of(of.control()).size());
  const std::int64_t least = std::max<std::int64_t>(std::llround(std::ceil(of.control_needed.to_one * each)),
                                                    reads_cells ? of.control_needed.least : 0);
  if (n >= least) return "";
  return "the real control has " + std::to_string(n) + " cells, and beside perturbations of " +
         std::to_string(std::llround(each)) + " on average fewer than " + std::to_string(least) +
         " decide this skill by their noise; give more control cells";
}

/// Rows of real cells that play both sides, perturbation by perturbation, each with the control of its side.
struct row_sides {
  grouped_rows real, predicted;
  std::string missing;
};

/// Adds the rows of the next label, in ascending order.
inline void add_rows(grouped_rows& to, std::vector<std::int64_t> rows) {
  if (to.begin.empty()) to.begin = {0};
  std::sort(rows.begin(), rows.end());
  to.row.insert(to.row.end(), rows.begin(), rows.end());
  to.begin.push_back(isize(to.row.size()));
}

/// No change, as cells: each perturbation has as many control cells as it has predicted ones (all, where A is smaller),
/// those of A that follow each other by lot from a place drawn for its name. The real side is all real perturbed cells.
[[nodiscard]] inline row_sides no_change_rows(const perturbed_cells& of, std::uint64_t seed) {
  row_sides out;
  const control_roles& roles = control_roles_of(of, seed);
  out.missing = roles.missing;
  if (!out.missing.empty()) return out;
  const kernel::draws random(seed, "metric: cells of no change");
  for (std::int32_t p = 0; p < of.n_labels(); ++p) {
    if (p == of.control()) {
      add_rows(out.real, roles.real);
      add_rows(out.predicted, roles.theirs);
      continue;
    }
    const auto own = of.real_rows().of(p);
    add_rows(out.real, {own.begin(), own.end()});
    const std::int64_t there = isize(roles.cells.size());
    const std::int64_t wanted = std::min(
        there, own.empty() ? 0 : isize((of.has_predicted_cells() ? of.predicted_rows().of(p) : own).size()));
    const std::int64_t from = random.below(there, static_cast<std::int64_t>(kernel::hash_text(of.name(p))));
    std::vector<std::int64_t> drawn;
    for (std::int64_t i = 0; i < wanted; ++i) drawn.push_back(roles.cells[usize((from + i) % there)]);
    add_rows(out.predicted, std::move(drawn));
  }
  return out;
}

/// Pseudobulks of both sides, each with its control.        first  as if measured; second  as if predicted
struct bulk_sides {
  pseudobulks first, second;
  std::string missing;  ///< why there are none, or empty
};
[[nodiscard]] inline bulk_sides bulks_of_sides(const perturbed_cells& of, const row_sides& rows) {
  bulk_sides out;
  out.missing = rows.missing;
  if (!out.missing.empty()) return out;
  out.first = pseudobulks_of(of.real().cells, rows.real, of.control(), of.threads);
  out.second = pseudobulks_of(of.real().cells, rows.predicted, of.control(), of.threads);
  return out;
}

/// Both sides as a subject of their own: first as if it were measured, second as if it were predicted.
/// invariants  `pair` looks at the cells and codes beside it
struct cell_sides {
  dense<> first, second;
  std::vector<std::int32_t> first_code, second_code;
  std::unique_ptr<perturbed_cells> pair;
  std::string missing;
};
/// cost   the cells once more in memory
[[nodiscard]] inline std::shared_ptr<const cell_sides> cells_of_sides(const perturbed_cells& of, const row_sides& rows) {
  auto out = std::make_shared<cell_sides>();
  out->missing = rows.missing;
  if (!out->missing.empty()) return out;
  const auto take = [&](const grouped_rows& from, dense<>& cells, std::vector<std::int32_t>& code) {
    cells = rows_of(of.real().cells, from.row);
    for (std::int32_t p = 0; p < from.n_labels(); ++p) code.insert(code.end(), from.of(p).size(), p);
  };
  take(rows.real, out->first, out->first_code);
  take(rows.predicted, out->second, out->second_code);
  const auto names = of.real().perturbation.name;
  // They were checked as cells of the subject, and a part of them may well hold whole numbers only.
  const expression_rules any{.whole_numbers = true, .negative = true, .below = std::numeric_limits<double>::infinity()};
  out->pair = std::make_unique<perturbed_cells>(labelled_cells{out->first.view(), {out->first_code, names}},
                                                labelled_cells{out->second.view(), {out->second_code, names}}, of.control(),
                                                of.genes(), any, of.threads);
  return out;
}

/// No change as cells, in means and in cells. Kept by the subject.
[[nodiscard]] inline const bulk_sides& no_change_bulks(const perturbed_cells& of, std::uint64_t seed) {
  return of.kept<bulk_sides>("no change, means " + std::to_string(seed),
                             [&] { return bulks_of_sides(of, no_change_rows(of, seed)); });
}
[[nodiscard]] inline const cell_sides& no_change_as_cells(const perturbed_cells& of, std::uint64_t seed) {
  return *of.kept<std::shared_ptr<const cell_sides>>("no change, cells " + std::to_string(seed),
                                                     [&] { return cells_of_sides(of, no_change_rows(of, seed)); });
}

/// Means whose changes are from another control: the mean of these control cells.
[[nodiscard]] inline pseudobulks with_control(pseudobulks bulk, const perturbed_cells& of,
                                              std::span<const std::int64_t> control_rows) {
  mean_of_rows(of.real().cells, control_rows, bulk.control);
  bulk.n_control = isize(control_rows.size());
  for (std::size_t i = 0; i < bulk.mean.size(); ++i) bulk.delta[i] = bulk.mean[i] - bulk.control[i % bulk.control.size()];
  return bulk;
}

}  // namespace tepui::metric
