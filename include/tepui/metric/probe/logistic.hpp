#pragma once
/// Gives a cell the label that weighted sums of its embedding speak for: multinomial logistic regression.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/logistic_loss.hpp>
#include <tepui/metric/minimise.hpp>
#include <tepui/metric/probe_task.hpp>

namespace tepui::metric {

/// A fitted logistic regression.                       weight [classes, dims], intercept [classes]; for cells as they are, not standardised
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
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
};

using logistic_model = basic_logistic_model<double>;

/// Multinomial logistic regression with a ridge penalty: minimises C * (sum of cross-entropies) + |W|^2 / 2, intercepts free.
/// in     probe_task                                   out    predicted [test cells]
/// fit    L-BFGS on the objective divided by C * cells, until no entry of its gradient exceeds `tolerance`; dims are centred for
///        this, which moves only the intercepts
/// classes  two: the penalty is on the difference of their weights, as scikit-learn has it; one: always that one
/// ties   equal probability: smallest class            fewer  after max_iterations the last weights count, `converged` is false
/// errors bad_option: C or tolerance not above 0; bad_data: see probe_task
/// cost   O(cells dims classes) an iteration, some tens of iterations
/// repeat bit-equal for any number of threads on one binary
/// source scikit-learn LogisticRegression(C=1, solver="lbfgs"), whose objective this is
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_logistic_probe {
  using model = basic_logistic_model<Real>;
  using loss_function = basic_logistic_loss<Real>;
  using matrix = typename model::matrix;
  using vector = typename model::vector;
  using row_vector = Eigen::Matrix<Real, 1, Eigen::Dynamic>;
  static constexpr std::string_view name = "logistic";
  double C = 1.0;
  bool standardise = false;  ///< divide every dim by its standard deviation over the training cells first
  double tolerance = 1e-6;
  int max_iterations = 1000;

  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "logistic(C = %g%s, tolerance %g, %d iterations)", C, standardise ? ", standardised" : "", tolerance,
                  max_iterations);
    return text;
  }

  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const {
    const model fitted = fit(task);
    std::vector<std::int32_t> out(usize(task.test.n_cells()));
    const matrix p = fitted.probability(task.test);
    for (std::int64_t c = 0; c < p.rows(); ++c) {
      std::int32_t best = fitted.present[0];
      for (const std::int32_t class_code : fitted.present)
        if (p(c, class_code) > p(c, best)) best = class_code;
      out[usize(c)] = best;
    }
    return out;
  }

  [[nodiscard]] model fit(const probe_task& task) const {
    if (!(C > 0 && tolerance > 0))
      throw bad_option("logistic: C is " + std::to_string(C) + " and tolerance " + std::to_string(tolerance) + ", but both must be above 0");
    task.check("logistic");
    const std::int64_t n = task.train.n_cells(), dims = task.train.n_columns;
    model out;
    std::vector<std::int32_t> number(usize(task.n_classes), -1);
    for (const std::int32_t l : task.label) number[usize(l)] = 0;
    for (std::int32_t c = 0; c < task.n_classes; ++c)
      if (number[usize(c)] == 0) {
        number[usize(c)] = static_cast<std::int32_t>(out.present.size());
        out.present.push_back(c);
      }
    out.weight = matrix::Zero(task.n_classes, dims);
    out.intercept = vector::Zero(task.n_classes);
    const auto classes = isize(out.present.size());
    if (classes == 1) {
      out.converged = true;
      return out;
    }

    loss_function loss;
    loss.x.resize(n, dims);
    for (std::int64_t c = 0; c < n; ++c)
      for (std::int64_t d = 0; d < dims; ++d) loss.x(c, d) = static_cast<Real>(task.train.row(c)[usize(d)]);
    const row_vector mean = loss.x.colwise().mean();
    loss.x.rowwise() -= mean;
    row_vector unit = row_vector::Ones(dims);
    if (standardise) {
      unit = (loss.x.colwise().squaredNorm() / static_cast<Real>(n)).cwiseSqrt();
      unit = (unit.array() > 0).select(unit, 1.0);
      loss.x.array().rowwise() /= unit.array();
    }
    for (const std::int32_t l : task.label) loss.label.push_back(number[usize(l)]);
    loss.n_classes = classes;
    loss.ridge = (classes == 2 ? 2.0 : 1.0) / (C * static_cast<double>(n));
    loss.threads = task.threads;

    vector parameters = vector::Zero(classes * (dims + 1));
    const minimum found = minimise(loss, parameters, {.tolerance = tolerance, .max_iterations = max_iterations});
    out.iterations = found.iterations;
    out.converged = found.converged;
    const typename loss_function::parameter_view fitted(parameters.data(), dims + 1, classes);
    for (std::int64_t c = 0; c < classes; ++c) {
      const std::int32_t to = out.present[usize(c)];
      out.weight.row(to) = fitted.col(c).head(dims).transpose().cwiseQuotient(unit);
      out.intercept(to) = fitted(dims, c) - out.weight.row(to).dot(mean);
    }
    return out;
  }
};

using logistic_probe = basic_logistic_probe<double>;

}  // namespace tepui::metric
