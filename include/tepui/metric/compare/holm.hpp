#pragma once
/// When many pipelines are compared, some differ by chance: p-values corrected so that even one false alarm is rare.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/statistics.hpp>

namespace tepui::metric {

/// Holm's adjusted p-values.                                                           [tests] -> [tests]
/// in     p; NaN, a test that could not be made, counts as 1
/// out    `adjusted`, in [0, 1]; may be p itself
/// ties   of p do not matter
/// errors bad_data: other lengths
/// cost   O(n log n)
/// source Holm 1979
inline void holm(std::span<const double> p, std::span<double> adjusted) {
  statistics::check_same_length(p, adjusted);
  std::vector<double> of(p.begin(), p.end());
  for (double& v : of) v = std::isnan(v) ? 1 : v;
  const auto order = statistics::order_of(of);
  double greatest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    greatest = std::max(greatest, std::min(1.0, of[order[i]] * static_cast<double>(order.size() - i)));
    adjusted[order[i]] = greatest;
  }
}

}  // namespace tepui::metric
