#pragma once
/// How many cells have the batches around them as frequent as they are in all cells.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/neighbours/batch_test.hpp>
#include <tepui/metric/neighbours/table.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// statistic, p_value [cells]
struct kbet_tests {
  std::vector<double> statistic, p_value;

  /// 1 for each cell whose neighbourhood passes, 0 for the others.                                  -> [cells]
  [[nodiscard]] std::vector<double> accepted(double alpha) const {
    std::vector<double> out;
    for (const double p : p_value) out.push_back(p >= alpha ? 1 : 0);
    return out;
  }
};

/// kBET's test of every cell, its k nearest (itself included) against all cells.
/// in     neighbours; k; batch, of which at least two have cells            out    kbet_tests [cells]
/// ties   those of the neighbours            errors  none            cost   O(cells (k + batches))
/// repeat bit-equal for any number of threads
/// source Buettner et al. 2019, without R's random tenth of the cells; as kbet of scib-metrics
[[nodiscard]] inline kbet_tests kbet_of_cells(const neighbour_table& neighbours, std::int64_t k, const cell_labels& batch,
                                              int threads = 1) {
  const std::int64_t n = neighbours.n_cells, of_each = std::min(k, neighbours.k);
  kbet_tests out;
  out.statistic.resize(usize(n));
  out.p_value.resize(usize(n));
  constexpr std::int64_t together = 512;
  const batch_test all(batch.code, batch.n_labels(), of_each);
  kernel::parallel_chunks((n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
    batch_test test = all;
    for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) {
      for (const std::int32_t j : neighbours.neighbours_of(i, of_each)) test.meet(j);
      out.statistic[usize(i)] = test.statistic();
      out.p_value[usize(i)] = test.p_value(out.statistic[usize(i)]);
    }
  });
  return out;
}

/// The share of cells whose neighbourhood kBET does not reject.
/// reads  embedded_cells: batch, and label for the ceiling          out    one score, share, higher is better
/// empty  no batches given, one batch: no value, with the reason; a batch without cells does not count
/// floor  0: every neighbourhood is rejected
/// ceiling  batches dealt out anew within each label over the same neighbours; below 1 - alpha where batches hold other
///        shares of the labels
/// interval  of the mean over cells        errors  bad_option: k < 2, alpha outside (0, 1)
/// cost   two readings of the neighbours   repeat  bit-equal for one seed
/// source Buettner et al. 2019; as kbet of scib-metrics
struct kbet {
  static constexpr std::string_view name = "kbet";
  using reads = embedded_cells;
  std::int64_t k = 50;  ///< neighbours, the cell itself included
  double alpha = 0.05;  ///< a neighbourhood is rejected below this

  [[nodiscard]] std::string describe() const { return "kbet k=" + std::to_string(k) + " alpha=" + std::to_string(alpha); }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    options.check();
    if (k < 2 || !(alpha > 0 && alpha < 1))
      throw bad_option("kbet was asked for with k = " + std::to_string(k) + " and alpha = " + std::to_string(alpha) +
                       "; the cell itself counts, so give k at least 2, and alpha between 0 and 1");
    const std::string full = options.prefix + std::string(name);
    const std::int64_t n = of.label.n_cells();
    if (const std::string why = why_no_batches(of); !why.empty()) return {without_value(full, why, n)};
    const auto& near = of.neighbours(k);
    const auto share = [](const std::vector<double>& of_cells) {
      double sum = 0;
      for (const double a : of_cells) sum += a;
      return sum / static_cast<double>(of_cells.size());
    };
    const auto accepted = kbet_of_cells(near, k, of.batch, of.threads).accepted(alpha);
    const auto dealt =
        dealt_labels(of.batch.code, of.cells.cells.id,
                     kernel::draws(options.seed, "metric: batches that mean nothing within a label"), of.label.code);
    score out;
    out.name = full;
    out.n = n;
    out.value = share(accepted);
    out.floor = 0.0;
    out.ceiling = share(kbet_of_cells(near, k, cell_labels(dealt, of.batch.name), of.threads).accepted(alpha));
    const interval ends = interval_of_mean(accepted, options);
    out.low = ends.low;
    out.high = ends.high;
    return {out};
  }
};

}  // namespace tepui::metric
