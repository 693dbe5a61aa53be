#pragma once
/// The same cells grouped twice, by what is known and by what was found: what the measures of agreement read.

#include <cstdint>
#include <span>
#include <utility>

#include <tepui/flow/grouping.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/partition/contingency.hpp>

namespace tepui::metric {

/// shapes  truth, found [cells], codes >= 0
/// Counted once, when made; the codes are not kept.
class two_partitions {
 public:
  contingency counts;

  /// errors  bad_data: other numbers of cells, a missing label                cost   that of contingency
  two_partitions(std::span<const std::int32_t> truth, std::span<const std::int32_t> found) : counts(truth, found) {}
  two_partitions(const cell_labels& truth, const partition<>& found) : counts(truth.code, found.label) {}
  two_partitions(const cell_labels& truth, const cell_labels& found) : counts(truth.code, found.code) {}
};

}  // namespace tepui::metric
