#pragma once
/// Finds the lowest point of a smooth function from its slope.

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>

namespace tepui::metric {

struct minimise_options {
  double tolerance = 1e-4;  ///< largest entry of the gradient at which the search ends
  int max_iterations = 1000;
  int memory = 10;          ///< steps whose curvature is remembered
};

struct minimum {
  double value = 0;
  int iterations = 0;
  bool converged = false;  ///< false: out of iterations, or no step goes down any more within rounding
};

/// L-BFGS with a bisecting line search for the weak Wolfe conditions.
/// in     function(x, gradient&) -> value, bounded below; x, the start                out    x, the lowest point found
/// vector any dense vector of Eigen, by its type, so that a program that only includes this file does not compile Eigen's sums
/// cost   one or two calls an iteration, O(memory * size of x) beside them            repeat bit-equal on one binary
/// source Liu and Nocedal 1989; line search of Lewis and Overton 2013
template <class Function, class Vector>
minimum minimise(const Function& function, Vector& x, const minimise_options& options = {}) {
  Vector gradient(x.size()), next_gradient(x.size()), next(x.size()), direction(x.size());
  minimum out;
  out.value = function(x, gradient);
  std::vector<Vector> step, change;
  std::vector<double> curvature, share(usize(options.memory));
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    if (gradient.size() == 0 || gradient.cwiseAbs().maxCoeff() <= options.tolerance) {
      out.converged = true;
      return out;
    }
    direction = -gradient;
    for (std::size_t i = step.size(); i-- > 0;) {
      share[i] = step[i].dot(direction) / curvature[i];
      direction -= share[i] * change[i];
    }
    if (!step.empty()) direction *= curvature.back() / change.back().squaredNorm();
    for (std::size_t i = 0; i < step.size(); ++i) direction += (share[i] - change[i].dot(direction) / curvature[i]) * step[i];
    double slope = direction.dot(gradient);
    if (!(slope < 0)) {  // rounding has spoilt the memory: start again downhill
      step.clear(), change.clear(), curvature.clear();
      direction = -gradient;
      slope = -gradient.squaredNorm();
    }

    double length = step.empty() ? std::min(1.0, 1.0 / gradient.norm()) : 1.0, low = 0, high = std::numeric_limits<double>::infinity();
    double next_value = 0;
    bool found = false;
    for (int attempt = 0; attempt < 60 && !found; ++attempt) {
      next = x + length * direction;
      next_value = function(next, next_gradient);
      if (!(next_value <= out.value + 1e-4 * length * slope)) {
        high = length;
      } else if (next_gradient.dot(direction) < 0.9 * slope) {
        low = length;
      } else {
        found = true;
        break;
      }
      length = std::isinf(high) ? 2 * low : 0.5 * (low + high);
    }
    if (!found && !(next_value < out.value)) return out;

    Vector s = next - x, y = next_gradient - gradient;
    x.swap(next);
    gradient.swap(next_gradient);
    out.value = next_value;
    if (const double sy = s.dot(y); sy > 1e-12 * y.squaredNorm() * 1e-4 && sy > 0) {
      if (isize(step.size()) == options.memory) {
        step.erase(step.begin());
        change.erase(change.begin());
        curvature.erase(curvature.begin());
      }
      curvature.push_back(sy);
      step.push_back(std::move(s));
      change.push_back(std::move(y));
    }
  }
  return out;
}

}  // namespace tepui::metric
