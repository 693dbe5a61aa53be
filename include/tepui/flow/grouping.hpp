#pragma once
/// How cells belong together: labels, neighbours, and sets of cells that are read as one sample.

#include <cstdint>
#include <span>
#include <utility>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>

namespace tepui {

/// One label a cell.                                   label [cells] in [0, n_labels), -1 where missing
template <class Place = host>
struct partition {
  using place = Place;
  std::int32_t n_labels = 0;
  buffer_in<Place, std::int32_t> label;
};

/// Neighbours of each cell.                            row_begin [cells + 1]; neighbour, weight [edges]
/// invariants  neighbour in [0, cells); a cell is not its own neighbour; weight finite
template <class Place = host>
struct graph {
  using place = Place;
  buffer_in<Place, std::int64_t> row_begin;
  buffer_in<Place, std::int32_t> neighbour;
  buffer_in<Place, float> weight;
  [[nodiscard]] std::int64_t n_cells() const { return row_begin.empty() ? 0 : isize(row_begin.size()) - 1; }
};

/// Groups of cells read as one sample (a well, a donor, a neighbourhood).   set_begin [sets + 1] positions into cells of `batch`
/// invariants  set_begin ascending from 0 to the cells of `batch`; an empty set is legal
template <class Batch>
struct set_batch {
  using place = typename Batch::place;
  Batch batch;
  buffer_in<place, std::int64_t> set_begin;

  [[nodiscard]] std::int64_t n_sets() const { return set_begin.empty() ? 0 : isize(set_begin.size()) - 1; }
  /// First cell of a set and one past its last.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> cells_of(std::int64_t set) const {
    return {set_begin[usize(set)], set_begin[usize(set) + 1]};
  }
};

}  // namespace tepui
