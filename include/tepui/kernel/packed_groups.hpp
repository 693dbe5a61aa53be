#pragma once
/// Cells laid out group after group, so that tiles of distances read them as they lie.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/distance_sums.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {

/// The straight distance, or 1 - the cosine of the angle (a point at 0 lies 1 from all others).
enum class distance_kind { euclidean, cosine };

inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// What all points of both sets are moved and scaled by, so that products lose few digits and no number is too large.
struct common_origin {
  std::vector<double> centre;
  int exponent = 0;  ///< numbers are divided by 2^exponent
  bool known = false;  ///< whether any number that is not 0 was seen
  distance_kind kind;

  /// The mean of some rows.
  template <class Real>
  common_origin(const points_of<Real>& of, std::span<const std::int64_t> rows, distance_kind by)
      : centre(usize(of.dims), 0.0), kind(by) {
    if (kind == distance_kind::cosine) return;
    for (const std::int64_t i : rows)
      for (std::size_t d = 0; d < centre.size(); ++d)
        centre[d] += static_cast<double>(of.row(i)[d]) / static_cast<double>(rows.size());
  }
  /// Makes room for the numbers of these rows.
  template <class Real>
  void hold(const points_of<Real>& of, std::span<const std::int64_t> rows) {
    if (kind == distance_kind::cosine) return;
    double largest = 0;
    for (const std::int64_t i : rows)
      for (std::size_t d = 0; d < centre.size(); ++d)
        largest = std::max(largest, std::abs(static_cast<double>(of.row(i)[d]) - centre[d]));
    if (largest > 0) exponent = known ? std::max(exponent, std::ilogb(largest) + 1) : std::ilogb(largest) + 1;
    known = known || largest > 0;
  }
  /// The distance of two points is this times what a tile gives.
  [[nodiscard]] double factor() const {
    return kind == distance_kind::cosine ? 1.0 : std::ldexp(std::numbers::sqrt2, exponent);
  }
};

/// Some rows laid out for tiles, group after group, each filled up to whole blocks with points of weight 0.
template <class Real>
struct packed_groups {
  static constexpr std::int64_t lanes = static_cast<std::int64_t>(simd::sum_lanes<Real>);

  std::int64_t dims = 0, n_blocks = 0;
  buffer_in<host, Real> value, half, weight;  ///< [blocks, dims, lanes], [blocks, lanes], [blocks, lanes]
  std::vector<std::int64_t> row;              ///< [blocks, lanes], -1 where there is no point
  std::vector<std::int32_t> group;            ///< [blocks]

  /// in     group_of [of.n], or empty: one group
  template <class Input>
  packed_groups(const points_of<Input>& of, std::span<const std::int64_t> rows, std::span<const std::int32_t> group_of,
                std::int32_t n_groups, const common_origin& origin)
      : dims(of.dims) {
    std::vector<std::vector<std::int64_t>> members(usize(n_groups));
    for (const std::int64_t i : rows) members[group_of.empty() ? 0 : usize(group_of[usize(i)])].push_back(i);
    for (std::size_t g = 0; g < members.size(); ++g) {
      const std::int64_t size = isize(members[g].size()), blocks = (size + lanes - 1) / lanes;
      row.insert(row.end(), members[g].begin(), members[g].end());
      row.insert(row.end(), usize(blocks * lanes - size), -1);
      group.insert(group.end(), usize(blocks), static_cast<std::int32_t>(g));
    }
    n_blocks = isize(group.size());
    value.resize(usize(n_blocks * lanes * std::max<std::int64_t>(dims, 1)));  // a place may be asked for where dims are 0
    half.resize(row.size());
    weight.resize(row.size());
    for (std::int64_t at = 0; at < isize(row.size()); ++at) {
      const bool there = row[usize(at)] >= 0;
      weight[usize(at)] = there ? Real(1) : Real(0);
      if (there)
        put(of.row(row[usize(at)]), at, origin);
      else
        repeat_the_one_before(at);
    }
  }
  [[nodiscard]] const Real* block(std::int64_t b) const { return value.data() + usize(b * lanes * dims); }

 private:
  [[nodiscard]] Real* place(std::int64_t at) { return value.data() + usize(at / lanes * lanes * dims + at % lanes); }
  /// A place without a point, so that its numbers are ordinary ones. Never the first of a block.
  void repeat_the_one_before(std::int64_t at) {
    Real* const to = place(at);
    for (std::int64_t d = 0; d < dims; ++d) to[d * lanes] = to[d * lanes - 1];
    half[usize(at)] = half[usize(at - 1)];
  }
  template <class Input>
  void put(const Input* from, std::int64_t at, const common_origin& origin) {
    Real* const to = place(at);
    const bool cosine = origin.kind == distance_kind::cosine;
    const double scale = std::ldexp(1.0, -origin.exponent);
    double length = 1, squared = 0;
    if (cosine) {
      double sum = 0;
      for (std::int64_t d = 0; d < dims; ++d) sum += static_cast<double>(from[d]) * static_cast<double>(from[d]);
      length = std::sqrt(sum);
    }
    for (std::int64_t d = 0; d < dims; ++d) {
      const double x = cosine ? (length > 0 ? static_cast<double>(from[d]) / length : 0.0)
                              : scale * (static_cast<double>(from[d]) - origin.centre[usize(d)]);
      to[d * lanes] = static_cast<Real>(x);
      squared += static_cast<double>(to[d * lanes]) * static_cast<double>(to[d * lanes]);
    }
    half[usize(at)] = static_cast<Real>(cosine && length == 0 ? 0.5 : squared / 2);
  }
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
