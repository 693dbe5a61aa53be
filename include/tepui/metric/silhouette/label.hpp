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
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// (mean silhouette + 1) / 2: 1 where all cells lie on the right side, far apart; 0.5 where labels say nothing.
/// in     silhouette [cells], not empty
[[nodiscard]] inline double scaled_silhouette(std::span<const double> silhouette) {
  return (std::accumulate(silhouette.begin(), silhouette.end(), 0.0) / static_cast<double>(silhouette.size()) + 1) / 2;
}

/// The average silhouette width of the labels (ASW label), scaled to [0, 1].
/// in     cells with labels            out    silhouette_label
/// floor  the same with labels permuted, of `floor_cells` cells among all, drawn by seed and cell id     ceiling  not known
/// interval  cells drawn again within their label; their silhouettes are not computed anew
/// empty  fewer than two labels, or as many as cells: the reason
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
    std::vector<double> scaled;
    for (const double s : of.label_silhouettes()) scaled.push_back((s + 1) / 2);
    score out;
    out.name = called;
    out.n = isize(scaled.size());
    out.value = scaled_silhouette(of.label_silhouettes());
    const interval ends = interval_of_mean(scaled, options, of.label.code);
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
