#pragma once
/// Gives a cell the label that weighted sums of its embedding speak for: multinomial logistic regression.

#include <algorithm>
#include <cmath>
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
#include <tepui/metric/probe/logistic_curvature.hpp>
#include <tepui/metric/probe/logistic_loss.hpp>
#include <tepui/metric/probe/minimise.hpp>
#include <tepui/metric/probe/step_memory.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// A fitted logistic regression.                       weight [classes, dims], intercept [classes]; for cells as they are,
/// not standardised A template only so that a program that includes this file does not compile Eigen's products unless it
/// uses them.
template <class Real>
struct basic_logistic_model {
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  matrix weight;
  vector intercept;
  std::vector<std::int32_t> present;  ///< classes that the training cells have; the others are never predicted
  int iterations = 0;
  bool converged = false;  ///< the largest entry of the gradient fell to `tolerance`

  /// -> probability [cells, classes], 0 for classes that the training cells do not have
  [[nodiscard]] matrix probability(const embedding_view<>& cells) const {
    matrix out = matrix::Zero(cells.n_cells(), weight.rows());
    vector x(cells.n_columns), score(weight.rows());
    for (std::int64_t c = 0; c < cells.n_cells(); ++c) {
      for (std::int64_t d = 0; d < cells.n_columns; ++d) x(d) = static_cast<Real>(cells.row(c)[usize(d)]);
      score.noalias() = weight * x + intercept;
      Real most = score(present[0]), sum = 0;
      for (const std::int32_t p : present) most = std::max(most, score(p));
      for (const std::int32_t p : present) sum += out(c, p) = std::exp(score(p) - most);
      out.row(c) /= sum;
    }
    return out;
  }
  [[nodiscard]] probe_answer answer(const embedding_view<>& cells) const {
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> p =
        probability(cells).template cast<double>();
    probe_answer out;
    out.probability.assign(p.data(), p.data() + p.size());
    out.predicted = most_likely(out.probability, static_cast<std::int32_t>(weight.rows()), present);
    return out;
  }

  /// Takes over what was learned of training cells.      in  parameters, as basic_logistic_loss has them
  void take(const vector& parameters, const cell_strips& cells, std::int32_t n_classes) {
    const std::int64_t dims = cells.dims();
    const Eigen::Map<const matrix> fitted(parameters.data(), dims + 1, cells.n_scores());
    present = cells.classes.present;
    weight = matrix::Zero(n_classes, dims);
    intercept = vector::Zero(n_classes);
    const auto put = [&](std::int32_t to, std::int64_t row, Real times) {
      intercept(to) = times * fitted(dims, row);
      for (std::int64_t d = 0; d < dims; ++d) {
        weight(to, d) = times * fitted(d, row) / static_cast<Real>(cells.unit[usize(d)]);
        intercept(to) -= weight(to, d) * static_cast<Real>(cells.mean[usize(d)]);
      }
    };
    if (cells.n_classes() == 2) {  // one score, by which the second is ahead: half of it each
      put(present[0], 0, Real(-0.5));
      put(present[1], 0, Real(0.5));
    } else {
      for (std::int64_t c = 0; c < cells.n_classes(); ++c) put(present[usize(c)], c, Real(1));
    }
    // A number added to all intercepts changes no prediction: their mean is 0, for cells as they are.
    const Real middle = intercept.sum() / static_cast<Real>(present.size());
    for (const std::int32_t c : present) intercept(c) -= middle;
  }
};

using logistic_model = basic_logistic_model<double>;

/// Multinomial logistic regression with a ridge penalty: minimises C * (sum of cross-entropies) + |W|^2 / 2, intercepts
/// free.
/// in     probe_task                                   out    predicted [test cells]; answer: with probability [test cells,
///        classes]
/// fit    L-BFGS on the objective divided by C * cells, first in float32 and then in float64, until no entry of its gradient
///        exceeds `tolerance`; dims are centred for this, which moves only the intercepts. How far its first guess of a step
///        goes is learned from the cells in doubt (logistic_curvature)
/// classes  two: the penalty is on the difference of their weights, as scikit-learn has it; one: always that one
/// ties   equal probability: smallest class            fewer  after max_iterations the last weights count, `converged` is
///        false
/// errors bad_option: C or tolerance not above 0; bad_data: see probe_task
/// cost   O(cells dims classes) an iteration, some tens of iterations; a float32 copy of the training cells
/// repeat bit-equal for any number of threads on one binary
/// source scikit-learn LogisticRegression(C=1, solver="lbfgs"), whose objective this is
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_logistic_probe {
  using model = basic_logistic_model<Real>;
  using vector = typename model::vector;
  static constexpr std::string_view name = "logistic";
  double C = 1.0;
  bool standardise = false;  ///< divide every dim by its standard deviation over the training cells first
  double tolerance = 1e-6;
  int max_iterations = 1000;

  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "logistic(C = %g%s, tolerance %g, %d iterations)", C,
                  standardise ? ", standardised" : "", tolerance, max_iterations);
    return text;
  }

  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const { return answer(task).predicted; }
  [[nodiscard]] probe_answer answer(const probe_task& task) const { return fit(task).answer(task.test); }

  [[nodiscard]] model fit(const probe_task& task) const {
    if (!(C > 0 && tolerance > 0))
      throw bad_option("logistic: C is " + std::to_string(C) + " and tolerance " + std::to_string(tolerance) +
                       ", but both must be above 0");
    task.check("logistic");
    const cell_strips cells(task, standardise);
    basic_logistic_loss<Real> loss;
    loss.cells = &cells;
    loss.ridge = 1 / (C * static_cast<double>(cells.n_cells()));
    loss.threads = task.threads;
    model out;
    vector parameters = vector::Zero(cells.n_scores() * (cells.dims() + 1));
    if (cells.n_classes() == 1) {
      out.converged = true;
    } else {
      const minimum found = descend(loss, parameters);
      out.iterations = found.iterations;
      out.converged = found.converged;
    }
    out.take(parameters, cells, task.n_classes);
    return out;
  }

 private:
  /// From zero in single precision as far as it tells up from down, which is nearly all the way, then in double with the
  /// memory of the last steps.
  minimum descend(const basic_logistic_loss<Real>& loss, vector& parameters) const {
    basic_logistic_curvature<Real> curvature(loss);
    const minimise_options rough = in_single_precision(tolerance, max_iterations);
    step_memory<vector> memory(rough.memory);
    const auto in_float = [&](const vector& at, vector& gradient) { return loss.rough(at, gradient); };
    const int before = minimise(in_float, parameters, rough, curvature, memory).iterations;
    const minimise_options exact{.tolerance = tolerance, .max_iterations = std::max(0, max_iterations - before)};
    minimum found = minimise(loss, parameters, exact, curvature, memory);
    found.iterations += before;
    return found;
  }
};

using logistic_probe = basic_logistic_probe<double>;

}  // namespace tepui::metric
