#pragma once
/// Do the cell types that few batches have keep together, or are they lost when batches are mixed?

#include <algorithm>
#include <cstdint>
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
#include <tepui/metric/isolated_labels.hpp>
#include <tepui/metric/silhouette/label.hpp>
#include <tepui/metric/silhouette/label_means.hpp>
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// The silhouettes of isolated labels among all labels: the mean over these labels of the mean of (silhouette + 1) / 2.
/// in     cells with labels and batches            out    isolated_label_silhouette
/// floor  the same labels, permuted among all cells, of `floor_cells` of their cells      ceiling  not known
/// interval  cells drawn again within their label; their silhouettes are not computed anew
/// empty  no batches, one label, no isolated label: the reason
/// large, cost   as silhouette_label, with which it shares the pass over the pairs of cells
/// repeat bit-equal for any number of threads                      source Luecken et al. 2022 (scIB)
struct isolated_label_silhouette {
  std::int64_t threshold = 0;  ///< batches that an isolated label may have; 0: as many as the label that has fewest
  all_batches_rule rule = all_batches_rule::none_isolated;
  std::int64_t floor_cells = 1000;

  static constexpr std::string_view name = "isolated_label_silhouette";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return "labels of " + (threshold > 0 ? "at most " + std::to_string(threshold) : std::string("fewest")) + " batches" +
           (rule == all_batches_rule::all_isolated ? ", all of them where that is every batch" : "") + ", floor of " +
           std::to_string(floor_cells) + " cells";
  }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options) const {
    options.check();
    const std::string called = options.prefix + std::string(name);
    std::string why = why_no_batches(of, 1);
    if (why.empty()) why = why_no_silhouette(of.label.sizes(), "label");
    if (!why.empty()) return {without_value(called, why, of.cells.n_cells())};
    const auto isolated = isolated_labels(of.label, of.batch, threshold, rule);
    if (isolated.empty())
      return {without_value(called,
                            threshold > 0
                                ? "no cell type is isolated by a threshold of " + std::to_string(threshold) + " batches"
                                : "every cell type is in all batches, none is isolated",
                            of.cells.n_cells())};
    const auto& [measured_of, silhouette] = of.label_silhouettes();
    const cells_of labels(measured_of.label, isolated);
    score out;
    out.name = called;
    out.n = isize(labels.row.size());
    out.unit = measured_cells::unit_of(out.n, isize(cells_of(of.label.code, isolated).row.size()));
    std::vector<double> scaled;
    for (const std::int64_t at : labels.row) scaled.push_back((silhouette[usize(at)] + 1) / 2);
    out.value = mean_of_label_means(scaled, labels.label, of.label.n_labels());
    const interval ends = interval_of_label_means(scaled, labels.label, of.label.n_labels(), options);
    out.low = ends.low;
    out.high = ends.high;
    out.floor = floor(of, options, isolated);
    out.ceiling = measured::missing(options.no_ceiling);
    return {out};
  }

 private:
  /// Rows whose label is among these, and that label.
  struct cells_of {
    std::vector<std::int64_t> row;
    std::vector<std::int32_t> label;
    cells_of(std::span<const std::int32_t> code, const std::vector<std::int32_t>& wanted) {
      for (std::size_t i = 0; i < code.size(); ++i)
        if (std::binary_search(wanted.begin(), wanted.end(), code[i])) {
          row.push_back(isize(i));
          label.push_back(code[i]);
        }
    }
  };
  [[nodiscard]] measured floor(const embedded_cells& of, const score_options& options,
                               const std::vector<std::int32_t>& isolated) const {
    if (floor_cells <= 0) return measured::missing("no cells were asked for to compute the floor from");
    const kernel::draws random(options.seed, "metric: permuted labels");
    const std::span<const std::int64_t> id(of.cells.cells.id);
    const auto dealt = dealt_labels(of.label.code, id, random);
    const cells_of labels(dealt, isolated);
    // Of each label as many, so that a rare one is there too.
    std::vector<std::int64_t> ids;
    for (const std::int64_t r : labels.row) ids.push_back(id[usize(r)]);
    const std::int64_t each = std::max<std::int64_t>(1, floor_cells / isize(isolated.size()));
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> label;
    for (const std::int64_t i : some_cells(ids, each, random, labels.label)) {
      rows.push_back(labels.row[usize(i)]);
      label.push_back(labels.label[usize(i)]);
    }
    std::vector<double> scaled =
        silhouettes_of_rows(kernel::points{of.cells.n_cells(), of.cells.n_columns, of.cells.value},
                            std::span<const std::int32_t>(dealt), of.label.n_labels(), rows, {.threads = of.threads});
    for (double& s : scaled) s = (s + 1) / 2;
    return mean_of_label_means(scaled, label, of.label.n_labels());
  }
};
static_assert(head<isolated_label_silhouette>);

}  // namespace tepui::metric
