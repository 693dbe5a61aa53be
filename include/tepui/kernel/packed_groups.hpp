#pragma once
/// Cells laid out group after group, so that tiles of distances read them as they lie.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/distance_products.hpp>
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
  distance_kind kind = distance_kind::euclidean;

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
  buffer_in<host, Real> half, weight;  ///< [blocks, lanes]
  std::vector<std::int64_t> row;       ///< [blocks, lanes], -1 where there is no point
  std::vector<std::int32_t> group;     ///< [blocks]

  /// Which point has which place; none is written yet.         in     group_of [of.n], or empty: one group
  packed_groups(std::int64_t n_dims, std::span<const std::int64_t> rows, std::span<const std::int32_t> group_of,
                std::int32_t n_groups)
      : dims(n_dims) {
    std::vector<std::vector<std::int64_t>> members(usize(n_groups));
    for (const std::int64_t i : rows) members[group_of.empty() ? 0 : usize(group_of[usize(i)])].push_back(i);
    for (std::size_t g = 0; g < members.size(); ++g) {
      const std::int64_t size = isize(members[g].size()), blocks = (size + lanes - 1) / lanes;
      row.insert(row.end(), members[g].begin(), members[g].end());
      row.insert(row.end(), usize(blocks * lanes - size), -1);
      group.insert(group.end(), usize(blocks), static_cast<std::int32_t>(g));
    }
    n_blocks = isize(group.size());
    half.resize(row.size());
    weight.resize(row.size());
  }
  /// Writes the points of blocks [begin, end), in place of those that were written before.
  template <class Input>
  void write(const points_of<Input>& of, const common_origin& origin, std::int64_t begin, std::int64_t end, int threads) {
    begin_ = begin;
    value_.resize(usize((end - begin) * lanes * std::max<std::int64_t>(dims, 1)));  // a place may be asked for without dims
    constexpr std::int64_t together = 8;
    parallel_chunks((end - begin + together - 1) / together, threads, [&](std::int64_t chunk, int) {
      for (std::int64_t b = begin + chunk * together; b < std::min(end, begin + (chunk + 1) * together); ++b)
        put(of, origin, b);
    });
  }
  /// A block that is written.                                                                  -> [dims, lanes]
  [[nodiscard]] const Real* block(std::int64_t b) const { return value_.data() + usize((b - begin_) * lanes * dims); }
  /// How many blocks fill so many bytes: at least one.
  [[nodiscard]] std::int64_t blocks_in(std::int64_t bytes) const {
    return std::max<std::int64_t>(1, bytes / (lanes * std::max<std::int64_t>(dims, 1) * isize(sizeof(Real))));
  }

 private:
  template <class Input>
  void put(const points_of<Input>& of, const common_origin& origin, std::int64_t b) {
    const bool cosine = origin.kind == distance_kind::cosine;
    const double scale = std::ldexp(1.0, -origin.exponent);
    std::array<const Input*, usize(lanes)> from;
    std::array<double, usize(lanes)> length{}, squared{};
    for (std::size_t r = 0; r < usize(lanes); ++r) {
      const std::int64_t point = row[usize(b * lanes) + r];  // never -1 for the first of a block
      from[r] = point >= 0 ? of.row(point) : from[r - 1];    // so that its numbers are ordinary ones
      weight[usize(b * lanes) + r] = point >= 0 ? Real(1) : Real(0);
      if (cosine)
        for (std::int64_t d = 0; d < dims; ++d)
          length[r] += static_cast<double>(from[r][d]) * static_cast<double>(from[r][d]);
      length[r] = std::sqrt(length[r]);
    }
    Real* const to = value_.data() + usize((b - begin_) * lanes * dims);
    constexpr std::int64_t slice = 64;  // of dims, so that what is written row by row stays in the first cache
    for (std::int64_t first = 0; first < dims; first += slice) {
      const std::int64_t last = std::min(dims, first + slice);
      for (std::size_t r = 0; r < usize(lanes); ++r) {
        const Input* const x = from[r];
        if (cosine)
          for (std::int64_t d = first; d < last; ++d)
            to[d * lanes + isize(r)] = static_cast<Real>(length[r] > 0 ? static_cast<double>(x[d]) / length[r] : 0.0);
        else
          for (std::int64_t d = first; d < last; ++d)
            to[d * lanes + isize(r)] = static_cast<Real>(scale * (static_cast<double>(x[d]) - origin.centre[usize(d)]));
      }
      for (std::int64_t d = first; d < last; ++d)
        for (std::size_t r = 0; r < usize(lanes); ++r) {
          const auto x = static_cast<double>(to[d * lanes + isize(r)]);
          squared[r] += x * x;
        }
    }
    for (std::size_t r = 0; r < usize(lanes); ++r)
      half[usize(b * lanes) + r] = static_cast<Real>(cosine && length[r] == 0 ? 0.5 : squared[r] / 2);
  }

  buffer_in<host, Real> value_;  ///< [blocks, dims, lanes]
  std::int64_t begin_ = 0;       ///< the first block that is written
};

/// The numbers of packed points that are not 0, slice after slice of dims.
template <class Real>
struct sparse_groups {
  static constexpr std::int64_t slice = static_cast<std::int64_t>(simd::sparse_slice<Real>);
  std::vector<std::uint32_t> begin;  ///< [slices, places + 1]
  std::vector<std::uint32_t> place;  ///< dim in its slice * sparse_vectors * lanes
  std::vector<Real> value;

  sparse_groups() = default;
  /// in     all blocks are written; fewer than 2^32 numbers
  explicit sparse_groups(const packed_groups<Real>& of) {
    constexpr std::int64_t lanes = packed_groups<Real>::lanes;
    for (std::int64_t first = 0; first < of.dims; first += slice) {
      const std::int64_t dims = std::min(slice, of.dims - first);
      for (std::int64_t b = 0; b < of.n_blocks; ++b) {
        const Real* const block = of.block(b) + first * lanes;
        for (std::int64_t r = 0; r < lanes; ++r) {
          begin.push_back(static_cast<std::uint32_t>(n_));
          if (value.size() < n_ + usize(dims)) {
            value.resize(2 * n_ + usize(dims));
            place.resize(value.size());
          }
          for (std::int64_t d = 0; d < dims; ++d) {  // written in any case, kept where it is not 0
            value[n_] = block[d * lanes + r];
            place[n_] = static_cast<std::uint32_t>(d * static_cast<std::int64_t>(simd::sparse_vectors) * lanes);
            n_ += block[d * lanes + r] != Real(0) ? 1 : 0;
          }
        }
      }
      begin.push_back(static_cast<std::uint32_t>(n_));
    }
  }
  [[nodiscard]] bool empty() const { return begin.empty(); }

 private:
  std::size_t n_ = 0;
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
