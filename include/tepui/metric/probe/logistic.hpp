#pragma once
/// Gives a cell the label that weighted sums of its embedding speak for: multinomial logistic regression.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/logistic_loss.hpp>
#include <tepui/metric/probe/minimise.hpp>
#include <tepui/metric/probe/prepared_cells.hpp>
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

  /// Takes over what was learned of prepared cells.       in  parameters [dims + 1, present classes], the last row the
  /// intercepts
  void take(const vector& parameters, const prepared_cells<Real>& cells, std::int32_t n_classes) {
    const std::int64_t dims = cells.x.cols();
    const Eigen::Map<const matrix> fitted(parameters.data(), dims + 1, cells.n_classes());
    present = cells.present;
    weight = matrix::Zero(n_classes, dims);
    intercept = vector::Zero(n_classes);
    for (std::int64_t c = 0; c < cells.n_classes(); ++c) {
      const std::int32_t to = present[usize(c)];
      weight.row(to) = fitted.col(c).head(dims).transpose().cwiseQuotient(cells.unit);
      intercept(to) = fitted(dims, c) - weight.row(to).dot(cells.mean);
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
///        exceeds `tolerance`; dims are centred for this, which moves only the intercepts
/// classes  two: the penalty is on the difference of their weights, as scikit-learn has it; one: always that one
/// ties   equal probability: smallest class            fewer  after max_iterations the last weights count, `converged` is
///        false
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
    const prepared_cells<Real> cells(task, standardise);
    const std::int64_t n = cells.x.rows(), dims = cells.x.cols(), classes = cells.n_classes();
    model out;
    vector parameters = vector::Zero(classes * (dims + 1));
    if (classes == 1) {
      out.converged = true;
    } else {
      const double ridge = (classes == 2 ? 2.0 : 1.0) / (C * static_cast<double>(n));
      const minimum found = descend(cells, ridge, task.threads, parameters);
      out.iterations = found.iterations;
      out.converged = found.converged;
    }
    out.take(parameters, cells, task.n_classes);
    return out;
  }

  /// From zero in float32 as far as its rounding allows, which is most of the way, then in Real.
  [[nodiscard]] minimum descend(const prepared_cells<Real>& cells, double ridge, int threads, vector& parameters) const {
    const vector scale = curvature_guess(cells, ridge);
    int before = 0;
    if constexpr (!std::is_same_v<Real, float>) {
      basic_logistic_loss<float> rough;
      rough.x = cells.x.template cast<float>();
      rough.label = cells.label;
      rough.n_classes = cells.n_classes();
      rough.ridge = static_cast<float>(ridge);
      rough.threads = threads;
      Eigen::VectorXf from = parameters.template cast<float>();
      const Eigen::VectorXf rough_scale = scale.template cast<float>();
      before = minimise(rough, from, {.tolerance = std::max(tolerance, 3e-5), .max_iterations = max_iterations}, rough_scale)
                   .iterations;
      parameters = from.template cast<Real>();
    }
    loss_function loss;
    loss.x = cells.x;
    loss.label = cells.label;
    loss.n_classes = cells.n_classes();
    loss.ridge = static_cast<Real>(ridge);
    loss.threads = threads;
    minimum found =
        minimise(loss, parameters, {.tolerance = tolerance, .max_iterations = std::max(0, max_iterations - before)}, scale);
    found.iterations += before;
    return found;
  }

  /// One over what the curvature along each parameter would be if every cell had the shares of the classes as its
  /// probabilities.
  [[nodiscard]] static vector curvature_guess(const prepared_cells<Real>& cells, double ridge) {
    const std::int64_t dims = cells.x.cols(), classes = cells.n_classes();
    const auto n = static_cast<Real>(cells.x.rows());
    const vector square = cells.x.colwise().squaredNorm().transpose() / n;
    vector share = vector::Zero(classes), out(classes * (dims + 1));
    for (const std::int32_t l : cells.label) share(l) += 1 / n;
    for (std::int64_t c = 0; c < classes; ++c) {
      const Real spread = share(c) * (1 - share(c));
      for (std::int64_t d = 0; d < dims; ++d) out(c * (dims + 1) + d) = 1 / (spread * square(d) + static_cast<Real>(ridge));
      out(c * (dims + 1) + dims) = 1 / spread;
    }
    return out;
  }
};

using logistic_probe = basic_logistic_probe<double>;

}  // namespace tepui::metric
