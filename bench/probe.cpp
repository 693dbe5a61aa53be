// Probes and the metrics of classification on 20,000 cells of 20 types in 50 dims, one thread: seconds, and how low each
// objective is.
//   bench_probe                 on cells of its own
//   bench_probe FOLDER          on x.bin (float32 [cells, 50]) and label.bin (int32 [cells]) there, for bench/peers/probe.py;
//                               prints a line a measure: name, seconds of this process, a number to compare
#include "measure.hpp"

#include <time.h>

#include <cmath>
#include <string>

#include <tepui/metric/classification/scores.hpp>
#include <tepui/metric/probe/answer.hpp>
#include <tepui/metric/probe/linear_svm.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/metric/probe/mlp.hpp>
#include <tepui/metric/probe/sparse_logistic.hpp>

namespace tp = tepui;
namespace m = tepui::metric;

namespace {

constexpr std::int64_t dims = 50;
constexpr std::int32_t types = 20;

/// Types of unequal size that overlap.
void make(std::vector<float>& x, std::vector<std::int32_t>& label, std::int64_t n) {
  const tp::kernel::draws random(3, "cells"), middle(4, "types");
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t type = 0;
    for (double u = random.uniform(i, 9999), share = 0.25; u > share && type < types - 1; share *= 0.8, ++type) u -= share;
    label.push_back(type);
    for (std::int64_t d = 0; d < dims; ++d)
      x.push_back(static_cast<float>(0.5 * middle.normal(type, static_cast<std::uint64_t>(d)) +
                                     random.normal(i, static_cast<std::uint64_t>(d))));
  }
}

}  // namespace

int main(int argc, char** argv) {
  tp::embedding_batch<> cells;
  std::vector<std::int32_t> label;
  std::vector<float> x;
  if (argc > 1) {
    x = bench::read<float>(std::string(argv[1]) + "/x.bin");
    label = bench::read<std::int32_t>(std::string(argv[1]) + "/label.bin");
  } else {
    make(x, label, 20'000);
  }
  const auto n = tp::isize(label.size());
  cells.resize(n, dims);
  std::copy(x.begin(), x.end(), cells.value.begin());
  const m::probe_task task{.train = cells.view(), .label = label, .n_classes = types, .test = cells.view()};
  const auto shared_loss = [&](const auto& model) {  // C = 1: the sum of cross-entropies
    const auto p = model.probability(cells.view());
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum -= std::log(p(i, label[tp::usize(i)]));
    return sum;
  };

  m::logistic_model ridge, rough, lasso;
  double seconds = bench::median_own_seconds(3, [&] { ridge = m::logistic_probe{}.fit(task); });
  std::printf("logistic %.4f %.9g   (%d iterations)\n", seconds, shared_loss(ridge) + 0.5 * ridge.weight.squaredNorm(),
              ridge.iterations);
  seconds = bench::median_own_seconds(3, [&] { rough = m::logistic_probe{.tolerance = 1e-4}.fit(task); });
  std::printf("logistic_tolerance_1e-4 %.4f %.9g   (%d iterations)\n", seconds,
              shared_loss(rough) + 0.5 * rough.weight.squaredNorm(), rough.iterations);
  seconds = bench::median_own_seconds(1, [&] { lasso = m::sparse_logistic_probe{}.fit(task); });
  std::printf("sparse_logistic %.4f %.9g   (%d iterations, %lld zeros)\n", seconds,
              shared_loss(lasso) + lasso.weight.cwiseAbs().sum(), lasso.iterations,
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
