#pragma once
/// Do cells of one type lie together, apart from the other types? The average silhouette width of labels.

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/silhouette/measured_cells.hpp>
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// (mean silhouette + 1) / 2: 1 where all cells lie on the right side, far apart; 0.5 where labels say nothing.
/// in     silhouette [cells], not empty
[[nodiscard]] inline double scaled_silhouette(std::span<const double> silhouette) {
  return (std::accumulate(silhouette.begin(), silhouette.end(), 0.0) / static_cast<double>(silhouette.size()) + 1) / 2;
}

/// The same of cells that stand for more or fewer than one: weight [cells]
[[nodiscard]] inline double scaled_silhouette(std::span<const double> silhouette, std::span<const double> weight) {
  double sum = 0, all = 0;
  for (std::size_t i = 0; i < silhouette.size(); ++i) {
    sum += weight[i] * silhouette[i];
    all += weight[i];
  }
  return (sum / all + 1) / 2;
}
/// Its interval: the measured cells are drawn again within their label, so that it holds the noise of the lots, too.
[[nodiscard]] inline interval interval_of_scaled(std::span<const double> silhouette, const measured_cells& of,
                                                 const score_options& options) {
  const double each = static_cast<double>(silhouette.size()) / static_cast<double>(of.among);
  std::vector<double> scaled;
  for (std::size_t i = 0; i < silhouette.size(); ++i) scaled.push_back(each * of.weight[i] * (silhouette[i] + 1) / 2);
  return interval_of_mean(scaled, options, of.label);
}

/// The average silhouette width of the labels (ASW label), scaled to [0, 1].
/// in     cells with labels            out    silhouette_label
/// floor  the same with labels permuted, of `floor_cells` cells among all, drawn by seed and cell id     ceiling  not known
/// interval  cells drawn again within their label; their silhouettes are not computed anew
/// empty  fewer than two labels, or as many as cells: the reason
/// large  above lots.each_up_to cells (embedded_cells): of cells drawn by lot, each against all, as `unit` says
/// cost   one pass over all pairs of cells, shared with isolated_label_silhouette
/// repeat bit-equal for any number of threads             source Rousseeuw 1987; scaled as by Luecken et al. 2022 (scIB)
struct silhouette_label {
  std::int64_t floor_cells = 1000;  ///< that the floor is computed from

  static constexpr std::string_view name = "silhouette_label";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return "silhouette of labels, floor of " + std::to_string(floor_cells) + " cells";
  }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options) const {
    options.check();
    const std::string called = options.prefix + std::string(name);
    if (const std::string why = why_no_silhouette(of.label.sizes(), "label"); !why.empty())
      return {without_value(called, why, of.cells.n_cells())};
    const auto& [measured_of, silhouette] = of.label_silhouettes();
    score out;
    out.name = called;
    out.n = isize(silhouette.size());
    out.unit = measured_of.unit();
    out.value = scaled_silhouette(silhouette, measured_of.weight);
    const interval ends = interval_of_scaled(silhouette, measured_of, options);
    out.low = ends.low;
    out.high = ends.high;
    out.floor = floor(of, options);
    out.ceiling = measured::missing(options.no_ceiling);
    return {out};
  }

 private:
  [[nodiscard]] measured floor(const embedded_cells& of, const score_options& options) const {
    if (floor_cells <= 0) return measured::missing("no cells were asked for to compute the floor from");
    const kernel::draws random(options.seed, "metric: permuted labels");
    const std::span<const std::int64_t> id(of.cells.cells.id);
    const auto label = dealt_labels(of.label.code, id, random);
    return scaled_silhouette(silhouettes_of_rows(kernel::points{of.cells.n_cells(), of.cells.n_columns, of.cells.value},
                                                 label, of.label.n_labels(), some_cells(id, floor_cells, random),
                                                 {.threads = of.threads}));
  }
};
static_assert(head<silhouette_label>);

}  // namespace tepui::metric
