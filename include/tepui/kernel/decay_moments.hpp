#pragma once
/// Weights that fall with distance, and what they weigh.

#include <cmath>
#include <cstddef>
#include <span>

#include <tepui/kernel/simd/decay_moments.hpp>

namespace tepui::kernel {

/// The sums of w, d w and d^2 w, with w = exp(-beta d).
struct decay_moments {
  double sum = 0, first = 0, second = 0;
};

/// The plain reference of decay, one number after the other.
inline decay_moments plain_decay(std::span<const double> distance, double beta, std::span<double> weight) {
  decay_moments out;
  for (std::size_t i = 0; i < distance.size(); ++i) {
    const double x = -beta * distance[i], w = x > -700 ? std::exp(x) : 0.0;
    weight[i] = w;
    out.sum += w;
    out.first += distance[i] * w;
    out.second += distance[i] * (distance[i] * w);
  }
  return out;
}

inline namespace HWY_NAMESPACE {
/// in     distance [n], n a multiple of 8, finite and >= 0 (pad with 1e300, which weighs nothing); beta > 0
/// out    weight [n]; decay_moments
/// errors relative 1e-15 a weight            cost   about 3 instructions a number
/// repeat depends on the numbers alone; up to rounding between kinds of processors
inline decay_moments decay(std::span<const double> distance, double beta, std::span<double> weight) {
#if TEPUI_HAS_LANES
  double sums[3];
  simd::decay(distance.data(), distance.size(), beta, weight.data(), sums);
  return {sums[0], sums[1], sums[2]};
#else
  return plain_decay(distance, beta, weight);
#endif
}
}  // namespace HWY_NAMESPACE

}  // namespace tepui::kernel
