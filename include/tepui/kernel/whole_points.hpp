#pragma once
/// Writes cells in whole numbers, with a bound on what that loses: how near those are is then worked out without rounding.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/reach.hpp>
#include <tepui/kernel/simd/k_nearest.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// How two sets of points become whole numbers: moved by one centre, divided by one step, rounded.
/// A distance in steps is within `slack` of that of the whole numbers, because each point is moved by at most half of it.
struct whole_scale {
  static constexpr double longest = 22'000;  ///< steps: squared distances then fit into 31 bits
  static constexpr std::int64_t most_dims = 500'000;
  std::vector<double> centre;
  double reach = 0;  ///< points farther from the centre are left out and measured one by one
  double step = 1, slack = 0;

  /// Half squared distances up to which a point may still be among the nearest, where so much is known of the k-th.
  [[nodiscard]] std::int32_t limit_of_half(std::int32_t half) const {
    return limit(std::sqrt(2.0 * std::max(half, 0) + 2) + 2 * slack);
  }
  [[nodiscard]] std::int32_t limit_of_squared(double squared) const { return limit(std::sqrt(squared) / step + slack); }
  /// Whether the bounds hold: distances are far from the smallest and largest doubles.
  [[nodiscard]] bool usable() const { return reach > 1e-140 && reach < 1e140; }

 private:
  /// in     steps: the largest distance of whole numbers that counts
  static std::int32_t limit(double steps) {
    const double half = steps * steps * (0.5 * (1 + 1e-9)) + 1;
    return half < simd::beyond_all - 1 ? static_cast<std::int32_t>(half) : simd::beyond_all - 1;
  }
};

template <class Real>
[[nodiscard]] double distance_from(const std::vector<double>& centre, const Real* x) {
  double sum = 0;
  for (std::size_t d = 0; d < centre.size(); ++d) {
    const double apart = static_cast<double>(x[d]) - centre[d];
    sum += apart * apart;
  }
  return std::sqrt(sum);
}

/// Finds a scale for both sets. A few points much farther out than all others do not make the steps longer.
/// in     among: not empty; of: empty where the set is searched in itself
template <class Real>
[[nodiscard]] whole_scale whole_scale_of(const points_of<Real>& of, const points_of<Real>& among) {
  whole_scale out;
  out.centre = mean_point(among);
  std::vector<double> far;
  far.reserve(usize(of.n + among.n));
  for (const auto* points : {&of, &among})
    for (std::int64_t i = 0; i < points->n; ++i) {
      const double d = distance_from(out.centre, points->row(i));
      far.push_back(std::isfinite(d) ? d : std::numeric_limits<double>::infinity());
    }
  out.reach = reach_of(std::move(far));
  if (out.usable()) out.step = out.reach / whole_scale::longest;
  return out;
}

/// A set of points in whole numbers, in panels for simd::pair_tile. Rows follow each other in strides, because neighbours
/// in a file tend to be of one kind, and a search is fast where what it meets first is like the rest.
struct whole_points {
  static constexpr std::int64_t panel = static_cast<std::int64_t>(simd::pair_panel);

  std::int64_t n = 0, words = 0, n_panels = 0;
  std::vector<std::int64_t> row, far;  ///< the row of each place; the rows that are out of reach
  buffer_in<host, std::int32_t> value, half;

  /// out    scale.slack is raised to what these points lose
  template <class Real>
  void write(const points_of<Real>& from, whole_scale& scale) {
    const std::size_t dims = scale.centre.size();
    words = (from.dims + 1) / 2;
    std::vector<std::int64_t> near;
    for (std::int64_t i = 0; i < from.n; ++i)
      (distance_from(scale.centre, from.row(i)) <= scale.reach ? near : far).push_back(i);
    n = isize(near.size());
    n_panels = (n + panel - 1) / panel;
    value.assign(usize(n_panels * panel * words), 0);
    half.assign(usize(n_panels * panel), simd::beyond_all);
    row.resize(near.size());
    auto stride = std::max<std::int64_t>(static_cast<std::int64_t>(0.6180339887 * static_cast<double>(n)), 1);
    while (std::gcd(stride, n) > 1) ++stride;
    double most_lost = 0;
    for (std::int64_t p = 0, at = 0; p < n; ++p, at = (at + stride) % n) {
      row[usize(p)] = near[usize(at)];
      const Real* const x = from.row(near[usize(at)]);
      std::int32_t* const to = value.data() + p / panel * panel * words + p % panel;
      double lost = 0;
      std::int64_t squared = 0;
      for (std::size_t d = 0; d < dims; ++d) {
        const double moved = static_cast<double>(x[d]) - scale.centre[d];
        const double steps = std::nearbyint(moved / scale.step), rest = moved - steps * scale.step;
        const auto whole = static_cast<std::int32_t>(steps);
        lost += rest * rest;
        squared += std::int64_t{whole} * whole;
        std::int32_t& word = to[usize(panel) * (d / 2)];
        const auto bits = static_cast<std::uint32_t>(whole) & 0xffffU;
        word = static_cast<std::int32_t>(static_cast<std::uint32_t>(word) | bits << (d % 2 * 16));
      }
      half[usize(p)] = static_cast<std::int32_t>(squared / 2);
      most_lost = std::max(most_lost, lost);
    }
    // The two roundings of `rest` are below 1e-11 of a step.
    scale.slack = std::max(scale.slack, 2 * std::sqrt(most_lost) / scale.step * (1 + 1e-9) + 1e-6);
  }
  [[nodiscard]] const std::int32_t* panel_at(std::int64_t p) const { return value.data() + p * panel * words; }
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
