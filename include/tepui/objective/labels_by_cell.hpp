#pragma once
/// The labels, batches or studies of cells, and a text that tells one set of them from another.

#include <cstdint>
#include <string>
#include <unordered_map>

#include <tepui/kernel/rng.hpp>

namespace tepui::objective {

/// The labels of some cells, by the ids of the cells; below 0 a cell has none.
using labels_by_cell = std::unordered_map<std::int64_t, std::int32_t>;

/// How many cells have a label, and a number that other labels would not have: "120 cells (5021438792114)". Checkpoints and stored
/// runs know by it what a model has learned from.
/// ties   a cell with a label below 0 is one that is missing            cost    O(labels)
/// repeat the same everywhere, in whatever order labels were put in
[[nodiscard]] inline std::string text_of(const labels_by_cell& labels) {
  std::uint64_t number = 0;
  std::int64_t n = 0;
  for (const auto& [cell, label] : labels) {
    if (label < 0) continue;
    number += kernel::mix64(kernel::mix64(static_cast<std::uint64_t>(cell)) ^ static_cast<std::uint64_t>(label));
    ++n;
  }
  return std::to_string(n) + " cells (" + std::to_string(number) + ")";
}

}  // namespace tepui::objective
