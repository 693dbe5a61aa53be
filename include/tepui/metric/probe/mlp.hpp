#pragma once
/// Gives a cell the label that a small network with one hidden layer has learned, for types that no straight plane divides.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/minimise.hpp>
#include <tepui/metric/probe/mlp_loss.hpp>
#include <tepui/metric/probe/prepared_cells.hpp>

namespace tepui::metric {

/// Multilayer perceptron: standardised dims, `hidden` tanh units, softmax; mean cross-entropy with weight decay.
/// in     probe_task                                   out    predicted [test cells]; answer: with probability [test cells,
///        classes]
/// fit    at most `steps` steps of L-BFGS over all cells from weights drawn by the seed (uniform in +- sqrt(6 / (in + out)),
///        Glorot and Bengio 2010); the lowest point of so many steps is not the lowest there is
/// classes  one: always that one; classes that the training cells lack are never predicted
/// ties   equal probability: smallest class            errors bad_option: hidden or steps below 1, decay below 0; bad_data:
///        see probe_task
/// cost   O(steps cells hidden (dims + classes))       repeat bit-equal for one seed and any number of threads on one binary
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
struct basic_mlp_probe {
  using loss_function = basic_mlp_loss<Real>;
  using vector = typename loss_function::vector;
  static constexpr std::string_view name = "mlp";
  int hidden = 64;
  int steps = 200;
  double decay = 1e-3;  ///< of the weights, beside the mean cross-entropy
  std::uint64_t seed = 1;

  [[nodiscard]] std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "mlp(%d hidden, %d steps, decay %g, seed %llu)", hidden, steps, decay,
                  static_cast<unsigned long long>(seed));
    return text;
  }
  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const { return answer(task).predicted; }

  [[nodiscard]] probe_answer answer(const probe_task& task) const {
    if (hidden < 1 || steps < 1 || !(decay >= 0))
      throw bad_option("mlp: " + std::to_string(hidden) + " hidden units, " + std::to_string(steps) + " steps and decay " +
                       std::to_string(decay) + "; give at least one unit and one step, and no negative decay");
    task.check("mlp");
    const prepared_cells<Real> cells(task, true);
    loss_function loss;
    loss.x = cells.x;
    loss.label = cells.label;
    loss.n_classes = cells.n_classes();
    loss.hidden = hidden;
    loss.decay = static_cast<Real>(decay);
    loss.threads = task.threads;
    const std::int64_t dims = cells.x.cols(), inner_size = (dims + 1) * hidden;
    vector parameters = start(dims, loss.n_classes);
    if (loss.n_classes > 1) static_cast<void>(minimise(loss, parameters, {.tolerance = 1e-6, .max_iterations = steps}));

    const typename loss_function::view a(parameters.data(), dims + 1, hidden),
        b(parameters.data() + inner_size, hidden + 1, loss.n_classes);
    probe_answer out;
    out.probability.assign(usize(task.test.n_cells()) * usize(task.n_classes), 0);
    typename loss_function::row_matrix rows, inner, p;
    typename prepared_cells<Real>::row_vector one;
    constexpr std::int64_t at_once = 512;
    for (std::int64_t first = 0; first < task.test.n_cells(); first += at_once) {
      rows.resize(std::min(at_once, task.test.n_cells() - first), dims);
      for (std::int64_t c = 0; c < rows.rows(); ++c) {
        cells.prepare(task.test.row(first + c), one);
        rows.row(c) = one;
      }
      loss_function::forward(rows, a, b, inner, p);
      for (std::int64_t c = 0; c < rows.rows(); ++c)
        for (std::int64_t k = 0; k < loss.n_classes; ++k)
          out.probability[usize((first + c) * task.n_classes + cells.present[usize(k)])] = static_cast<double>(p(c, k));
    }
    out.predicted = most_likely(out.probability, task.n_classes, cells.present);
    return out;
  }

  /// Weights to begin with; intercepts are 0.
  [[nodiscard]] vector start(std::int64_t dims, std::int64_t classes) const {
    const kernel::draws random(seed, "metric: mlp");
    vector out = vector::Zero(loss_function::size(dims, hidden, classes));
    std::int64_t at = 0;
    const auto layer = [&](std::int64_t in, std::int64_t units) {
      const double reach = std::sqrt(6.0 / static_cast<double>(in + units));
      for (std::int64_t u = 0; u < units; ++u, ++at)
        for (std::int64_t i = 0; i < in; ++i, ++at) out(at) = static_cast<Real>(reach * (2 * random.uniform(at) - 1));
    };
    layer(dims, hidden);
    layer(hidden, classes);
    return out;
  }
};

using mlp_probe = basic_mlp_probe<float>;

}  // namespace tepui::metric
