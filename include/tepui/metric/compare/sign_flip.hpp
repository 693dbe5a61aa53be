#pragma once
/// Could pairs differ so much by chance? The test that flips the sign of every difference.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// A two-sided p-value, and whether all flips were counted.
struct flip_test {
  double p = std::numeric_limits<double>::quiet_NaN();
  bool exact = false;
  std::int64_t flips = 0;
};

namespace flipping {

/// Counts the sums over all signs of d[at...] that lie at least `edge` from 0. Branches, so that no rounding adds up.
inline void count(std::span<const double> d, std::size_t at, double sum, double edge, std::int64_t& beyond) {
  if (at == d.size()) {
    beyond += std::abs(sum) >= edge;
    return;
  }
  count(d, at + 1, sum + d[at], edge, beyond);
  count(d, at + 1, sum - d[at], edge, beyond);
}

}  // namespace flipping

/// The share of sign flips whose mean difference is at least as far from 0 as the one seen.
/// in     difference [pairs], finite: a - b on the same cells or seeds
/// out    up to 20 pairs all flips are counted; with more, `resamples` are drawn and p = (beyond + 1) / (resamples + 1);
///        NaN where there are no pairs, or too many to count and no resamples. 5 pairs cannot give less than 2 / 32
/// ties   sums that differ by less than 1e-12 of the sum of |differences| count as equal
/// repeat bit-equal for one seed
/// cost   2^pairs additions, or resamples x pairs / 64 draws
/// source Fisher 1935
[[nodiscard]] inline flip_test sign_flip_test(std::span<const double> difference, const score_options& options = {}) {
  options.check();
  flip_test out;
  if (difference.empty()) return out;
  double sum = 0, size = 0;
  for (const double d : difference) {
    sum += d;
    size += std::abs(d);
  }
  const double edge = std::abs(sum) - 1e-12 * size;
  std::int64_t beyond = 0;
  if (difference.size() <= 20) {
    flipping::count(difference, 1, difference[0], edge, beyond);  // the other half are these with all signs turned
    out.flips = std::int64_t{1} << (difference.size() - 1);
    out.exact = true;
    out.p = static_cast<double>(beyond) / static_cast<double>(out.flips);
    out.flips *= 2;
    return out;
  }
  if (options.resamples == 0) return out;
  const kernel::draws random(options.seed, "metric: flipped signs");
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    double flipped = 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < difference.size(); ++i) {
      if (i % 64 == 0) bits = random.bits(isize(i / 64), static_cast<std::uint64_t>(b));
      flipped += (bits & 1U) != 0 ? difference[i] : -difference[i];
      bits >>= 1U;
    }
    beyond += std::abs(flipped) >= edge;
  }
  out.flips = options.resamples;
  out.p = static_cast<double>(beyond + 1) / static_cast<double>(options.resamples + 1);
  return out;
}

}  // namespace tepui::metric
