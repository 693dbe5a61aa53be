#pragma once
/// Could pairs differ so much by chance? Wilcoxon's test, which looks at the ranks of the differences only.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/statistics.hpp>
#include <tepui/metric/tails.hpp>

namespace tepui::metric {

/// W: the smaller of the sums of ranks of positive and of negative differences; p two-sided.
struct signed_rank_test {
  double w = std::numeric_limits<double>::quiet_NaN(), p = std::numeric_limits<double>::quiet_NaN();
  bool exact = false;
  std::int64_t pairs = 0;  ///< that differ
};

/// Wilcoxon's signed-rank test of paired differences.
/// in     difference [pairs]; zeros are left out (as Wilcoxon did)
/// out    NaN where no pair differs, or one is NaN
/// ties   equal |differences| share the mean of their ranks; the exact form counts all signs of these ranks
/// cost   up to 50 pairs exact, O(pairs^3); above the normal form with its correction for ties, no correction for
///        continuity, O(n log n)
/// source Wilcoxon 1945; agrees with scipy.stats.wilcoxon (tests)
[[nodiscard]] inline signed_rank_test wilcoxon_signed_rank(std::span<const double> difference) {
  signed_rank_test out;
  if (statistics::any_nan(difference)) return out;
  std::vector<double> size;
  std::vector<bool> positive;
  for (const double d : difference)
    if (d != 0) {
      size.push_back(std::abs(d));
      positive.push_back(d > 0);
    }
  out.pairs = isize(size.size());
  if (size.empty()) return out;
  const auto rank = average_ranks(size);
  double up = 0, all = 0, squares = 0;
  for (std::size_t i = 0; i < rank.size(); ++i) {
    up += positive[i] ? rank[i] : 0;
    all += rank[i];
    squares += rank[i] * rank[i];
  }
  out.w = std::min(up, all - up);
  if (size.size() > 50) {
    // The variance of a sum of ranks with random signs; equal ranks make it smaller by themselves.
    out.p = std::min(1.0, 2 * normal_tail((all / 2 - out.w) / (std::sqrt(squares) / 2)));
    return out;
  }
  out.exact = true;
  // Mean ranks are halves, so that their doubles are whole: shares of all signs by the doubled sum of the positive ranks.
  std::vector<double> share(usize(std::llround(2 * all)) + 1, 0);
  share[0] = 1;
  std::size_t reached = 0;
  for (const double r : rank) {
    const auto step = usize(std::llround(2 * r));
    reached += step;
    for (std::size_t s = reached + 1; s-- > 0;) share[s] = (share[s] + (s >= step ? share[s - step] : 0)) / 2;
  }
  double tail = 0;
  for (std::size_t s = 0; s <= usize(std::llround(2 * out.w)); ++s) tail += share[s];
  out.p = std::min(1.0, 2 * tail);
  return out;
}

}  // namespace tepui::metric
