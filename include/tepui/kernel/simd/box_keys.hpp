#pragma once
/// Gives cells of one box the same number and cells of different boxes different ones, in vector registers.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/plaid_cover.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Gives each cell a 64-bit key that is the same for cells of one box: a sum of random constants, one for every edge at or
/// below the cell. Two boxes differ by at least one constant with a factor of 1 or -1 in either half, so that they share a
/// key with a chance of 2^-64; cells of one box never get different keys.
template <class Value>
class box_keys {
 public:
  /// in     edge [dims] of ascending values: an interval ends below each
  box_keys(const std::vector<std::vector<Value>>& edge, std::uint64_t salt) : dims_(isize(edge.size())) {
    const auto constant = [&](std::int64_t dim, std::size_t level) {
      return mix64(mix64(salt) + (static_cast<std::uint64_t>(dim) << 32) + level);
    };
    const auto by_search = [&](std::int64_t dim) {
      const std::vector<Value>& of_dim = edge[usize(dim)];
      if (of_dim.empty()) return;
      searched_.push_back({dim, of_dim, {}});
      for (std::size_t i = 0; i <= of_dim.size(); ++i) searched_.back().constant.push_back(constant(dim, i));
    };
    // Few edges are compared one by one in all lanes, many are searched.
    const auto compared = [&](std::int64_t dim) {
      return TEPUI_HAS_LANES == 1 && std::is_same_v<Value, float> && dim < dims_ && edge[usize(dim)].size() <= 16;
    };
    for (std::int64_t begin = 0; begin < dims_; begin += isize(lanes32)) {
      group here{std::max<std::int64_t>(0, std::min(begin, dims_ - isize(lanes32))), 0, edge_.size()};
      for (std::int64_t dim = begin; dim < std::min(dims_, begin + isize(lanes32)); ++dim) {
        if (compared(dim))
          here.levels = std::max(here.levels, edge[usize(dim)].size());
        else
          by_search(dim);
      }
      for (std::size_t level = 0; level < here.levels; ++level)
        for (std::size_t lane = 0; lane < lanes32; ++lane) {
          const std::int64_t dim = here.dim + isize(lane);
          const bool is_edge = dim >= begin && compared(dim) && level < edge[usize(dim)].size();
          edge_.push_back(is_edge ? edge[usize(dim)][level] : std::numeric_limits<Value>::infinity());
          first_.push_back(static_cast<std::uint32_t>(constant(dim, level)));
          second_.push_back(static_cast<std::uint32_t>(constant(dim, level) >> 32));
        }
      if (here.levels > 0) groups_.push_back(here);
    }
  }

  /// in     value [cells, dims], rows first to first + n     out    key [n]
  void operator()(std::span<const Value> value, std::int64_t first, std::int64_t n, std::uint64_t* key) const {
    std::int64_t i = 0;
#if TEPUI_HAS_LANES
    if constexpr (std::is_same_v<Value, float>) {
      // Lanes beyond the last dimension read the next row, which the last rows do not have.
      const std::int64_t safe = std::min(n, (isize(value.size()) - isize(lanes32)) / dims_ - first);
      for (; i + 4 <= safe; i += 4) four_rows(value.data() + (first + i) * dims_, key + i);
    }
#endif
    for (; i < n; ++i) key[i] = one_row(value.data() + (first + i) * dims_);
    for (const auto& dim : searched_)
      for (i = 0; i < n; ++i) {
        const Value v = value[usize((first + i) * dims_ + dim.dim)];
        const Value* at = dim.edge.data();
        for (std::size_t left = dim.edge.size(); left > 0;) {  // how many edges are <= v, without a branch to guess
          const std::size_t half = (left + 1) / 2;
          at += at[half - 1] <= v ? half : 0;
          left -= half;
        }
        key[i] += dim.constant[static_cast<std::size_t>(at - dim.edge.data())];
      }
  }

 private:
  struct group {
    std::int64_t dim;
    std::size_t levels, at;
  };
  struct searched {
    std::int64_t dim;
    std::vector<Value> edge;
    std::vector<std::uint64_t> constant;
  };

  [[nodiscard]] std::uint64_t one_row(const Value* row) const {
    std::uint32_t first = 0, second = 0;
    for (const group& g : groups_)
      for (std::size_t i = 0; i < g.levels * lanes32; ++i) {
        const std::int64_t dim = g.dim + isize(i % lanes32);
        if (dim >= dims_ || !(row[dim] >= edge_[g.at + i])) continue;
        first += first_[g.at + i];
        second += second_[g.at + i];
      }
    return (std::uint64_t{second} << 32) | first;
  }

#if TEPUI_HAS_LANES
  void four_rows(const float* row, std::uint64_t* key) const {
    const hn::CappedTag<float, lanes32> d;
    const hn::RebindToUnsigned<decltype(d)> du;
    auto a0 = hn::Zero(du), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (const group& g : groups_) {
      const float* const at = row + g.dim;
      const auto v0 = hn::LoadU(d, at), v1 = hn::LoadU(d, at + dims_), v2 = hn::LoadU(d, at + 2 * dims_),
                 v3 = hn::LoadU(d, at + 3 * dims_);
      for (std::size_t i = g.at; i < g.at + g.levels * lanes32; i += lanes32) {
        const auto edge = hn::LoadU(d, edge_.data() + i);
        const auto a = hn::LoadU(du, first_.data() + i), b = hn::LoadU(du, second_.data() + i);
        const auto m0 = hn::RebindMask(du, hn::Ge(v0, edge)), m1 = hn::RebindMask(du, hn::Ge(v1, edge));
        const auto m2 = hn::RebindMask(du, hn::Ge(v2, edge)), m3 = hn::RebindMask(du, hn::Ge(v3, edge));
        a0 = hn::Add(a0, hn::IfThenElseZero(m0, a));
        b0 = hn::Add(b0, hn::IfThenElseZero(m0, b));
        a1 = hn::Add(a1, hn::IfThenElseZero(m1, a));
        b1 = hn::Add(b1, hn::IfThenElseZero(m1, b));
        a2 = hn::Add(a2, hn::IfThenElseZero(m2, a));
        b2 = hn::Add(b2, hn::IfThenElseZero(m2, b));
        a3 = hn::Add(a3, hn::IfThenElseZero(m3, a));
        b3 = hn::Add(b3, hn::IfThenElseZero(m3, b));
      }
    }
    const auto joined = [du](auto a, auto b) {
      return (std::uint64_t{hn::GetLane(hn::SumOfLanes(du, b))} << 32) | hn::GetLane(hn::SumOfLanes(du, a));
    };
    key[0] = joined(a0, b0);
    key[1] = joined(a1, b1);
    key[2] = joined(a2, b2);
    key[3] = joined(a3, b3);
  }
#endif

  std::int64_t dims_;
  std::vector<group> groups_;
  std::vector<Value> edge_;                    ///< [groups, levels, lanes]
  std::vector<std::uint32_t> first_, second_;  ///< the same
  std::vector<searched> searched_;
};

/// Gives each cell a key that is the same for cells with the same place.
template <class Value>
struct place_keys {
  const plaid_extent<Value>* extent;
  std::uint64_t salt;
  void operator()(std::span<const Value> value, std::int64_t first, std::int64_t n, std::uint64_t* key) const {
    using bits = std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint64_t>;
    const std::int64_t dims = isize(extent->low.size());
    for (std::int64_t i = 0; i < n; ++i) {
      key[i] = mix64(salt);
      for (std::int64_t dim = 0; dim < dims; ++dim)
        key[i] = mix64(key[i] ^ std::bit_cast<bits>(extent->scaled(value[usize((first + i) * dims + dim)], dim) + Value{0}));
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
