#pragma once
/// Finds the nearest of many cells exactly, and looks closely only at those that could be it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/nearest.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {

/// The nearest point found so far: its squared distance and its row (-1: none). One row may be passed over: a point's own.
struct found_nearest {
  double squared = std::numeric_limits<double>::infinity();
  std::int64_t row = -1, passed_over = -1;
  /// Ties go to the lower row, in whatever order points are offered. A distance that is no number is never the nearest.
  void offer(double other, std::int64_t other_row) {
    if (!(other <= squared) || (other == squared && other_row > row) || other_row == passed_over) return;
    squared = other;
    row = other_row;
  }
};

/// Plain reference of a search: every point, one after the other.
template <class Real>
[[nodiscard]] found_nearest plain_nearest(const Real* x, const points_of<Real>& among, found_nearest best = {}) {
  for (std::int64_t j = 0; j < among.n; ++j) best.offer(squared_distance(x, among.row(j), among.dims), j);
  return best;
}

inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES
/// How far bounds in float are from the truth. For x and y, moved by the same centre and rounded to float, and s the
/// float sum that a tile makes of |y|^2 / 2 - x y, | (|x - y|^2 - |x|^2) / 2 - s | <= slack (|x|^2 + |y|^2) + tiny.
/// Every dim rounds once (fused) or twice, sums that are at most |y|^2 + |x|^2 / 2; the rest is what x, y and the start
/// were rounded by.
struct bound_errors {
  double slack;
  static constexpr double tiny = 1e-30;     ///< where products are smaller than floats can be
  static constexpr double too_long = 1e36;  ///< squared norms whose sums may be larger than floats can be
  static constexpr std::int64_t most_dims = 100'000;
  explicit bound_errors(std::int64_t dims) : slack(1.1 * static_cast<double>(dims + 8) * 0x1p-24) {}

  /// No point is nearer than `squared` whose lower sum is above this.
  [[nodiscard]] float highest_sum(double squared, double x_squared) const {
    const double t = (squared - x_squared) / 2 + slack * x_squared;
    return static_cast<float>(t + std::abs(t) * 0x1p-22 + tiny);
  }
  /// The nearest point is at most so far, squared, where some upper sum is this.
  [[nodiscard]] double at_most(float sum, double x_squared) const {
    return (x_squared + 2 * (static_cast<double>(sum) + slack * x_squared + tiny)) * (1 + 1e-12);
  }
};

/// Whether there are enough points that bounds are worth their preparation.
template <class Real>
[[nodiscard]] bool worth_bounds(const points_of<Real>& of, const points_of<Real>& among) {
  return of.n >= 4 && among.n >= 16 && of.dims > 0 && of.dims <= bound_errors::most_dims;
}

/// Points that are searched among, moved to their mean and laid out for tiles. A lane of a group of panels holds a run
/// of rows, so that a close look reads memory in order; runs follow each other in strides, because neighbours in a file
/// tend to be of one kind.
template <class Real>
struct packed_points {
  static constexpr std::int64_t vectors = static_cast<std::int64_t>(simd::bound_vectors);
  static constexpr std::int64_t lanes = static_cast<std::int64_t>(simd::lanes32);
  static constexpr std::int64_t panel = vectors * lanes;
  static constexpr std::int64_t groups_together = 40;  ///< groups whose least bounds are kept for a while

  explicit packed_points(const points_of<Real>& from) : among(from), errors(from.dims), centre(usize(from.dims)) {
    std::vector<double> sum(centre.size(), 0.0);
    for (std::int64_t j = 0; j < among.n; ++j)
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<double>(among.row(j)[k]);
    for (std::size_t k = 0; k < sum.size(); ++k) centre[k] = static_cast<float>(sum[k] / static_cast<double>(among.n));

    panels_in_group =
        std::clamp<std::int64_t>((among.n + panel * groups_together - 1) / (panel * groups_together), 1, 16 / vectors);
    const std::int64_t run = rows_in_run(), runs = (among.n + run - 1) / run, groups = (runs + lanes - 1) / lanes;
    n_panels = groups * panels_in_group;
    auto step = static_cast<std::int64_t>(0.6180339887 * static_cast<double>(runs));
    while (std::gcd(step, runs) != 1) ++step;
    first_row.assign(usize(groups * lanes), among.n);
    for (std::int64_t r = 0, at = 0; r < runs; ++r, at = (at + step) % runs) first_row[usize(r)] = at * run;

    value.assign(usize(n_panels * panel) * centre.size(), 0.0F);
    below.assign(usize(n_panels * panel), std::numeric_limits<float>::infinity());
    above = below;
    buffer_in<host, float> moved(centre.size());
    for (std::int64_t r = 0; r < runs; ++r)
      for (std::int64_t i = 0; i < run && first_row[usize(r)] + i < among.n; ++i) {
        const double squared =
            simd::move_point(among.row(first_row[usize(r)] + i), centre.data(), centre.size(), moved.data());
        bounded = bounded && squared < bound_errors::too_long;
        const std::size_t p = usize(r / lanes * panels_in_group + i / vectors),
                          lane = usize(i % vectors * lanes + r % lanes);
        below[p * usize(panel) + lane] = static_cast<float>(squared / 2 - errors.slack * squared);
        above[p * usize(panel) + lane] = static_cast<float>(squared / 2 + errors.slack * squared);
        float* const to = value.data() + p * usize(panel) * centre.size() + lane;
        for (std::size_t k = 0; k < centre.size(); ++k) to[k * usize(panel)] = moved[k];
      }
  }
  [[nodiscard]] const float* panel_at(std::int64_t p) const { return value.data() + usize(p * panel) * centre.size(); }
  [[nodiscard]] std::int64_t rows_in_run() const { return panels_in_group * vectors; }

  points_of<Real> among;
  bound_errors errors;
  buffer_in<host, float> centre, value, below, above;
  std::vector<std::int64_t> first_row;  ///< [groups, lanes] of a run; among.n where there is none
  std::int64_t panels_in_group = 1, n_panels = 0;
  bool bounded = true;  ///< whether the bounds hold: no number is too large
};

/// Working memory of one thread.
struct search_room {
  buffer_in<host, float> x, least;
  std::vector<double> x_squared;
};

/// Searches for a few points at a time, which stay in the nearest cache while the others run past.
template <class Real>
class nearest_search {
 public:
  explicit nearest_search(const points_of<Real>& among) : y_(among) {}
  /// How many points are searched for at a time.
  [[nodiscard]] std::int64_t together() const {
    return std::clamp<std::int64_t>(5000 / std::max<std::int64_t>(y_.among.dims, 1) / 6 * 6, 6, 96);
  }

  /// in     row_of(i): where the i-th of n <= together() points lies; best [n], found before           out    best [n]
  template <class RowOf>
  void nearest(std::int64_t n, RowOf&& row_of, found_nearest* best, search_room& room) const {
    move(n, row_of, room);
    room.least.resize(usize(n) * least_row);
    const std::int64_t in_group = y_.panels_in_group;
    for (std::int64_t first = 0, last; first < y_.n_panels; first = last) {
      last = std::min(first + packed_points<Real>::groups_together * in_group, y_.n_panels);
      for (std::int64_t p = first; p < last; ++p)
        bound(p, y_.below.data(), room.least.data() + usize((p - first) / in_group) * simd::lanes32, least_row,
              (p - first) % in_group == 0, n, room);
      const std::int64_t group = first / in_group, groups = (last - first) / in_group;
      for (std::int64_t i = 0; i < n; ++i)
        if (inside(i, room)) {
          if (i + 1 < n) ask_for_run(i + 1, room, group, groups);
          look(row_of(i), i, room, group, groups, best[i]);
        }
    }
    for (std::int64_t i = 0; i < n; ++i)
      if (!inside(i, room)) best[i] = plain_nearest(row_of(i), y_.among, best[i]);
  }

  /// Calls found(i, at_most): the nearest is at most so far, squared, because of some panels. Not for too large numbers.
  template <class RowOf, class Found>
  void lower(std::int64_t n, RowOf&& row_of, std::int64_t first, std::int64_t last, Found&& found, search_room& room) const {
    move(n, row_of, room);
    room.least.resize(usize(n) * simd::lanes32);
    for (std::int64_t p = first; p < last; ++p)
      bound(p, y_.above.data(), room.least.data(), simd::lanes32, p == first, n, room);
    for (std::int64_t i = 0; i < n; ++i)
      if (inside(i, room))
        found(i, y_.errors.at_most(simd::least_of_vectors(room.least.data() + usize(i) * simd::lanes32, 1),
                                   room.x_squared[usize(i)]));
  }
  [[nodiscard]] std::int64_t n_panels() const { return y_.n_panels; }
  [[nodiscard]] bool bounded() const { return y_.bounded; }

 private:
  /// Bounds of one point, and a vector more: rows a power of 2 apart would fall on each other in the cache.
  static constexpr std::size_t least_row = (usize(packed_points<Real>::groups_together) + 1) * simd::lanes32;

  [[nodiscard]] bool inside(std::int64_t i, const search_room& room) const {
    return y_.bounded && room.x_squared[usize(i)] < bound_errors::too_long;
  }
  template <class RowOf>
  void move(std::int64_t n, RowOf&& row_of, search_room& room) const {
    const std::size_t dims = y_.centre.size();
    room.x.resize(usize(together()) * dims);
    room.x_squared.resize(usize(together()));
    for (std::int64_t i = 0; i < n; ++i)
      room.x_squared[usize(i)] = simd::move_point(row_of(i), y_.centre.data(), dims, room.x.data() + usize(i) * dims);
  }
  void bound(std::int64_t p, const float* start, float* least, std::size_t row, bool first, std::int64_t n,
             const search_room& room) const {
    simd::bound_tiles(
        {room.x.data(), y_.centre.size(), y_.panel_at(p), start + p * packed_points<Real>::panel, least, row, first},
        usize(n));
  }
  /// Asks memory for the rows that point i will look at first.
  void ask_for_run(std::int64_t i, const search_room& room, std::int64_t first_group, std::int64_t groups) const {
    const float* const least = room.least.data() + usize(i) * least_row;
    const std::size_t lane = simd::place_of(least, usize(groups), simd::least_of_vectors(least, usize(groups)));
    const std::int64_t first = y_.first_row[usize(first_group) * simd::lanes32 + lane];
    const auto* at = reinterpret_cast<const char*>(y_.among.row(first));
    const auto* const end = reinterpret_cast<const char*>(y_.among.row(std::min(first + y_.rows_in_run(), y_.among.n)));
    for (; at < end; at += 64) __builtin_prefetch(at);
  }
  /// Looks at the points whose lower bound is not above the best: first those of the smallest bound, then what is left.
  void look(const Real* x, std::int64_t i, const search_room& room, std::int64_t first_group, std::int64_t groups,
            found_nearest& best) const {
    const float* const least = room.least.data() + usize(i) * least_row;
    const double x_squared = room.x_squared[usize(i)];
    const float smallest = simd::least_of_vectors(least, usize(groups));
    if (smallest > y_.errors.highest_sum(best.squared, x_squared)) return;
    const auto closely = [&](std::size_t lane) {
      const std::int64_t first = y_.first_row[usize(first_group) * simd::lanes32 + lane];
      const std::int64_t last = std::min(first + y_.rows_in_run(), y_.among.n);
      for (std::int64_t j = first; j < last; ++j) best.offer(squared_distance(x, y_.among.row(j), y_.among.dims), j);
    };
    simd::lanes_between<true>(least, usize(groups), smallest, smallest, closely);
    simd::lanes_between<false>(least, usize(groups), smallest, y_.errors.highest_sum(best.squared, x_squared), closely);
  }

  packed_points<Real> y_;
};
#endif

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
