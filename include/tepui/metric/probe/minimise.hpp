#pragma once
/// Finds the lowest point of a smooth function from its slope.

#include <algorithm>
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
  int memory = 10;  ///< steps whose curvature is remembered
};

struct minimum {
  double value = 0;
  int iterations = 0;
  bool converged = false;  ///< false: out of iterations, or no step goes down any more within rounding
};

/// L-BFGS with a bisecting line search for the weak Wolfe conditions.
/// in     function(x, gradient&) -> value, bounded below; x, the start                out    x, the lowest point found
///        scale [size of x], above 0, or empty: a guess of the inverse of each entry's curvature. It decides how many steps
///        are needed, not where they end
/// vector any dense vector of Eigen, by its type, so that a program that only includes this file does not compile Eigen's
/// sums
/// cost   one or two calls an iteration, O(memory * size of x) beside them            repeat bit-equal on one binary
/// source Liu and Nocedal 1989; line search of Lewis and Overton 2013
template <class Function, class Vector>
minimum minimise(const Function& function, Vector& x, const minimise_options& options = {}, const Vector& scale = {}) {
  using real = typename Vector::Scalar;
  const auto dot = [](const Vector& a, const Vector& b) { return static_cast<double>(a.dot(b)); };
  const auto as = [](double v) { return static_cast<real>(v); };
  const bool scaled = scale.size() > 0;
  Vector gradient(x.size()), next_gradient(x.size()), next(x.size()), direction(x.size());
  minimum out;
  out.value = static_cast<double>(function(x, gradient));
  std::vector<Vector> step, change;
  std::vector<double> curvature, share(usize(options.memory));
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    if (gradient.size() == 0 || static_cast<double>(gradient.cwiseAbs().maxCoeff()) <= options.tolerance) {
      out.converged = true;
      return out;
    }
    direction = -gradient;
    for (std::size_t i = step.size(); i-- > 0;) {
      share[i] = dot(step[i], direction) / curvature[i];
      direction -= as(share[i]) * change[i];
    }
    if (scaled) {
      direction = direction.cwiseProduct(scale);
      if (!step.empty()) direction *= as(curvature.back() / dot(change.back().cwiseProduct(scale), change.back()));
    } else if (!step.empty()) {
      direction *= as(curvature.back() / dot(change.back(), change.back()));
    }
    for (std::size_t i = 0; i < step.size(); ++i)
      direction += as(share[i] - dot(change[i], direction) / curvature[i]) * step[i];
    double slope = dot(direction, gradient);
    if (!(slope < 0)) {  // rounding has spoilt the memory: start again downhill
      step.clear(), change.clear(), curvature.clear();
      direction = -gradient;
      slope = -dot(gradient, gradient);
    }

    double length = step.empty() && !scaled ? std::min(1.0, 1.0 / static_cast<double>(gradient.norm())) : 1.0;
    double low = 0, high = std::numeric_limits<double>::infinity(), next_value = 0;
    // What rounding may add to a value: near the end it would otherwise refuse good steps.
    const double rounding = 4 * static_cast<double>(std::numeric_limits<real>::epsilon()) * std::abs(out.value);
    bool found = false;
    for (int attempt = 0; attempt < 60 && !found; ++attempt) {
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

    Vector s = next - x, y = next_gradient - gradient;
    x.swap(next);
    gradient.swap(next_gradient);
    out.value = next_value;
    if (const double sy = dot(s, y); sy > 1e-16 * dot(y, y) && sy > 0) {
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
