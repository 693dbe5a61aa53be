#pragma once
/// How evenly cells are spread over their types: Shannon, Simpson, and how many equally common types would be as diverse.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>

namespace tepui::coverage {

/// Cells by label, those without one apart.             invariants  of_label [labels]: a label may have no cells
struct label_counts {
  std::vector<std::int64_t> of_label;
  std::int64_t missing = 0;
  [[nodiscard]] std::int64_t labelled() const { return std::accumulate(of_label.begin(), of_label.end(), std::int64_t{0}); }
  [[nodiscard]] std::int64_t labels_seen() const {
    return isize(of_label.size()) - std::count(of_label.begin(), of_label.end(), std::int64_t{0});
  }
};

/// in     label [cells] codes, -1 where missing         out    counts, at least as long as the largest code says
/// errors bad_data where a code is below -1             cost   O(cells)
[[nodiscard]] inline label_counts count_labels(std::span<const std::int32_t> label) {
  label_counts out;
  for (std::size_t cell = 0; cell < label.size(); ++cell) {
    const std::int32_t code = label[cell];
    if (code < -1)
      throw bad_data("coverage::count_labels: cell " + std::to_string(cell) + " has the label code " + std::to_string(code) +
                     "; codes are 0 and above, and -1 where the label is missing");
    if (code < 0) {
      ++out.missing;
      continue;
    }
    if (usize(code) >= out.of_label.size()) out.of_label.resize(usize(code) + 1, 0);
    ++out.of_label[usize(code)];
  }
  return out;
}

/// The diversity of labels four ways; `missing` cells have no label and count nowhere.
struct label_diversity {
  score shannon;          ///< entropy in bits
  score effective_types;  ///< 2^shannon: equally common types of the same entropy
  score gini_simpson;     ///< the chance that two cells drawn with replacement are of different types
  score inverse_simpson;  ///< equally common types for which two cells match as often
  std::int64_t types = 0, missing = 0;

  [[nodiscard]] std::vector<score> all() const { return {shannon, effective_types, gini_simpson, inverse_simpson}; }
};

/// in     cells by label                                out    scores over the labelled cells
/// floor  all cells of one type                         ceiling  the types that are there, each equally common
/// empty  no labelled cell: missing, with the reason    cost   O(labels)
/// source Shannon 1948; Simpson 1949; Jost 2006 (effective numbers)
[[nodiscard]] inline label_diversity diversity(const label_counts& counts) {
  label_diversity out;
  out.types = counts.labels_seen();
  out.missing = counts.missing;
  const std::int64_t n = counts.labelled();
  double bits = 0, pairs = 0;
  for (const std::int64_t cells : counts.of_label) {
    if (cells <= 0) continue;
    const double p = static_cast<double>(cells) / static_cast<double>(n);
    bits -= p * std::log2(p);
    pairs += p * p;
  }
  const auto types = static_cast<double>(out.types);
  const auto make = [&](const char* name, const char* unit, double value, double floor, double ceiling) {
    score s;
    s.name = name;
    s.unit = unit;
    s.n = n;
    const auto why = measured::missing("no cell has a label");
    s.value = n > 0 ? measured(value) : why;
    s.floor = n > 0 ? measured(floor) : why;
    s.ceiling = n > 0 ? measured(ceiling) : why;
    s.low = s.high = measured::missing("the diversity of labels has no interval without resamples of its cells");
    return s;
  };
  out.shannon = make("shannon", "bits", bits, 0, std::log2(types));
  out.effective_types = make("effective_types", "types", std::exp2(bits), 1, types);
  out.gini_simpson = make("gini_simpson", "share", 1 - pairs, 0, 1 - 1 / types);
  out.inverse_simpson = make("inverse_simpson", "types", 1 / pairs, 1, types);
  return out;
}

/// in     label [cells] codes, -1 where missing         errors, cost  as count_labels
[[nodiscard]] inline label_diversity diversity(std::span<const std::int32_t> label) {
  return diversity(count_labels(label));
}

}  // namespace tepui::coverage
