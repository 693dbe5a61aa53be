#pragma once
/// Gives a cell the label whose dividing plane it lies farthest in front of: linear support vector machines, one type
/// against the others.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/probe/prepared_cells.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// Fitted planes.      plane [classes, dims + 1], the last column the intercepts; objective [classes], 0 for classes that
/// are not there
template <class Real>
struct basic_svm_model {
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  matrix plane;
  std::vector<double> objective;
  std::vector<std::int32_t> present;
  bool converged = true;

  /// -> [cells, classes]; meaningless for classes that the training cells do not have
  [[nodiscard]] matrix decision(const embedding_view<>& cells) const {
    matrix x(cells.n_cells(), cells.n_columns + 1);
    for (std::int64_t c = 0; c < cells.n_cells(); ++c) {
      for (std::int64_t d = 0; d < cells.n_columns; ++d) x(c, d) = static_cast<Real>(cells.row(c)[usize(d)]);
      x(c, cells.n_columns) = 1;
    }
    return x * plane.transpose();
  }
};

/// Of each class against the others, minimises (|w|^2 + b^2) / 2 + C * sum of max(0, 1 - y (w x + b))^2, y being 1 for cells
/// of the class and -1 for others. As in LIBLINEAR the intercept pays too.
/// in     probe_task                                   out    predicted [test cells], the class of the largest w x + b; no
///        probabilities
/// fit    Newton's method with an exact search along each step, until no entry of the gradient divided by C * cells exceeds
///        `tolerance`: the exact optimum, where LinearSVC stops at a relative tolerance
/// classes  two: one plane, its sign decides; one: always that one; classes that the training cells lack are never predicted
/// ties   smallest class                               few    a dim that never changes is harmless
/// errors bad_option: C or tolerance not above 0; bad_data: see probe_task
/// cost   O(cells dims^2) a class and step for the fewer of the cells inside and outside the margin, about ten steps
/// repeat bit-equal for any number of threads on one binary
/// source scikit-learn LinearSVC (squared hinge, L2), whose objective this is; Mangasarian 2002, Keerthi and DeCoste 2005
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_linear_svm_probe {
  using model = basic_svm_model<Real>;
  using matrix = typename model::matrix;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  static constexpr std::string_view name = "linear_svm";
  double C = 1.0;
  bool standardise = false;  ///< take off the mean and divide by the standard deviation of the training cells first
  double tolerance = 1e-9;
  int max_iterations = 100;

  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "linear_svm(C = %g%s, tolerance %g, %d iterations)", C,
                  standardise ? ", standardised" : "", tolerance, max_iterations);
    return text;
  }

  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const {
    const model fitted = fit(task);
    const matrix value = fitted.decision(task.test);
    std::vector<std::int32_t> out;
    for (std::int64_t c = 0; c < value.rows(); ++c) {
      std::int32_t best = fitted.present[0];
      for (const std::int32_t k : fitted.present)
        if (value(c, k) > value(c, best)) best = k;
      out.push_back(best);
    }
    return out;
  }

  [[nodiscard]] model fit(const probe_task& task) const {
    if (!(C > 0 && tolerance > 0))
      throw bad_option("linear_svm: C is " + std::to_string(C) + " and tolerance " + std::to_string(tolerance) +
                       ", but both must be above 0");
    task.check("linear_svm");
    prepared_cells<Real> cells(task, standardise);
    if (!standardise) {  // the intercept pays, so the place of the origin counts
      cells.x.rowwise() += cells.mean;
      cells.mean.setZero();
    }
    const std::int64_t n = cells.x.rows(), dims = cells.x.cols(), classes = cells.n_classes();
    matrix x(n, dims + 1);
    x.leftCols(dims) = cells.x;
    x.col(dims).setOnes();
    const matrix all = gram(x);
    model out;
    out.present = cells.present;
    out.plane = matrix::Zero(task.n_classes, dims + 1);
    out.objective.assign(usize(task.n_classes), 0);
    if (classes == 1) return out;
    std::vector<char> done(usize(classes), 1);
    kernel::parallel_chunks(classes, task.threads, [&](std::int64_t c, int) {
      if (classes == 2 && c == 0) return;  // the other side of the other's plane
      vector w = vector::Zero(dims + 1), side(n);
      for (std::int64_t i = 0; i < n; ++i) side(i) = cells.label[usize(i)] == c ? Real(1) : Real(-1);
      const std::int32_t to = out.present[usize(c)];
      done[usize(c)] = divide(x, all, side, w, out.objective[usize(to)]);
      auto plane = out.plane.row(to);
      plane.head(dims) = w.head(dims).transpose().cwiseQuotient(cells.unit);
      plane(dims) = w(dims) - plane.head(dims).dot(cells.mean);
    });
    if (classes == 2) {
      out.plane.row(out.present[0]) = -out.plane.row(out.present[1]);
      out.objective[usize(out.present[0])] = out.objective[usize(out.present[1])];
    }
    out.converged = std::all_of(done.begin(), done.end(), [](char d) { return d != 0; });
    return out;
  }

 private:
  static matrix gram(const matrix& rows) { return rows.transpose() * rows; }

  /// Fits one plane from w = 0. Says whether it converged.
  bool divide(const matrix& x, const matrix& all, const vector& side, vector& w, double& objective) const {
    const std::int64_t n = x.rows();
    const auto price = static_cast<Real>(2 * C);
    vector short_of = vector::Ones(n), push(n), gain(n);  // 1 - y f; positive inside the margin
    bool converged = false;
    for (int iteration = 0; iteration <= max_iterations; ++iteration) {
      std::int64_t inside = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        push(i) = short_of(i) > 0 ? side(i) * short_of(i) : Real(0);
        inside += short_of(i) > 0;
      }
      const vector gradient = w - price * (x.transpose() * push);
      converged = static_cast<double>(gradient.cwiseAbs().maxCoeff()) <= tolerance * C * static_cast<double>(n);
      objective = 0.5 * static_cast<double>(w.squaredNorm()) + C * static_cast<double>(push.squaredNorm());
      if (converged || iteration == max_iterations) break;
      // The products of the cells inside: of those, or of all less those outside.
      const bool few_inside = 2 * inside <= n;
      matrix chosen(few_inside ? inside : n - inside, x.cols());
      for (std::int64_t i = 0, to = 0; i < n; ++i)
        if ((short_of(i) > 0) == few_inside) chosen.row(to++) = x.row(i);
      matrix curvature = few_inside ? gram(chosen) : matrix(all - gram(chosen));
      curvature *= price;
      curvature.diagonal().array() += Real(1);
      const vector step = -Eigen::LLT<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>>(curvature).solve(gradient);
      gain = (x * step).cwiseProduct(side);
      const Real length = lowest_along(w, step, short_of, gain, price);
      if (!(length > 0)) break;
      w += length * step;
      short_of -= length * gain;
    }
    return converged;
  }

  /// Where the objective is lowest on w + t step: its slope there rises piece by piece, so Newton's method finds its zero,
  /// kept between the last points of either sign.
  static Real lowest_along(const vector& w, const vector& step, const vector& short_of, const vector& gain, Real price) {
    const Real along = w.dot(step), square = step.squaredNorm();
    Real t = 1, low = 0, high = std::numeric_limits<Real>::infinity();
    for (int attempt = 0; attempt < 60; ++attempt) {
      Real slope = along + t * square, rise = square;
      for (Eigen::Index i = 0; i < gain.size(); ++i) {
        const Real left = short_of(i) - t * gain(i);
        if (left > 0) slope -= price * gain(i) * left, rise += price * gain(i) * gain(i);
      }
      if (slope == 0) return t;
      (slope > 0 ? high : low) = t;
      Real next = t - slope / rise;
      if (!(next > low && next < high)) next = std::isinf(high) ? 2 * t : (low + high) / 2;
      if (std::abs(next - t) <= Real(1e-12) * t) return next;
      t = next;
    }
    return t;
  }
};

using linear_svm_probe = basic_linear_svm_probe<double>;

}  // namespace tepui::metric
