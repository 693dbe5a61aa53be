#pragma once
/// Finds the lowest point of a smooth function from its slope.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/step_memory.hpp>

namespace tepui::metric {

struct minimise_options {
  double tolerance = 1e-4;  ///< largest entry of the gradient at which the search ends
  int max_iterations = 1000;
  int memory = 10;    ///< steps whose curvature is remembered
  double noise = 0;   ///< what rounding may add to a value, as a share of it; 0: four units of its last digit
  int attempts = 60;  ///< lengths of a step that are tried before the search gives up
  int patience = 0;   ///< steps without a gradient smaller than all before, after which it gives up; 0: any number
};

/// How a function is searched in single precision, as far as that tells up from down, before it is searched in double:
/// nearly all the way, so that the second search has little to do.
[[nodiscard]] inline minimise_options in_single_precision(double tolerance, int max_iterations) {
  minimise_options out{.tolerance = std::max(0.9 * tolerance, 1e-7), .max_iterations = max_iterations};
  out.noise = static_cast<double>(std::numeric_limits<float>::epsilon());
  out.attempts = 12;
  out.patience = 60;
  return out;
}

struct minimum {
  double value = 0;
  int iterations = 0;
  bool converged = false;  ///< false: out of iterations or patience, or no step goes down any more within rounding
};

/// L-BFGS with a bisecting line search for the weak Wolfe conditions.
/// in     function(x, gradient&) -> value, bounded below; x, the start; memory: of earlier steps, or empty; curvature: a
///        guess as diagonal_curvature, which may get better on the way. It decides how many steps are needed, not where they
///        end
/// out    x, the lowest point found; memory: of the last steps, to go on with a function that is nearly the same
/// vector any dense vector of Eigen, by its type, so that a program that only includes this file does not compile Eigen's
///        sums
/// cost   one or two calls an iteration, O(memory * size of x) beside them            repeat bit-equal on one binary
/// source Liu and Nocedal 1989; line search of Lewis and Overton 2013
template <class Function, class Vector, class Curvature>
minimum minimise(const Function& function, Vector& x, const minimise_options& options, Curvature& curvature,
                 step_memory<Vector>& memory) {
  using real = typename Vector::Scalar;
  const auto dot = [](const Vector& a, const Vector& b) { return static_cast<double>(a.dot(b)); };
  const auto as = [](double v) { return static_cast<real>(v); };
  Vector gradient(x.size()), next_gradient(x.size()), next(x.size()), direction(x.size());
  minimum out;
  out.value = static_cast<double>(function(x, gradient));
  double smallest = std::numeric_limits<double>::infinity();
  int since = 0;
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    const double largest = gradient.size() == 0 ? 0 : static_cast<double>(gradient.cwiseAbs().maxCoeff());
    if (largest <= options.tolerance) {
      out.converged = true;
      return out;
    }
    since = largest < smallest ? 0 : since + 1;
    smallest = std::min(smallest, largest);
    if (options.patience > 0 && since >= options.patience) return out;
    if (curvature.renew(x)) memory.forget();
    direction = -gradient;
    memory.divide(direction, curvature);
    double slope = dot(direction, gradient);
    const bool spoilt = !(slope < 0);  // by rounding: start again downhill
    if (spoilt) {
      memory.forget();
      direction = -gradient;
      slope = -dot(gradient, gradient);
    }

    const bool of_known_size = !memory.empty() || (curvature.known() && !spoilt);
    double length = of_known_size ? 1.0 : std::min(1.0, 1.0 / static_cast<double>(gradient.norm()));
    double low = 0, high = std::numeric_limits<double>::infinity(), next_value = 0;
    // Near the end rounding would otherwise refuse good steps.
    const double digits = options.noise > 0 ? options.noise : 4 * static_cast<double>(std::numeric_limits<real>::epsilon());
    const double rounding = digits * std::abs(out.value);
    bool found = false;
    for (int attempt = 0; attempt < options.attempts && !found; ++attempt) {
      next = x + as(length) * direction;
      next_value = static_cast<double>(function(next, next_gradient));
      if (!(next_value <= out.value + 1e-4 * length * slope + rounding)) {
        high = length;
      } else if (dot(next_gradient, direction) < 0.9 * slope) {
        low = length;
      } else {
        found = true;
        break;
      }
      length = std::isinf(high) ? 2 * low : 0.5 * (low + high);
    }
    if (!found && !(next_value < out.value)) return out;

    Vector step = next - x, change = next_gradient - gradient;
    x.swap(next);
    gradient.swap(next_gradient);
    out.value = next_value;
    memory.keep(std::move(step), std::move(change));
  }
  return out;
}
/// The same with one guess of the curvature, by default none.
/// in     scale [size of x], above 0, or empty: a guess of the inverse of each entry's curvature
template <class Function, class Vector>
minimum minimise(const Function& function, Vector& x, const minimise_options& options = {}, const Vector& scale = {}) {
  diagonal_curvature<Vector> guess{scale};
  step_memory<Vector> memory(options.memory);
  return minimise(function, x, options, guess, memory);
}

}  // namespace tepui::metric
