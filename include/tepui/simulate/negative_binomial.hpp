#pragma once
/// How many molecules of a gene are seen in a cell: counts that vary more than chance alone.

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tepui::simulate {

/// A negative binomial with some of its cells lost: a gamma-distributed rate, Poisson counts of it, and dropout.
/// mean      of the counts before dropout            size  variance = mean + mean^2 / size
/// lost      chance that the count is replaced by 0
struct count_law {
  double mean = 0;
  double size = 1;
  double lost = 0;

  /// The chance of a count of 0.
  [[nodiscard]] double none() const { return lost + (1 - lost) * nb_none(); }

  /// The count at a place of the distribution: the smallest k with P(count > k) <= place.
  /// in     place in (0, 1), uniform                  out    a count with exactly this law, up to the steps of `place`
  /// cost   one comparison where mean <= place, else one log, one exp and a step a count
  /// repeat bit-equal on one binary
  [[nodiscard]] std::int32_t at(double place) const {
    // P(count > 0) = (1 - lost) * (1 - (1 + mean/size)^-size) <= (1 - lost) * mean: most genes of a cell end here.
    const double seen = 1 - lost;
    if (place >= seen * mean) return 0;
    const double in_tail = place / seen;
    double chance = nb_none();
    double tail = 1 - chance;
    const double step = mean / (mean + size);
    std::int32_t count = 0;
    while (in_tail < tail) {
      ++count;
      chance *= step * (size + (count - 1)) / count;
      const double rest = tail - chance;
      if (rest == tail && count > mean) break;  // past the bulk, and thinner than a double can tell
      tail = rest;
    }
    return count;
  }

  /// Log-likelihood of a count, without the terms that depend on the count and on `size` only (they cancel between types).
  [[nodiscard]] double relative_log_likelihood(std::int32_t count) const {
    if (count == 0) return std::log(none());
    // seen * mean^k size^size / (mean + size)^(k + size)
    const double share = mean / (mean + size);
    return std::log1p(-lost) + count * std::log(share) - size * std::log1p(mean / size);
  }

 private:
  [[nodiscard]] double nb_none() const { return std::exp(-size * std::log(1 + mean / size)); }
};

}  // namespace tepui::simulate
