#pragma once
/// Gives a cell the label that most of its nearest labelled neighbours have.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/k_nearest.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// Majority vote of the k nearest training cells, Euclidean, each with one voice.
/// in     probe_task                                   out    predicted [test cells]
/// ties   equal distance: lower training row; equal votes: smallest class         few    k is at most the training cells
/// errors bad_option: k < 1; bad_data: see probe_task
/// cost   O(test train dims), kernel::k_nearest: 16-bit products; whoever could be among the k is measured in float64
/// repeat the neighbours are those of exact distances, bit-equal for any number of threads and on every machine
/// source scikit-learn KNeighborsClassifier, whose choice among equal distances depends on its algorithm
/// A template only so that a program that includes this file does not compile a search unless it uses it.
template <class Real>
struct basic_knn_probe {
  static constexpr std::string_view name = "knn";
  int k = 5;

  [[nodiscard]] std::string describe() const { return "knn(" + std::to_string(k) + ")"; }

  [[nodiscard]] std::vector<std::int32_t> operator()(const probe_task& task) const {
    std::vector<std::int32_t> out(usize(task.test.n_cells()));
    each_cell(task, [&](std::int64_t cell, std::span<const kernel::measured_neighbour> nearest) {
      std::vector<std::int32_t> vote(usize(task.n_classes), 0);
      for (const auto& [distance, row] : nearest) ++vote[usize(task.label[usize(row)])];
      out[usize(cell)] = static_cast<std::int32_t>(std::max_element(vote.begin(), vote.end()) - vote.begin());
    });
    return out;
  }

  /// The neighbours themselves.                       -> [test cells, min(k, training cells)], nearest first
  [[nodiscard]] std::vector<std::vector<std::int64_t>> neighbours(const probe_task& task) const {
    std::vector<std::vector<std::int64_t>> out(usize(task.test.n_cells()));
    each_cell(task, [&](std::int64_t cell, std::span<const kernel::measured_neighbour> nearest) {
      for (const auto& [distance, row] : nearest) out[usize(cell)].push_back(row);
    });
    return out;
  }

 private:
  template <class Visit>
  void each_cell(const probe_task& task, const Visit& visit) const {
    if (k < 1) throw bad_option("knn: k is " + std::to_string(k) + ", but must be at least 1");
    task.check("knn");
    const kernel::points_of<Real> test{task.test.n_cells(), task.test.n_columns, task.test.value};
    const kernel::points_of<Real> train{task.train.n_cells(), task.train.n_columns, task.train.value};
    kernel::each_k_nearest(test, train, false, k, task.threads, visit);
  }
};

using knn_probe = basic_knn_probe<float>;

}  // namespace tepui::metric
