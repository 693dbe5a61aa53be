#pragma once
/// A cell's vector that is itself uncertain: drawn around its mean, at the price of how far that normal is from a prior.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/index.hpp>
#include <tepui/objective/asked.hpp>

namespace tepui::objective {

/// How the weight of the prior grows from 0 to 1 while a model learns.
struct prior_warm_up {
  std::int64_t steps = 0;   ///< so many steps; 0: counted in epochs
  std::int64_t epochs = 0;  ///< so many times through the corpus, the first with a weight of 0; 0 as well: no warm-up

  /// 400 epochs, as published. A corpus that is seen fewer times ends with a prior that never counts in full: size and training are
  /// then not told apart.
  [[nodiscard]] static constexpr prior_warm_up published() { return {0, 400}; }
  [[nodiscard]] double weight(const moment& now) const {
    if (now.step < 0) return 1;
    if (steps > 0) return std::min(1.0, static_cast<double>(now.step) / static_cast<double>(steps));
    if (epochs > 0) return std::min(1.0, static_cast<double>(now.epoch) / static_cast<double>(epochs));
    return 1;
  }
  [[nodiscard]] std::string describe() const {
    if (steps > 0) return "prior after " + std::to_string(steps) + " steps";
    return epochs > 0 ? "prior after " + std::to_string(epochs) + " epochs" : "prior from the first step";
  }
};

/// How far a normal with this mean and variance is from one with that: the divergence of Kullback and Leibler.
template <class Real>
[[nodiscard]] Real normal_divergence(Real mean, Real variance, Real prior_mean = 0, Real prior_variance = 1) {
  const Real away = mean - prior_mean;
  return Real(0.5) * (std::log(prior_variance / variance) + (variance + away * away) / prior_variance - 1);
}

/// Added to every variance that a network guesses, as published.
inline constexpr double least_variance = 1e-4;

/// Cells whose state is the mean and the log-variance of each of Latent dims.
/// shapes  state, d_state [cells, 2 Latent], the means first; z, dz [cells, Latent]; drawn: standard normal numbers, those of a cell
///         `stride` behind those of the one before
template <int Latent>
struct latent_normal {
  /// z = mean + sqrt(variance) drawn.            in     prior: its weight            out    what the prior costs, a sum over cells
  template <class Real>
  static double draw(std::span<const Real> state, std::span<const float> drawn, std::int64_t stride, Real prior,
                     std::span<Real> z) {
    double sum = 0;
    for (std::int64_t c = 0; c < isize(z.size()) / Latent; ++c)
      for (int k = 0; k < Latent; ++k) {
        const Real mean = state[usize(c * 2 * Latent + k)],
                   variance = std::exp(state[usize(c * 2 * Latent + Latent + k)]) + static_cast<Real>(least_variance);
        z[usize(c * Latent + k)] = mean + std::sqrt(variance) * static_cast<Real>(drawn[usize(c * stride + k)]);
        sum += static_cast<double>(prior * normal_divergence(mean, variance));
      }
    return sum;
  }
  /// The gradient of what z leads to and of what the prior costs.            out    d_state is added to; empty where not wanted
  template <class Real>
  static void backward(std::span<const Real> state, std::span<const float> drawn, std::int64_t stride, Real prior,
                       std::span<const Real> dz, std::span<Real> d_state) {
    if (d_state.empty()) return;
    for (std::int64_t c = 0; c < isize(dz.size()) / Latent; ++c)
      for (int k = 0; k < Latent; ++k) {
        const Real by_z = dz[usize(c * Latent + k)], mean = state[usize(c * 2 * Latent + k)];
        const Real grown = std::exp(state[usize(c * 2 * Latent + Latent + k)]),
                   variance = grown + static_cast<Real>(least_variance);
        d_state[usize(c * 2 * Latent + k)] += by_z + prior * mean;
        const Real by_variance = by_z * static_cast<Real>(drawn[usize(c * stride + k)]) / (2 * std::sqrt(variance)) +
                                 prior * Real(0.5) * (1 - 1 / variance);
        d_state[usize(c * 2 * Latent + Latent + k)] += by_variance * grown;
      }
  }
};

}  // namespace tepui::objective
