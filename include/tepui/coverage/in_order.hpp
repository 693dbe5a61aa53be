#pragma once
/// What a corpus covers after each further batch: how far the worst cell is, how many cells are near, how diverse it is.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/coverage/near_duplicates.hpp>
#include <tepui/coverage/occupied_boxes.hpp>
#include <tepui/coverage/vendi.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/score.hpp>

namespace tepui::coverage {

struct in_order_options {
  double radius = 1;  ///< share_within: of all cells, within this distance of a cell taken
  double vendi_order = 1;
  box_grid grid{};  ///< occupied boxes
  int threads = 1;
};

/// A number before and after a batch.
struct change {
  score after;
  measured gain;  ///< how much better it became; missing before anything was taken
};

/// What one batch did to the corpus of those before it.
struct coverage_step {
  std::int64_t batch = 0, cells = 0;  ///< cells taken so far
  change
      covering_radius;   ///< the farthest of all cells from the nearest taken (directed Hausdorff); gain: how much it shrank
  change mean_distance;  ///< of all cells to the nearest taken
  change within;         ///< share of all cells within the radius
  change vendi;
  change boxes;     ///< gain: newly occupied
  duplicates near;  ///< of this batch's cells, against those taken before it
};

/// The coverage of all cells by the first, the first two, ... batches of an order.
/// in     batches; an order of some of them; options     out    one step a batch of the order
///        apart: distances_to_batches(all, own_cell::left_out), where they are there already
/// errors as check_batches, check_grid; bad_option where the order names no batch, or one twice
/// cost   O(cells^2 dims) for the distances, O(steps (cells + dims^3))        repeat threads change nothing
/// source Huttenlocher et al. 1993 (Hausdorff distance); Friedman and Dieng 2023 (Vendi)
/// A template only so that Eigen's products are compiled where they are used.
template <class Real = double>
[[nodiscard]] std::vector<coverage_step> coverage_in_order(const batches& all, const batch_distances& apart,
                                                           std::span<const std::int64_t> order,
                                                           const in_order_options& options = {}) {
  check_batches(all);
  if (apart.n_batches != all.n_batches || apart.n_cells != all.cells.n_cells())
    throw bad_data("coverage::coverage_in_order: the distances are of " + std::to_string(apart.n_cells) + " cells to " +
                   std::to_string(apart.n_batches) + " batches, but there are " + std::to_string(all.cells.n_cells()) +
                   " cells in " + std::to_string(all.n_batches) + "; give distances_to_batches of these");
  const std::vector<batch_rows> by = rows_by_batch(all);
  std::vector<double> nearest(usize(apart.n_cells), std::numeric_limits<double>::infinity());
  std::vector<char> taken(by.size(), 0);
  basic_vendi_sum<Real> sum(all.cells.n_columns);
  box_set boxes;
  std::vector<coverage_step> out;
  const auto make = [&](const char* name, const std::string& unit, direction better, double value, measured floor,
                        measured ceiling) {
    score s;
    s.name = name;
    s.unit = unit;
    s.n = apart.n_cells;
    s.better = better;
    s.value = value;
    s.floor = std::move(floor);
    s.ceiling = std::move(ceiling);
    s.low = s.high = measured::missing("no cells were drawn again");
    return s;
  };
  const auto changed = [&](score after, const change* before, const measured& at_first) {
    change c{std::move(after), at_first};
    if (before == nullptr) return c;
    const double more = c.after.value.value - before->after.value.value;
    if (c.after.value.known() && before->after.value.known())
      c.gain = c.after.better == direction::higher_is_better ? more : -more;
    else
      c.gain = measured::missing("one of the two numbers is not known");
    return c;
  };
  const auto no_distance = measured::missing("before the first batch nothing was taken, so that no distance was known");
  for (const std::int64_t b : order) {
    if (b < 0 || b >= all.n_batches || taken[usize(b)])
      throw bad_option("coverage::coverage_in_order: the order names batch " + std::to_string(b) +
                       ", which does not exist or stands twice; there are " + std::to_string(all.n_batches) +
                       ", each may stand once");
    taken[usize(b)] = 1;
    const coverage_step* last = out.empty() ? nullptr : &out.back();
    coverage_step step;
    step.batch = b;
    const batch_rows& rows = by[usize(b)];
    step.cells = (last ? last->cells : 0) + isize(rows.row.size());
    const auto to_this = apart.to(b);
    std::vector<double> within, to_pool;
    for (const std::int64_t cell : rows.row) {
      within.push_back(to_this[usize(cell)]);
      to_pool.push_back(nearest[usize(cell)]);
    }
    step.near = near_duplicates(within, to_pool);
    double most = 0, total = 0;
    std::int64_t near = 0;
    for (std::size_t c = 0; c < nearest.size(); ++c) {
      nearest[c] = all.batch[c] == b ? 0 : std::min(nearest[c], to_this[c]);
      most = std::max(most, nearest[c]);
      total += nearest[c];
      near += nearest[c] <= options.radius ? 1 : 0;
    }
    const auto n = static_cast<double>(apart.n_cells);
    sum.add(rows.value, options.threads);
    const std::int64_t fresh = boxes.add(boxes_of(rows.value, rows.dims, options.grid));
    const auto no_floor = measured::missing("a trivial choice of as many cells was not tried");
    step.covering_radius = changed(make("covering_radius", "distance", direction::lower_is_better, most, no_floor, 0),
                                   last ? &last->covering_radius : nullptr, no_distance);
    step.mean_distance = changed(make("mean_distance", "distance", direction::lower_is_better, total / n, no_floor, 0),
                                 last ? &last->mean_distance : nullptr, no_distance);
    const double share = static_cast<double>(near) / n;
    step.within = changed(make("share_within", "share", direction::higher_is_better, share, 0, 1),
                          last ? &last->within : nullptr, share);
    score diverse = coverage::vendi(sum, options.vendi_order);
    const measured at_first = diverse.value;
    step.vendi = changed(std::move(diverse), last ? &last->vendi : nullptr, at_first);
    step.boxes = changed(make("occupied_boxes", "boxes", direction::higher_is_better, static_cast<double>(boxes.size()), 1,
                              static_cast<double>(step.cells)),
                         last ? &last->boxes : nullptr, static_cast<double>(fresh));
    out.push_back(std::move(step));
  }
  return out;
}
template <class Real = double>
[[nodiscard]] std::vector<coverage_step> coverage_in_order(const batches& all, std::span<const std::int64_t> order,
                                                           const in_order_options& options = {}) {
  return coverage_in_order<Real>(all, distances_to_batches(all, own_cell::left_out, options.threads), order, options);
}

}  // namespace tepui::coverage
