#pragma once
/// Distances of very close cells, and of cells far from all others, from the cells as they were given.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/packed_groups.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/kernel/whole_points.hpp>

namespace tepui::kernel {

/// The plain reference of one distance, from differences.       self: whether both are one point
template <class Real>
[[nodiscard]] double plain_distance(const Real* a, const Real* b, std::int64_t dims, distance_kind kind, bool self) {
  if (self) return 0;
  if (kind == distance_kind::euclidean) return std::sqrt(plain_squared_distance(a, b, dims));
  double a_squared = 0, b_squared = 0, apart = 0;
  for (std::int64_t d = 0; d < dims; ++d) {
    a_squared += static_cast<double>(a[d]) * static_cast<double>(a[d]);
    b_squared += static_cast<double>(b[d]) * static_cast<double>(b[d]);
  }
  if (a_squared == 0 || b_squared == 0) return 1;
  for (std::int64_t d = 0; d < dims; ++d) {
    const double of = static_cast<double>(a[d]) / std::sqrt(a_squared) - static_cast<double>(b[d]) / std::sqrt(b_squared);
    apart += of * of;
  }
  return apart / 2;
}

inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// The root of the sum of squares of differences, also where squares are too large or too small for a double.
template <class Real>
[[nodiscard]] double distance_from_differences(const Real* a, const Real* b, std::int64_t dims) {
  const double squared = squared_distance(a, b, dims);
  if (std::is_same_v<Real, float> || (squared > 1e-280 && squared < 1e300)) return std::sqrt(squared);
  double largest = 0, sum = 0;
  for (std::int64_t d = 0; d < dims; ++d)
    largest = std::max(largest, std::abs(static_cast<double>(a[d]) - static_cast<double>(b[d])));
  if (!(largest > 0) || std::isinf(largest)) return largest;
  const int exponent = std::ilogb(largest);
  for (std::int64_t d = 0; d < dims; ++d) {
    const double apart = std::ldexp(static_cast<double>(a[d]) - static_cast<double>(b[d]), -exponent);
    sum += apart * apart;
  }
  return std::ldexp(std::sqrt(sum), exponent);
}

/// Points as they were given, for the pairs that tiles do not measure.
template <class Real>
struct given_points {
  points_of<Real> of, to;
  distance_kind kind;
  bool same_set;

  [[nodiscard]] double distance(std::int64_t i, std::int64_t j) const {
    if (same_set && i == j) return 0;
    return kind == distance_kind::euclidean ? distance_from_differences(of.row(i), to.row(j), of.dims)
                                            : plain_distance(of.row(i), to.row(j), of.dims, kind, false);
  }
};

/// Rows that go into tiles, and the few that lie so much farther out than all others that in one scale with them the others
/// would be one point.
struct parted_rows {
  std::vector<std::int64_t> near, far;

  template <class Real>
  parted_rows(const points_of<Real>& of, const whole_scale& scale, distance_kind kind) {
    for (std::int64_t i = 0; i < of.n; ++i)
      (kind == distance_kind::cosine || distance_from(scale.centre, of.row(i)) <= scale.reach ? near : far).push_back(i);
  }
};

/// Adds what tiles leave out: of each row the points that are far, and of a far row all points.
template <class Real>
void add_far(const given_points<Real>& given, const parted_rows& of, const parted_rows& to,
             std::span<const std::int32_t> group, std::int32_t n_groups, int threads, std::span<double> out) {
  constexpr std::int64_t together = 64;
  const auto add = [&](std::int64_t i, std::int64_t j) {
    out[usize(i * n_groups + group[usize(j)])] += given.distance(i, j);
  };
  if (!to.far.empty())
    parallel_chunks((isize(of.near.size()) + together - 1) / together, threads, [&](std::int64_t chunk, int) {
      for (std::int64_t at = chunk * together; at < std::min(isize(of.near.size()), (chunk + 1) * together); ++at)
        for (const std::int64_t j : to.far) add(of.near[usize(at)], j);
    });
  parallel_chunks(isize(of.far.size()), threads, [&](std::int64_t at, int) {
    const std::int64_t i = of.far[usize(at)];
    std::fill_n(out.data() + i * n_groups, n_groups, 0.0);
    for (std::int64_t j = 0; j < given.to.n; ++j) add(i, j);
  });
}

/// How far out points may lie for tiles, around the mean of `to`.
/// in     of: no points where the set is measured with itself
template <class Real>
[[nodiscard]] whole_scale reach_of(const points_of<Real>& of, const points_of<Real>& to, distance_kind kind) {
  return kind == distance_kind::cosine || to.n == 0 ? whole_scale{} : whole_scale_of(of, to);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
