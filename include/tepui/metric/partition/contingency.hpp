#pragma once
/// Counts how many cells two groupings put together: one row a label, one column a cluster, only occupied places kept.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// The occupied places of the table of two partitions.
/// shapes  place [occupied], ordered by truth, then found; truth [truth labels], found [found labels]: cells of each
/// invariants  counts of places are above 0; rows and columns add up to truth and found; a label without cells counts
///        nowhere
struct contingency {
  struct counted {
    std::int32_t truth, found;
    std::int64_t cells;
  };
  std::vector<counted> place;
  std::vector<std::int64_t> truth, found;
  std::int64_t n = 0;

  contingency() = default;

  /// in     truth, found [cells], codes >= 0; they need not be dense
  /// errors bad_data: other lengths, a code below 0
  /// cost   O(cells + highest codes + occupied log occupied) time, 4 bytes a cell beside the table
  /// repeat the same table whatever the order of the cells
  contingency(std::span<const std::int32_t> truth_code, std::span<const std::int32_t> found_code)
      : n(isize(truth_code.size())) {
    if (truth_code.size() != found_code.size())
      throw bad_data("there are " + std::to_string(truth_code.size()) + " labels but " + std::to_string(found_code.size()) +
                     " clusters of cells; give one of each a cell");
    truth = sizes(truth_code, "label");
    found = sizes(found_code, "cluster");
    std::vector<std::int64_t> end(truth.size() + 1, 0);
    for (std::size_t l = 0; l < truth.size(); ++l) end[l + 1] = end[l] + truth[l];
    std::vector<std::int32_t> by_label(truth_code.size());
    std::vector<std::int64_t> at(end.begin(), end.end() - 1);
    for (std::size_t i = 0; i < truth_code.size(); ++i) by_label[usize(at[usize(truth_code[i])]++)] = found_code[i];
    std::vector<std::int64_t> count(found.size(), 0);
    std::vector<std::int32_t> seen;
    for (std::size_t l = 0; l < truth.size(); ++l) {
      seen.clear();
      for (std::int64_t i = end[l]; i < end[l + 1]; ++i)
        if (count[usize(by_label[usize(i)])]++ == 0) seen.push_back(by_label[usize(i)]);
      std::sort(seen.begin(), seen.end());
      for (const std::int32_t f : seen) {
        place.push_back({static_cast<std::int32_t>(l), f, count[usize(f)]});
        count[usize(f)] = 0;
      }
    }
  }

  /// The same places with other counts, such as cells drawn again.          in     cells [occupied], 0 is legal here
  void recount(std::span<const std::int64_t> cells) {
    std::fill(truth.begin(), truth.end(), 0);
    std::fill(found.begin(), found.end(), 0);
    n = 0;
    for (std::size_t p = 0; p < place.size(); ++p) {
      place[p].cells = cells[p];
      truth[usize(place[p].truth)] += cells[p];
      found[usize(place[p].found)] += cells[p];
      n += cells[p];
    }
  }

  /// How many labels have cells.
  [[nodiscard]] std::int64_t n_truth() const { return occupied(truth); }
  [[nodiscard]] std::int64_t n_found() const { return occupied(found); }

 private:
  [[nodiscard]] static std::int64_t occupied(const std::vector<std::int64_t>& of) {
    return std::count_if(of.begin(), of.end(), [](std::int64_t cells) { return cells > 0; });
  }
  [[nodiscard]] static std::vector<std::int64_t> sizes(std::span<const std::int32_t> code, const char* what) {
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] < 0)
        throw bad_data("cell " + std::to_string(i) + " has the " + what + " " + std::to_string(code[i]) +
                       ", but codes begin at 0 (-1 means missing); leave cells without one out");
      if (usize(code[i]) >= out.size()) out.resize(usize(code[i]) + 1, 0);
      ++out[usize(code[i])];
    }
    return out;
  }
};

}  // namespace tepui::metric
