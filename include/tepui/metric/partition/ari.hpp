#pragma once
/// How often two groupings agree that a pair of cells belongs together, beyond chance: the adjusted Rand index.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/metric/partition/agreement.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/partition/two_partitions.hpp>

namespace tepui::metric {

/// Pairs of cells that are together in both groupings, in one only, in none; every pair counted once.
struct pairs_of_cells {
  double both = 0, truth_only = 0, found_only = 0, neither = 0;

  /// Whole numbers below 2^63 for up to 4 billion cells; their products would not fit, and are doubles.
  explicit pairs_of_cells(const contingency& of) {
    const auto pairs = [](std::int64_t cells) { return cells * (cells - 1) / 2; };
    std::int64_t in_both = 0, in_truth = 0, in_found = 0;
    for (const auto& p : of.place) in_both += pairs(p.cells);
    for (const std::int64_t cells : of.truth) in_truth += pairs(cells);
    for (const std::int64_t cells : of.found) in_found += pairs(cells);
    both = static_cast<double>(in_both);
    truth_only = static_cast<double>(in_truth - in_both);
    found_only = static_cast<double>(in_found - in_both);
    neither = static_cast<double>(pairs(of.n) - in_truth - in_found + in_both);
  }
};

/// out    at most 1, about 0 by chance, may be negative; 1 where no pair is judged otherwise (one group in both, every cell
///        alone in both)
/// cost   O(occupied)                                   repeat the same bits whatever the order of cells and labels
/// source Hubert and Arabie 1985; scikit-learn adjusted_rand_score
[[nodiscard]] inline double adjusted_rand(const contingency& of) {
  const pairs_of_cells p(of);
  if (p.truth_only == 0 && p.found_only == 0) return 1;
  return 2 * (p.both * p.neither - p.truth_only * p.found_only) /
         ((p.both + p.truth_only) * (p.truth_only + p.neither) + (p.both + p.found_only) * (p.found_only + p.neither));
}

/// The same as scib computes it (metrics/ari.py): no number where the index can take one value only, as with one group in
/// both or every cell alone in both; scikit-learn gives 1 there.
[[nodiscard]] inline measured adjusted_rand_scib(const contingency& of) {
  const pairs_of_cells p(of);
  const bool all_together = p.truth_only + p.neither == 0 && p.found_only + p.neither == 0;
  const bool all_alone = p.both + p.truth_only == 0 && p.both + p.found_only == 0;
  if (of.n < 2 || all_together || all_alone)
    return measured::missing(
        "both groupings hold all cells together, or every cell alone, where scib divides 0 by 0 (scikit-learn gives 1)");
  return adjusted_rand(of);
}

/// Score "ari": adjusted Rand index of labels and clusters.
/// floor   0: its mean over all orders of the labels, exactly           ceiling 1       unit    may be negative
/// interval  bootstrap over cells, clusters held fixed; a cell drawn twice is a pair that is together in both, which moves
///        the interval upwards by about 1 / cells of a group               empty   no cells, one label: the reason
struct ari {
  using reads = two_partitions;
  static constexpr std::string_view name = "ari";

  [[nodiscard]] std::string describe() const { return std::string(name); }

  [[nodiscard]] std::vector<score> operator()(const two_partitions& of, const score_options& options) const {
    return {agreement_score(
        options.prefix + std::string(name), of.counts, options, [](const contingency& c) { return adjusted_rand(c); }, 0,
        std::string(beyond_chance))};
  }
};

}  // namespace tepui::metric
