#pragma once
/// Finds the lowest point of a smooth function plus the sizes of its arguments, which leaves most arguments exactly 0.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/minimise.hpp>
#include <tepui/metric/probe/step_memory.hpp>

namespace tepui::metric {

/// Minimises function(x) + sum of price_i |x_i|: L-BFGS on the smooth part, each search kept within one orthant, so that
/// entries that would change their sign become 0.
/// in     function(x, gradient&) -> value, convex and bounded below; price [size of x], 0 for entries that are free; x, the
///        start;
///        scale: as in minimise                          out    x, the lowest point found; options.tolerance: largest entry
///        of the least subgradient at which the search ends
/// cost   as minimise                                     repeat bit-equal on one binary
/// source Andrew and Gao 2007
template <class Function, class Vector>
minimum minimise_sparse(const Function& function, Vector& x, const Vector& price, const minimise_options& options = {},
                        const Vector& scale = {}) {
  const Eigen::Index size = x.size();
  Vector gradient(size), next_gradient(size), next(size), direction(size), downhill(size), orthant(size);
  const diagonal_curvature<Vector> guess{scale};
  step_memory<Vector> memory(options.memory);
  const auto total = [&](double smooth, const Vector& at) { return smooth + at.cwiseAbs().dot(price); };
  const double digits = options.noise > 0 ? options.noise : 4 * std::numeric_limits<double>::epsilon();
  minimum out;
  out.value = total(function(x, gradient), x);
  double smallest = std::numeric_limits<double>::infinity();
  int since = 0;
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    // The steepest way down; 0 where the price of leaving 0 is higher than the gain.
    for (Eigen::Index i = 0; i < size; ++i) {
      const double g = gradient(i), p = price(i);
      if (x(i) != 0)
        downhill(i) = -(g + (x(i) > 0 ? p : -p));
      else
        downhill(i) = g < -p ? -g - p : g > p ? -g + p : 0;
    }
    const double largest = size == 0 ? 0 : static_cast<double>(downhill.cwiseAbs().maxCoeff());
    if (largest <= options.tolerance) {
      out.converged = true;
      return out;
    }
    since = largest < smallest ? 0 : since + 1;
    smallest = std::min(smallest, largest);
    if (options.patience > 0 && since >= options.patience) return out;
    bool found = false;
    double next_value = 0;
    for (int round = 0; round < 2 && !found; ++round) {  // a second time without memory, should it have misled
      direction = downhill;
      memory.divide(direction, guess);
      for (Eigen::Index i = 0; i < size; ++i) {
        if (direction(i) * downhill(i) <= 0) direction(i) = 0;
        orthant(i) = x(i) != 0 ? x(i) : downhill(i);
      }
      const double rounding = digits * std::abs(out.value);
      double length = memory.empty() && !guess.known() ? std::min(1.0, 1.0 / downhill.norm()) : 1.0;
      for (int attempt = 0; attempt < options.attempts && !found; ++attempt, length *= 0.5) {
        next = x + length * direction;
        for (Eigen::Index i = 0; i < size; ++i)
          if (price(i) > 0 && next(i) * orthant(i) <= 0) next(i) = 0;
        next_value = total(function(next, next_gradient), next);
        found = next_value <= out.value - 1e-4 * downhill.dot(next - x) + rounding;
      }
      if (!found) memory.forget();
    }
    if (!found) return out;
    Vector step = next - x, change = next_gradient - gradient;
    x.swap(next);
    gradient.swap(next_gradient);
    out.value = next_value;
    memory.keep(std::move(step), std::move(change));
  }
  return out;
}

}  // namespace tepui::metric
