#pragma once
/// The nearest cells of every cell: what all metrics on neighbours read.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// neighbour, distance [cells, k]: the cell itself first (distance 0), then the others, nearest first
/// ties    equal distance: lower row; the distance is kernel::squared_distance's, its root rounded to float
struct neighbour_table {
  std::int64_t n_cells = 0, k = 0;  ///< k counts the cell itself
  std::vector<std::int32_t> neighbour;
  std::vector<float> distance;
  bool exact = true;
  std::string how = "exact";  ///< or by what approximation, with its settings, for the scores to say

  [[nodiscard]] std::span<const std::int32_t> neighbours_of(std::int64_t cell, std::int64_t first_k) const {
    return std::span(neighbour).subspan(usize(cell * k), usize(first_k));
  }
  [[nodiscard]] std::span<const float> distances_of(std::int64_t cell, std::int64_t first_k) const {
    return std::span(distance).subspan(usize(cell * k), usize(first_k));
  }
};

}  // namespace tepui::metric
