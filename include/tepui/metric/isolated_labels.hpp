#pragma once
/// Which cell types few batches have: those that mixing batches may lose.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/cell_labels.hpp>

namespace tepui::metric {

/// What is done where the threshold is all batches, so that no label is rarer than another.
enum class all_batches_rule {
  none_isolated,  ///< as scib: there is no isolated label, and no score
  all_isolated    ///< as scib-metrics: every label counts as isolated
};

/// Labels that at most `threshold` batches have.                 -> codes, ascending
/// in     label, batch [cells]; threshold: 0 means the number of batches of the label that has fewest
/// empty  a label without cells is not isolated                    source Luecken et al. 2022 (scIB)
[[nodiscard]] inline std::vector<std::int32_t> isolated_labels(const cell_labels& label, const cell_labels& batch,
                                                               std::int64_t threshold = 0,
                                                               all_batches_rule rule = all_batches_rule::none_isolated) {
  std::vector<std::set<std::int32_t>> batches(usize(label.n_labels()));
  std::set<std::int32_t> all;
  for (std::size_t i = 0; i < label.code.size(); ++i) {
    batches[usize(label.code[i])].insert(batch.code[i]);
    all.insert(batch.code[i]);
  }
  if (threshold <= 0) {
    threshold = std::numeric_limits<std::int64_t>::max();
    for (const auto& of : batches)
      if (!of.empty()) threshold = std::min(threshold, isize(of.size()));
  }
  std::vector<std::int32_t> out;
  if (threshold >= isize(all.size()) && rule == all_batches_rule::none_isolated) return out;
  for (std::size_t l = 0; l < batches.size(); ++l)
    if (!batches[l].empty() && isize(batches[l].size()) <= threshold) out.push_back(static_cast<std::int32_t>(l));
  return out;
}

}  // namespace tepui::metric
