// Probes and the metrics of classification on 20,000 cells of 20 types in 50 dims, one thread: seconds, and how low each
// objective is. Logistic regression also on 20,000 cells of 2 types in 50 dims and 5,000 cells of 10 types in 500 dims.
//   bench_probe                   on cells of its own
//   bench_probe FOLDER            on x.bin (float32 [cells, dims]) and label.bin (int32 [cells]) there, for
//                                 bench/peers/probe.py; prints a line a measure: name, seconds of this process, a number to
//                                 compare
//   bench_probe FOLDER logistic   only logistic regressions
#include "measure.hpp"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <tepui/metric/classification/scores.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/linear_svm.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/metric/probe/mlp.hpp>
#include <tepui/metric/probe/sparse_logistic.hpp>

namespace tp = tepui;
namespace m = tepui::metric;

namespace {

struct labelled_cells {
  tp::embedding_batch<> cells;
  std::vector<std::int32_t> label;
  std::int32_t types = 0;
  labelled_cells(const std::vector<float>& x, std::vector<std::int32_t> of) : label(std::move(of)) {
    const auto n = tp::isize(label.size());
    cells.resize(n, tp::isize(x.size()) / n);
    std::copy(x.begin(), x.end(), cells.value.begin());
    for (const std::int32_t l : label) types = std::max(types, l + 1);
  }
  [[nodiscard]] m::probe_task task() const {
    return {.train = cells.view(), .label = label, .n_classes = types, .test = cells.view()};
  }
  /// C = 1: the sum of cross-entropies
  [[nodiscard]] double shared_loss(const m::logistic_model& model) const {
    const auto p = model.probability(cells.view());
    double sum = 0;
    for (std::int64_t i = 0; i < cells.n_cells(); ++i) sum -= std::log(p(i, label[tp::usize(i)]));
    return sum;
  }
};

/// Types of unequal size that overlap, the more the smaller `apart`.
labelled_cells make(std::int64_t n, std::int64_t dims, std::int32_t types, double apart) {
  std::vector<float> x;
  std::vector<std::int32_t> label;
  const tp::kernel::draws random(3, "cells"), middle(4, "types");
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t type = 0;
    for (double u = random.uniform(i, 9999), share = 0.25; u > share && type < types - 1; share *= 0.8, ++type) u -= share;
    label.push_back(type);
    for (std::int64_t d = 0; d < dims; ++d)
      x.push_back(static_cast<float>(apart * middle.normal(type, static_cast<std::uint64_t>(d)) +
                                     random.normal(i, static_cast<std::uint64_t>(d))));
  }
  return {x, label};
}

/// -> fitted as by default
m::logistic_model logistics(const labelled_cells& given) {
  m::logistic_model out, rough;
  const auto line = [&](const char* name, const m::logistic_probe& probe, m::logistic_model& fitted) {
    const double seconds = bench::median_own_seconds(7, [&] { fitted = probe.fit(given.task()); });
    std::printf("%s %.4f %.10g   (%d iterations%s)\n", name, seconds,
                given.shared_loss(fitted) + 0.5 * fitted.weight.squaredNorm() * (given.types == 2 ? 2 : 1),
                fitted.iterations, fitted.converged ? "" : ", not converged");
  };
  line("logistic", {}, out);
  line("logistic_tolerance_5e-5", {.tolerance = 5e-5}, rough);
  line("logistic_tolerance_1e-4", {.tolerance = 1e-4}, rough);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "";
  const labelled_cells seen = folder.empty() ? make(20'000, 50, 20, 0.5)
                                             : labelled_cells(bench::read<float>(folder + "/x.bin"),
                                                              bench::read<std::int32_t>(folder + "/label.bin"));
  const auto& [cells, label, types] = seen;
  const m::probe_task task = seen.task();
  const m::logistic_model ridge = logistics(seen);
  if (argc > 2) return 0;
  if (folder.empty()) {
    std::printf("20,000 cells x 50 dims, 2 types: ");
    logistics(make(20'000, 50, 2, 0.2));
    std::printf("5,000 cells x 500 dims, 10 types: ");
    logistics(make(5'000, 500, 10, 0.15));
  }
  m::logistic_model lasso;
  double seconds = bench::median_own_seconds(1, [&] { lasso = m::sparse_logistic_probe{}.fit(task); });
  std::printf("sparse_logistic %.4f %.9g   (%d iterations, %lld zeros)\n", seconds,
              seen.shared_loss(lasso) + lasso.weight.cwiseAbs().sum(), lasso.iterations,
              static_cast<long long>((lasso.weight.array() == 0).count()));
  m::basic_svm_model<double> planes;
  seconds = bench::median_own_seconds(3, [&] { planes = m::linear_svm_probe{}.fit(task); });
  double objective = 0;
  for (const double o : planes.objective) objective += o;
  std::printf("linear_svm %.4f %.9g   (%s)\n", seconds, objective, planes.converged ? "converged" : "not converged");
  m::probe_answer said;
  seconds = bench::median_own_seconds(1, [&] { said = m::mlp_probe{}.answer(task); });
  std::printf("mlp %.4f %.9g\n", seconds, m::confusion(label, said.predicted, types).accuracy());

  said = ridge.answer(cells.view());
  std::vector<std::string> names;
  for (std::int32_t t = 0; t < types; ++t) names.push_back("type " + std::to_string(t));
  const m::answers given{label, said.predicted, {}, names, types, said.probability};
  double value = 0;
  seconds = bench::median_own_seconds(3, [&] {
    value =
        m::measure(m::predicted_cells(given), {}, m::accuracy{}, m::macro_f1{}, m::f1_by_class{}, m::mcc{}, m::kappa{})[1]
            .value.value;
  });
  std::printf("counts_1000_resamples %.4f %.9g\n", seconds, value);
  seconds = bench::median_own_seconds(
      1, [&] { value = m::measure(m::predicted_cells(given), {}, m::auroc{}, m::auprc{.micro = false})[0].value.value; });
  std::printf("auroc_and_auprc_resampled %.4f %.9g\n", seconds, value);
  seconds = bench::median_own_seconds(3, [&] {
    value = m::measure(m::predicted_cells(given), {.resamples = 0}, m::auroc{.by_class = false},
                       m::auprc{.by_class = false, .micro = false})[0]
                .value.value;
  });
  std::printf("auroc_and_auprc %.4f %.9g\n", seconds, value);
}
