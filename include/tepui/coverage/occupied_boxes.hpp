#pragma once
/// Cuts the space of an embedding into boxes of one size and counts those with a cell: what is new falls into new boxes.

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::coverage {

/// Boxes of side `unit`, one corner at 0: a cell lies in box floor(x / unit) along each dimension.
struct box_grid {
  double unit = 1;
  std::int64_t dims = 0;  ///< only the first so many dimensions; 0: all of them
};

/// A box by name: 128 bits mixed from its whole-number corner. Two of a billion boxes share one with a chance below 1e-20.
struct box_name {
  std::uint64_t first = 0, second = 0;
  auto operator<=>(const box_name&) const = default;
};

/// errors bad_option where the unit is not above 0, or dims is negative or more than there are
inline void check_grid(const box_grid& grid, std::int64_t dims) {
  if (!(grid.unit > 0) || std::isinf(grid.unit))
    throw bad_option("coverage::occupied_boxes: unit is " + shortest(grid.unit) +
                     ", but must be above 0; a few times the distance to the nearest cell is usual");
  if (grid.dims < 0 || grid.dims > dims)
    throw bad_option("coverage::occupied_boxes: dims is " + std::to_string(grid.dims) + " for an embedding of " +
                     std::to_string(dims) + "; ask for at most so many, or 0 for all");
}

/// The box of one cell.                                in     row [dims]         repeat bit-equal everywhere
[[nodiscard]] inline box_name box_of(std::span<const float> row, const box_grid& grid) {
  box_name name{0x243F6A8885A308D3ULL, 0x13198A2E03707344ULL};
  const std::size_t dims = grid.dims > 0 ? usize(grid.dims) : row.size();
  for (std::size_t d = 0; d < dims; ++d) {
    // As a double, so that a far corner needs no whole number of 64 bits; -0 is the corner 0.
    const double corner = std::floor(static_cast<double>(row[d]) / grid.unit) + 0.0;
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(corner);
    name.first = kernel::mix64(name.first ^ bits);
    name.second = kernel::mix64(name.second + kernel::mix64(bits ^ 0xA4093822299F31D0ULL));
  }
  return name;
}

/// Boxes that hold a cell, each once, ascending by name.
/// in     value [cells, dims]                            out    names; as many as boxes are occupied
/// errors as check_grid                                  cost   O(cells dims + cells log cells)
/// repeat bit-equal everywhere
[[nodiscard]] inline std::vector<box_name> boxes_of(std::span<const float> value, std::int64_t dims, const box_grid& grid) {
  check_grid(grid, dims);
  std::vector<box_name> out;
  if (dims < 1) return out;
  const std::int64_t n = isize(value.size()) / dims;
  out.reserve(usize(n));
  for (std::int64_t cell = 0; cell < n; ++cell) out.push_back(box_of(value.subspan(usize(cell * dims), usize(dims)), grid));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Which boxes are taken so far. Adding batches in any order ends with the same boxes, and a batch never adds more behind
/// more others (monotone and submodular).
class box_set {
 public:
  [[nodiscard]] std::int64_t size() const { return n_; }
  [[nodiscard]] bool contains(const box_name& box) const {
    if (slot_.empty()) return false;
    return slot_[place_of(box)].used;
  }
  /// How many of these boxes are not taken yet.         in  names, each once          cost  O(names)
  [[nodiscard]] std::int64_t new_among(std::span<const box_name> boxes) const {
    return std::count_if(boxes.begin(), boxes.end(), [&](const box_name& box) { return !contains(box); });
  }
  /// out    how many were new                            cost   O(names)
  std::int64_t add(std::span<const box_name> boxes) {
    const std::int64_t before = n_;
    for (const box_name& box : boxes) {
      if (2 * (n_ + 1) > isize(slot_.size())) grow();
      slot& at = slot_[place_of(box)];
      n_ += at.used ? 0 : 1;
      at = {box, true};
    }
    return n_ - before;
  }

 private:
  struct slot {
    box_name name;
    bool used = false;
  };
  [[nodiscard]] std::size_t place_of(const box_name& box) const {
    const std::size_t mask = slot_.size() - 1;
    std::size_t place = static_cast<std::size_t>(box.first) & mask;
    while (slot_[place].used && slot_[place].name != box) place = (place + 1) & mask;
    return place;
  }
  void grow() {
    std::vector<slot> old(std::max<std::size_t>(64, 2 * slot_.size()));
    old.swap(slot_);
    for (const slot& s : old)
      if (s.used) slot_[place_of(s.name)] = s;
  }
  std::vector<slot> slot_;
  std::int64_t n_ = 0;
};

/// How many boxes hold a cell, as a score.
/// in     embedding [cells, dims], a grid              out    score; floor 1, ceiling the number of cells
/// empty  no cells: missing, with the reason           cost, repeat  as boxes_of
/// errors as check_grid; bad_data where a number is not finite
/// source the plaid covering of Hie et al. 2019, with fixed boxes so that batches can be compared
[[nodiscard]] inline score occupied_boxes(const auto& embedding, const box_grid& grid) {
  score out;
  out.name = "occupied_boxes";
  out.unit = "boxes of side " + shortest(grid.unit);
  out.n = embedding.n_columns > 0 ? isize(embedding.value.size()) / embedding.n_columns : 0;
  check_finite(embedding.value, embedding.n_columns);
  const auto boxes = isize(boxes_of(embedding.value, embedding.n_columns, grid).size());
  const auto why = measured::missing("there are no cells");
  out.value = out.n > 0 ? measured(static_cast<double>(boxes)) : why;
  out.floor = out.n > 0 ? measured(1) : why;
  out.ceiling = out.n > 0 ? measured(static_cast<double>(out.n)) : why;
  out.low = out.high = measured::missing("the number of boxes has no interval without resamples of its cells");
  return out;
}

}  // namespace tepui::coverage
