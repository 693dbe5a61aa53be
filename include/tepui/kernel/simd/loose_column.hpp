#pragma once
/// Finds where the intervals of a plaid covering begin, with columns that are sorted only as far as the question needs it.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/plaid_cover.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// One dimension of all cells, laid into drawers: those of a drawer stand together, in no order, below those of the next.
/// The cells are cut into segments that fit in the cache, each with drawers of its own.
/// cost   building: two passes; asking: one drawer a segment, sorted when it is first asked for and large
template <class Value>
class loose_column {
 public:
  loose_column(std::int64_t cells, std::int64_t segment, Value low, Value high)
      : cells_(cells), segment_(segment), low_(low), high_(high), drawers_(1) {
    while (drawers_ < 8192 && 32 * drawers_ < segment) drawers_ *= 2;
    scale_ = static_cast<Value>(drawers_) / (high - low);
    if (!std::isfinite(scale_)) drawers_ = 1, scale_ = 0;
    const std::int64_t segments = (cells + segment - 1) / segment;
    value_ = std::unique_ptr<Value[]>(new Value[usize(cells)]);  // not set to 0: it is written once anyway
    begin_.assign(usize(segments * (drawers_ + 1)), 0);
    sorted_.assign(usize(segments * drawers_), 0);
  }

  /// in     column [cells of that segment]; drawer: working memory, as long
  void fill(std::int64_t segment, std::span<const Value> column, std::uint16_t* drawer) {
    std::uint32_t* const begin = begin_.data() + segment * (drawers_ + 1);
    for (std::size_t i = 0; i < column.size(); ++i) drawer[i] = static_cast<std::uint16_t>(drawer_of(column[i]));
    for (std::size_t i = 0; i < column.size(); ++i) ++begin[drawer[i]];
    std::uint32_t sum = 0;
    for (std::int64_t b = 0; b <= drawers_; ++b) begin[b] = sum += begin[b];
    Value* const to = value_.get() + segment * segment_;
    for (std::size_t i = 0; i < column.size(); ++i) to[--begin[drawer[i]]] = column[i];
  }

  /// The lowest value >= `from`; infinity where there is none.
  [[nodiscard]] Value lowest_from(Value from) {
    Value lowest = std::numeric_limits<Value>::infinity();
    if (from > high_) return lowest;
    const std::int64_t drawer = drawer_of(std::max(from, low_));
    for (std::int64_t s = 0; s * segment_ < cells_; ++s) {
      const std::uint32_t* const begin = begin_.data() + s * (drawers_ + 1);
      Value* const at = value_.get() + s * segment_;
      Value here = lowest_in(at, begin, s, drawer, from);
      for (std::int64_t next = drawer + 1; std::isinf(here) && next < drawers_; ++next)
        if (begin[next] < begin[next + 1]) here = lowest_in(at, begin, s, next, from);
      lowest = std::min(lowest, here);
    }
    return lowest;
  }

 private:
  /// A product of a difference: no compiler rounds it in another way, so that asking finds the drawer that filling chose.
  [[nodiscard]] std::int32_t drawer_of(Value v) const {
    return std::min(static_cast<std::int32_t>((v - low_) * scale_), static_cast<std::int32_t>(drawers_) - 1);
  }
  [[nodiscard]] Value lowest_in(Value* at, const std::uint32_t* begin, std::int64_t segment, std::int64_t drawer,
                                Value from) {
    Value *const first = at + begin[drawer], *const last = at + begin[drawer + 1];
    if (last - first > 256) {
      std::uint8_t& sorted = sorted_[usize(segment * drawers_ + drawer)];
      if (sorted == 0) std::sort(first, last);
      sorted = 1;
      const Value* const found = std::lower_bound(first, last, from);
      return found == last ? std::numeric_limits<Value>::infinity() : *found;
    }
    Value lowest = std::numeric_limits<Value>::infinity();
    for (const Value* v = first; v != last; ++v) lowest = *v >= from && *v < lowest ? *v : lowest;
    return lowest;
  }

  std::int64_t cells_, segment_;
  Value low_, high_, scale_;
  std::int64_t drawers_;
  std::unique_ptr<Value[]> value_;    ///< [cells]
  std::vector<std::uint32_t> begin_;  ///< [segments, drawers + 1]
  std::vector<std::uint8_t> sorted_;  ///< [segments, drawers]
};

/// The edges between intervals for any side length.
template <class Value>
class loose_columns {
 public:
  loose_columns(std::span<const Value> value, std::int64_t dims, const plaid_extent<Value>& extent, int threads)
      : value_(value),
        dims_(dims),
        cells_(isize(value.size()) / dims),
        segment_(std::max<std::int64_t>(1 << 16, (cells_ + 63) / 64)),
        threads_(threads),
        extent_(&extent),
        column_(usize(dims)) {}

  /// in     unit > 0; complete: false leaves out what would need a column to be laid out first
  /// out    edge [dims] of ascending values, an interval ends below each; whether all are there
  [[nodiscard]] bool edges(Value unit, bool complete, std::vector<std::vector<Value>>& edge) {
    edge.resize(usize(dims_));
    std::vector<std::int64_t> missing;
    for (std::int64_t dim = 0; dim < dims_; ++dim)
      if (unit + unit < end(dim) && !column_[usize(dim)]) missing.push_back(dim);
    if (complete) lay_out(missing);
    parallel_chunks(dims_, threads_, [&](std::int64_t dim, int) {
      std::vector<Value>& of_dim = edge[usize(dim)];
      of_dim.clear();
      Value start = 0;
      while (start + unit < end(dim)) {
        const Value behind = start + unit;
        of_dim.push_back(lowest_beyond(behind, dim));
        // The next interval begins beyond `behind`: that it needs no edge can often be told without knowing where.
        if (!(behind + unit < end(dim)) || !column_[usize(dim)]) break;
        start = extent_->scaled(column_[usize(dim)]->lowest_from(of_dim.back()), dim);
      }
    });
    return complete || missing.empty();
  }

 private:
  [[nodiscard]] Value end(std::int64_t dim) const { return extent_->scaled(extent_->high[usize(dim)], dim); }

  /// The lowest number, whether a cell has it or not, that is scaled to more than `limit`, which the highest value is.
  [[nodiscard]] Value lowest_beyond(Value limit, std::int64_t dim) const {
    using whole = std::conditional_t<sizeof(Value) == 4, std::int32_t, std::int64_t>;
    // As whole numbers that rise with the value; then the scaled value can be searched although it is rounded.
    const auto mirrored = [](whole bits) {
      return static_cast<whole>(bits < 0 ? bits ^ std::numeric_limits<whole>::max() : bits);
    };
    std::int64_t below = mirrored(std::bit_cast<whole>(extent_->low[usize(dim)])),
                 above = mirrored(std::bit_cast<whole>(extent_->high[usize(dim)]));
    for (std::int64_t middle = 0; (middle = std::midpoint(below, above)) != below;) {
      const Value v = std::bit_cast<Value>(mirrored(static_cast<whole>(middle)));
      (extent_->scaled(v, dim) > limit ? above : below) = middle;
    }
    return std::bit_cast<Value>(mirrored(static_cast<whole>(above)));
  }

  void lay_out(const std::vector<std::int64_t>& missing) {
    for (const std::int64_t dim : missing)
      column_[usize(dim)] =
          std::make_unique<loose_column<Value>>(cells_, segment_, extent_->low[usize(dim)], extent_->high[usize(dim)]);
    // As many dimensions at a time as lie on a line of the cache, so that each line is read once or twice.
    constexpr std::size_t together = 16;
    const std::int64_t padded = segment_ + 16;  // columns a power of two apart would push each other out of the cache
    struct room {
      std::vector<Value> column;
      std::vector<std::uint16_t> drawer;
    };
    std::vector<room> rooms(usize(threads_));
    parallel_chunks(missing.empty() ? 0 : (cells_ + segment_ - 1) / segment_, threads_, [&](std::int64_t s, int worker) {
      room& mine = rooms[usize(worker)];
      mine.column.resize(usize(padded) * std::min(together, missing.size()));
      mine.drawer.resize(usize(segment_));
      const std::int64_t begin = s * segment_, n = std::min(segment_, cells_ - begin);
      for (std::size_t from = 0; from < missing.size(); from += together) {
        const std::size_t some = std::min(together, missing.size() - from);
        for (std::int64_t row = 0; row < n; row += 16)
          for (std::size_t k = 0; k < some; ++k) {
            const Value* const at = value_.data() + (begin + row) * dims_ + missing[from + k];
            Value* const to = mine.column.data() + isize(k) * padded + row;
            for (std::int64_t i = 0; i < std::min<std::int64_t>(16, n - row); ++i) to[i] = at[i * dims_];
          }
        for (std::size_t k = 0; k < some; ++k)
          column_[usize(missing[from + k])]->fill(s, {mine.column.data() + isize(k) * padded, usize(n)}, mine.drawer.data());
      }
    });
  }

  std::span<const Value> value_;
  std::int64_t dims_, cells_, segment_;
  int threads_;
  const plaid_extent<Value>* extent_;
  std::vector<std::unique_ptr<loose_column<Value>>> column_;  ///< [dims], empty where not laid out yet
};

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
