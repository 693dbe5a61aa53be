#pragma once
/// The nearest set of shares: numbers >= 0 that sum to 1, as close as can be to the numbers given.

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

namespace tepui::kernel {

/// Projects onto the simplex: takes the same amount from every number, and what would fall below 0 becomes 0.
/// in     row [n], n >= 1, finite; sorted: memory that is used again            out    the same memory
/// cost   O(n log n)            repeat bit-equal everywhere
/// source Held, Wolfe and Crowder 1974
inline void project_to_simplex(std::span<float> row, std::vector<double>& sorted) {
  sorted.assign(row.begin(), row.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>{});
  double sum = 0, taken = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += sorted[k];
    const double amount = (sum - 1) / static_cast<double>(k + 1);
    if (sorted[k] > amount) taken = amount;
  }
  for (float& x : row) x = static_cast<float>(std::max(0.0, static_cast<double>(x) - taken));
}

}  // namespace tepui::kernel
