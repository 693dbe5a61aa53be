#pragma once
/// Gives a cell the label that weighted sums of a few dims of its embedding speak for: logistic regression that sets weights
/// to 0.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/cell_strips.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/metric/probe/logistic_curvature.hpp>
#include <tepui/metric/probe/logistic_loss.hpp>
#include <tepui/metric/probe/minimise_sparse.hpp>

namespace tepui::metric {

/// Multinomial logistic regression with an absolute penalty: minimises C * (sum of cross-entropies) + sum of |W|, intercepts
/// free.
/// in     probe_task                                   out    predicted [test cells]; answer: with probability [test cells,
///        classes]
/// fit    orthant-wise L-BFGS on the objective divided by C * cells, first in float32 and then in float64, until no entry of
///        its least subgradient exceeds `tolerance`; weights that are 0 are exactly 0
/// classes  the lowest point is unique for an odd number of classes; for an even one, weights of a dim can be moved together
///          between
///        its two middle ones without a change of anything that is predicted; one class: always that one
/// ties   equal probability: smallest class            fewer  after max_iterations the last weights count, `converged` is
///        false
/// errors bad_option: C or tolerance not above 0; bad_data: see probe_task
/// cost   O(cells dims classes) an iteration, some hundreds of iterations; a float32 copy of the training cells
/// repeat bit-equal for any number of threads on one binary
/// source scikit-learn LogisticRegression(penalty="l1", solver="saga"), whose objective this is; Andrew and Gao 2007
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_sparse_logistic_probe {
  using model = basic_logistic_model<Real>;
  using vector = typename model::vector;
  static constexpr std::string_view name = "sparse_logistic";
  double C = 1.0;
  bool standardise = false;  ///< divide every dim by its standard deviation over the training cells first
  double tolerance = 1e-6;
  int max_iterations = 2000;

  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "sparse_logistic(C = %g%s, tolerance %g, %d iterations)", C,
                  standardise ? ", standardised" : "", tolerance, max_iterations);
    return text;
  }
  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const { return answer(task).predicted; }
  [[nodiscard]] probe_answer answer(const probe_task& task) const { return fit(task).answer(task.test); }

  [[nodiscard]] model fit(const probe_task& task) const {
    if (!(C > 0 && tolerance > 0))
      throw bad_option("sparse_logistic: C is " + std::to_string(C) + " and tolerance " + std::to_string(tolerance) +
                       ", but both must be above 0");
    task.check("sparse_logistic");
    const cell_strips cells(task, standardise);
    basic_logistic_loss<Real> loss;
    loss.cells = &cells;
    loss.threads = task.threads;
    const std::int64_t dims = cells.dims();
    model out;
    out.converged = cells.n_classes() == 1;
    vector parameters = vector::Zero(cells.n_scores() * (dims + 1));
    if (cells.n_classes() > 1) {
      const double one = 1 / (C * static_cast<double>(cells.n_cells()));
      vector price = vector::Constant(parameters.size(), static_cast<Real>(one));
      for (std::int64_t s = 0; s < cells.n_scores(); ++s) price(s * (dims + 1) + dims) = 0;
      const vector scale = basic_logistic_curvature<Real>::diagonal(cells, 0.01 * one);
      const auto in_float = [&](const vector& at, vector& gradient) { return loss.rough(at, gradient); };
      const int before =
          minimise_sparse(in_float, parameters, price, in_single_precision(tolerance, max_iterations), scale).iterations;
      const minimise_options exact{.tolerance = tolerance, .max_iterations = std::max(0, max_iterations - before)};
      const minimum found = minimise_sparse(loss, parameters, price, exact, scale);
      out.iterations = before + found.iterations;
      out.converged = found.converged;
    }
    out.take(parameters, cells, task.n_classes);
    return out;
  }
};

using sparse_logistic_probe = basic_sparse_logistic_probe<double>;

}  // namespace tepui::metric
