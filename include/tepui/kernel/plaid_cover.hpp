#pragma once
/// Lays boxes of one side length over cells so that about a wanted number of boxes holds a cell: dense and sparse regions
/// then count alike.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>

namespace tepui::kernel {

/// How many boxes are wanted, and how the side length is searched.
struct plaid_options {
  std::int64_t boxes = 1;  ///< about so many boxes shall hold a cell
  double alpha = 0.1;      ///< between boxes * (1 - alpha) and boxes * (1 + alpha) is near enough
  int most_steps = 200;    ///< side lengths tried at most
  bool count_all = false;  ///< true: plaid_step::boxes is exact; false: counting ends as soon as they are too many
  int threads = 1;
};

/// A side length that was tried, and how many boxes held a cell: one more than allowed where they were too many and not
/// counted to the end.
template <class Value>
struct plaid_step {
  Value unit;
  std::int64_t boxes;
  bool operator==(const plaid_step&) const = default;
};

/// Boxes over cells.                                   box [cells] numbered by first appearance, in [0, boxes)
template <class Value>
struct plaid_cover {
  Value unit{};            ///< side of the boxes, as a share of the longest side of all the data
  std::int64_t boxes = 0;  ///< that hold a cell
  bool met = false;        ///< whether they are as many as wanted; if not, no side length tried gave as many
  std::vector<plaid_step<Value>> steps;
  std::vector<std::int32_t> box;
};

/// The extent of the data.                             low, high [dims]
template <class Value>
struct plaid_extent {
  std::vector<Value> low, high;
  Value longest{};  ///< the largest high - low

  /// A value on the scale on which the longest side is 1: rises with the value, or stays.
  [[nodiscard]] Value scaled(Value value, std::int64_t dim) const { return (value - low[usize(dim)]) / longest; }
};

/// errors bad_data for a value that is not finite, and for a dimension wider than the type of its numbers
template <class Value>
void check_extent(std::span<const Value> value, std::int64_t dims, const plaid_extent<Value>& extent, bool all_finite) {
  if (!all_finite)
    for (std::int64_t i = 0; i < isize(value.size()); ++i)
      if (!std::isfinite(value[usize(i)]))
        throw bad_data("the embedding of the cell in row " + std::to_string(i / dims) + " is " +
                       shortest(static_cast<double>(value[usize(i)])) + " in dimension " + std::to_string(i % dims) +
                       "; leave such cells out, or embed them again");
  for (std::size_t d = 0; d < extent.low.size(); ++d)
    if (!std::isfinite(extent.high[d] - extent.low[d]))
      throw bad_data("the embedding reaches from " + shortest(static_cast<double>(extent.low[d])) + " to " +
                     shortest(static_cast<double>(extent.high[d])) + " in dimension " + std::to_string(d) +
                     ", wider than its numbers can tell; scale it down");
}

/// Halves the way to a side length whose boxes are as many as wanted.
/// in     count(unit, most) -> boxes that hold a cell, or any number > most where they are more;
///        distinct(): the same for a side length of 0            out    all of cover but box
template <class Value, class Count, class Distinct>
void search_unit(const plaid_options& wanted, Count&& count, Distinct&& distinct, plaid_cover<Value>& cover) {
  const double most = static_cast<double>(wanted.boxes) * (1 + wanted.alpha);
  const double least = static_cast<double>(wanted.boxes) * (1 - wanted.alpha);
  Value low = 0, high = 1, unit = (low + high) / 4;
  bool asked = false;
  for (int step = 1;; ++step) {
    cover.unit = unit;
    cover.boxes = count(unit, most);
    cover.steps.push_back({unit, cover.boxes});
    Value next = unit;
    if (static_cast<double>(cover.boxes) > most) {
      low = unit;
      next = (unit + high) / 2;
    } else if (static_cast<double>(cover.boxes) < least) {
      high = unit;
      next = (unit + low) / 2;
      // No boxes, however small, outnumber the distinct cells: the search would go on to the last digit for nothing.
      if (!asked && unit < Value{0x1p-9F}) {
        asked = true;
        if (static_cast<double>(distinct()) < least) {
          cover.unit = 0;
          cover.boxes = distinct();
          cover.steps.push_back({0, cover.boxes});
          return;
        }
      }
    } else {
      cover.met = true;
      return;
    }
    // The side that would be tried next is the same again: all further steps would be this one.
    if (static_cast<double>(high - low) < 1e-20 || step >= wanted.most_steps || next == unit) return;
    unit = next;
  }
}

/// Covers cells by boxes of one side length. Along each dimension the first interval begins at the lowest cell and is `unit`
/// long, and the next begins at the lowest cell behind it: gaps without cells cost no boxes. The unit is moved half the way
/// down or up until about as many boxes as wanted hold a cell. The plain reference of kernel::simd::cover_plaid.
/// in     value [cells, dims], row after row, finite; dims >= 1; wanted.boxes >= 1                out    see plaid_cover
/// ties   a value on the end of an interval is still inside           errors bad_data: see check_extent
/// empty  no cells: no boxes                            same   cells that are all equal: one box, unit 0
/// few    fewer distinct cells than wanted boxes: each distinct cell is a box, unit 0, not met
/// cost   O(steps dims cells log cells)                repeat bit-equal everywhere; float stays float, as in numpy 2
/// source Hie et al. 2019 (geometric sketching); geosketch 1.3
template <class Value>
[[nodiscard]] plaid_cover<Value> cover_plaid(std::span<const Value> value, std::int64_t dims, const plaid_options& wanted) {
  plaid_cover<Value> cover;
  const std::int64_t cells = isize(value.size()) / dims;
  if (cells == 0) return cover;
  plaid_extent<Value> extent{{value.begin(), value.begin() + dims}, {value.begin(), value.begin() + dims}, 0};
  bool all_finite = true;
  for (std::int64_t i = 0; i < isize(value.size()); ++i) {
    Value &low = extent.low[usize(i % dims)], &high = extent.high[usize(i % dims)];
    low = std::min(low, value[usize(i)]);
    high = std::max(high, value[usize(i)]);
    all_finite = all_finite && std::isfinite(value[usize(i)]);
  }
  check_extent(value, dims, extent, all_finite);
  for (std::size_t d = 0; d < usize(dims); ++d) extent.longest = std::max(extent.longest, extent.high[d] - extent.low[d]);
  cover.box.assign(usize(cells), 0);
  if (extent.longest == 0) {
    cover.boxes = 1;
    cover.met = static_cast<double>(wanted.boxes) * (1 - wanted.alpha) <= 1;
    cover.steps.push_back({0, 1});
    return cover;
  }
  std::vector<Value> scaled(value.size());
  for (std::int64_t i = 0; i < isize(value.size()); ++i) scaled[usize(i)] = extent.scaled(value[usize(i)], i % dims) + 0;
  const auto number = [&](Value unit) {
    std::vector<std::vector<std::int32_t>> interval(usize(cells), std::vector<std::int32_t>(usize(dims)));
    std::vector<std::int64_t> order(usize(cells));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto at = [&](std::int64_t cell) { return scaled[usize(cell * dims + d)]; };
      std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return at(a) < at(b); });
      Value start = at(order[0]);
      std::int32_t here = 0;
      for (const std::int64_t cell : order) {
        if (start + unit < at(cell)) {
          start = at(cell);
          ++here;
        }
        interval[usize(cell)][usize(d)] = here;
      }
    }
    std::map<std::vector<std::int32_t>, std::int32_t> known;
    for (std::size_t cell = 0; cell < usize(cells); ++cell)
      cover.box[cell] = known.try_emplace(interval[cell], static_cast<std::int32_t>(known.size())).first->second;
    return isize(known.size());
  };
  const auto distinct = [&] { return number(0); };
  search_unit(
      wanted, [&](Value unit, double) { return number(unit); }, distinct, cover);
  return cover;
}

}  // namespace tepui::kernel
