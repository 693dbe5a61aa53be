#pragma once
/// Distances of very close cells, and of cells far from all others, from the cells as they were given.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/packed_groups.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/reach.hpp>
#include <tepui/kernel/simd/distance_products.hpp>
#include <tepui/kernel/squared_distance.hpp>

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
};

/// Both sets, parted, and how they lie around their mean.
/// in     of: no points where the set is measured with itself; to: not empty
/// cost   two passes
template <class Real>
struct parted_points {
  parted_rows of, to;
  std::vector<double> centre;  ///< the mean of `to`, far points among them
  double largest = 0;          ///< distance of a near point from it
  double squares = 0;          ///< of the distances of the near points of `to`

  parted_points(const points_of<Real>& points, const points_of<Real>& others, distance_kind kind, int threads)
      : centre(usize(others.dims), 0.0) {
    if (kind == distance_kind::cosine) {
      all_of(points, of.near);
      all_of(others, to.near);
      return;
    }
    centre = mean_point(others);
    const std::vector<double> from_of = distances(points, threads), from_to = distances(others, threads);
    std::vector<double> far(from_of);
    far.insert(far.end(), from_to.begin(), from_to.end());
    const double reach = reach_of(std::move(far));
    part(from_of, reach, of);
    part(from_to, reach, to);
    for (const std::int64_t j : to.near) squares += from_to[usize(j)] * from_to[usize(j)];
  }

 private:
  static void all_of(const points_of<Real>& points, std::vector<std::int64_t>& rows) {
    for (std::int64_t i = 0; i < points.n; ++i) rows.push_back(i);
  }
  [[nodiscard]] std::vector<double> distances(const points_of<Real>& points, int threads) const {
    std::vector<double> out(usize(points.n));
    constexpr std::int64_t together = 256;
    parallel_chunks((points.n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
      for (std::int64_t i = chunk * together; i < std::min(points.n, (chunk + 1) * together); ++i) {
        const double d = std::sqrt(simd::squared_from(points.row(i), centre.data(), centre.size()));
        out[usize(i)] = std::isfinite(d) ? d : std::numeric_limits<double>::infinity();
      }
    });
    return out;
  }
  void part(const std::vector<double>& from_centre, double reach, parted_rows& rows) {
    for (std::size_t i = 0; i < from_centre.size(); ++i) {
      (from_centre[i] <= reach ? rows.near : rows.far).push_back(isize(i));
      if (from_centre[i] <= reach) largest = std::max(largest, from_centre[i]);
    }
  }
};

/// What the near points are moved and scaled by: their mean; or nothing moves them, where `sparse` and 0 is not much farther
/// from them than their mean, so that what was 0 stays 0.
/// out    sparse: whether 0 stays 0
template <class Real>
[[nodiscard]] common_origin origin_of(const points_of<Real>& of, const points_of<Real>& to, const parted_points<Real>& parts,
                                      distance_kind kind, bool& sparse) {
  common_origin out{std::vector<double>(usize(to.dims), 0.0), 0, kind};
  if (kind == distance_kind::cosine) return out;
  double largest = parts.largest;
  const bool one_pass = parts.to.far.empty() && largest > 1e-140 && largest < 1e140;  // else squares are no measure
  if (one_pass)
    out.centre = parts.centre;
  else
    for (const std::int64_t j : parts.to.near)
      for (std::size_t d = 0; d < out.centre.size(); ++d)
        out.centre[d] += static_cast<double>(to.row(j)[d]) / static_cast<double>(parts.to.near.size());
  double moved = 0;
  for (const double c : out.centre) moved += c * c;
  const double all = moved * static_cast<double>(to.n);
  sparse = sparse && one_pass && all <= 3 * parts.squares;  // |x|^2 is at most 4 times |x - centre|^2, on average
  if (sparse) {
    std::fill(out.centre.begin(), out.centre.end(), 0.0);
    largest += std::sqrt(moved);
  }
  if (!one_pass) {
    largest = 0;
    const auto hold = [&](const points_of<Real>& points, const std::vector<std::int64_t>& rows) {
      for (const std::int64_t i : rows)
        for (std::size_t d = 0; d < out.centre.size(); ++d)
          largest = std::max(largest, std::abs(static_cast<double>(points.row(i)[d]) - out.centre[d]));
    };
    hold(of, parts.of.near);
    hold(to, parts.to.near);
  }
  if (largest > 0) out.exponent = std::ilogb(largest) + 1;
  return out;
}

/// Whether at most two numbers in five are not 0.
template <class Real>
[[nodiscard]] bool mostly_zero(const points_of<Real>& of) {
  std::int64_t numbers = 0;
  for (const Real x : of.value.first(usize(of.n * of.dims))) numbers += x != Real(0) ? 1 : 0;
  return 5 * numbers <= 2 * of.n * of.dims;
}

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

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
