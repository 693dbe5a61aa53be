#pragma once
/// Weighs the neighbours of a cell so that they count as so many equal ones, the near ones most.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/decay_moments.hpp>

namespace tepui::metric {

/// exp(-beta (d - nearest)), scaled to sum 1, with beta such that the entropy is that of `perplexity` equal neighbours.
/// in     distance [n], finite, >= 0, in any order            out    weight [n], positive or 0, sum 1
/// beta   what halving finds that begins at 1, doubles or halves until the entropy is passed, and stops within 1e-5 of its
///        goal or after 50 tries, as LISI is defined. It is found in about 5 readings instead of 17: Newton's method finds
///        where the entropy is met, and from that each step of the halving follows; where no beta meets it (so many cells at
///        the least distance), by halving itself
/// zeros  distances count from the least one. Where the reference implementation loses all weights to underflow and answers
///        -1, the weights here are equal among the nearest
/// cost   about 0.7 us for n = 89            repeat  depends on the distances alone
/// source Korsunsky et al. 2019; van der Maaten and Hinton 2008
class effective_neighbours {
 public:
  explicit effective_neighbours(double perplexity) : goal_(std::log(perplexity)) {}

  /// distance: float or double
  template <class Real>
  void operator()(std::span<const Real> distance, std::span<double> weight) {
    take(distance);
    const double beta = by_newton();
    finish(std::isnan(beta) ? by_halving() : beta, weight);
  }
  /// The same by halving alone: the definition, to compare with.
  template <class Real>
  void plainly(std::span<const Real> distance, std::span<double> weight) {
    take(distance);
    finish(by_halving(), weight);
  }

 private:
  static constexpr std::size_t lanes = 8;
  static constexpr double tolerance = 1e-5;
  static constexpr int most_tries = 50;
  double goal_;
  std::size_t n_ = 0;
  std::vector<double> behind_, weight_;  // distance behind the least, padded to whole lanes by such that weigh nothing

  struct moments {
    double sum, entropy, variance;
  };

  template <class Real>
  void take(std::span<const Real> distance) {
    n_ = distance.size();
    const std::size_t padded = (n_ + lanes - 1) / lanes * lanes;
    behind_.assign(padded, 1e300);
    weight_.resize(padded);
    const Real least = n_ == 0 ? Real(0) : *std::min_element(distance.begin(), distance.end());
    for (std::size_t i = 0; i < n_; ++i) behind_[i] = static_cast<double>(distance[i]) - static_cast<double>(least);
  }

  moments weigh(double beta) {
    const kernel::decay_moments m = kernel::decay(behind_, beta, weight_);
    const double mean = m.first / m.sum;
    return {m.sum, std::log(m.sum) + beta * mean, m.second / m.sum - mean * mean};
  }

  /// The beta at which the halving stops. in  off(beta) -> entropy - goal
  template <class Off>
  static double halved(Off&& off) {
    double beta = 1, low = -1, high = -1;  // -1: no such end yet
    double by = off(beta);
    for (int tries = 0; std::abs(by) > tolerance && tries < most_tries; ++tries) {
      if (by > 0) {
        low = beta;
        beta = high < 0 ? 2 * beta : (beta + high) / 2;
      } else {
        high = beta;
        beta = low < 0 ? beta / 2 : (beta + low) / 2;
      }
      by = off(beta);
    }
    return beta;
  }
  double by_halving() {
    return halved([&](double beta) { return weigh(beta).entropy - goal_; });
  }

  /// NaN where the goal is not met by any beta, or not soon.
  double by_newton() {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    double sum = 0, nearest = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      sum += behind_[i];
      nearest += behind_[i] == 0 ? 1 : 0;
    }
    if (!(sum > 0) || std::log(nearest) > goal_ - 0.01 || std::log(static_cast<double>(n_)) < goal_ + 0.01) return none;
    double beta = 2 * static_cast<double>(n_) / sum;
    for (int step = 0; step < 30; ++step) {
      const moments m = weigh(beta);
      const double off = m.entropy - goal_, slope = beta * m.variance;  // the entropy falls by slope d(beta)
      if (!(slope > 0)) return none;
      if (std::abs(off) < 1e-6) {
        const double met = beta + off / slope;
        return halved([&](double at) { return (met - at) * slope; });
      }
      beta *= std::exp(std::clamp(off / (slope * beta), -2.0, 2.0));
    }
    return none;
  }

  void finish(double beta, std::span<double> weight) {
    const double sum = weigh(beta).sum;
    for (std::size_t i = 0; i < n_; ++i) weight[i] = weight_[i] / sum;
  }
};

}  // namespace tepui::metric
