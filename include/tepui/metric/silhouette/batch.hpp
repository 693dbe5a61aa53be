#pragma once
/// Do batches mix? Silhouettes of batches: within each cell type, where 0 apart is best, or over all cells at once.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/silhouette/label.hpp>
#include <tepui/metric/silhouette/label_means.hpp>
#include <tepui/metric/silhouette/measured_cells.hpp>
#include <tepui/metric/silhouette/samples.hpp>

namespace tepui::metric {

/// How well batches mix, cell by cell.
struct batch_mixing {
  std::vector<std::int64_t> row;    ///< [scored] cells of labels that could be scored, label after label
  std::vector<std::int32_t> label;  ///< [scored]
  std::vector<double> value;        ///< [scored] 1 - |silhouette of batches among the cells of the label|
};

/// Silhouettes of batches within each label.
/// in     all [n, dims]; label [n]; batch [n]; scored: only these rows are, among all cells of their label (empty: all are)
/// skips  labels in one batch, and labels whose cells are all of different batches
/// cost   a pass over the pairs of cells of each label            repeat bit-equal for any number of threads
[[nodiscard]] inline batch_mixing mixing_of_batches(const kernel::points& all, std::span<const std::int32_t> label,
                                                    std::int32_t n_labels, std::span<const std::int32_t> batch,
                                                    std::int32_t n_batches, const silhouette_settings& how = {},
                                                    std::span<const std::int64_t> scored = {}) {
  std::vector<std::vector<std::int64_t>> members(usize(n_labels));
  for (std::int64_t i = 0; i < all.n; ++i) members[usize(label[usize(i)])].push_back(i);
  std::vector<bool> wanted(usize(all.n), scored.empty());
  for (const std::int64_t r : scored) wanted[usize(r)] = true;
  batch_mixing out;
  std::vector<float> value;
  std::vector<std::int32_t> group;
  std::vector<std::int64_t> rows;
  for (std::int32_t l = 0; l < n_labels; ++l) {
    const auto& cells = members[usize(l)];
    std::vector<std::int64_t> size(usize(n_batches), 0);
    for (const std::int64_t r : cells) ++size[usize(batch[usize(r)])];
    if (!why_no_silhouette(size, "batch").empty()) continue;
    value.clear();
    group.clear();
    rows.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      value.insert(value.end(), all.row(cells[i]), all.row(cells[i]) + all.dims);
      group.push_back(batch[usize(cells[i])]);
      if (!wanted[usize(cells[i])]) continue;
      rows.push_back(isize(i));
      out.row.push_back(cells[i]);
      out.label.push_back(l);
    }
    const kernel::points of{isize(cells.size()), all.dims, value};
    for (const double s : isize(rows.size()) == of.n
                              ? silhouette_samples(of, std::span<const std::int32_t>(group), n_batches, how)
                              : silhouettes_of_rows(of, std::span<const std::int32_t>(group), n_batches, rows, how))
      out.value.push_back(1 - std::abs(s));
  }
  return out;
}

/// The score of mixing within labels: what silhouette_batch and bras share.
/// in     drawn: cells of each label that floor and ceiling are computed from, among all cells of the label
[[nodiscard]] inline std::vector<score> score_of_mixing(std::string called, const embedded_cells& of,
                                                        const score_options& options, silhouette_settings how,
                                                        std::int64_t drawn) {
  options.check();
  if (const std::string why = why_no_batches(of); !why.empty()) return {without_value(called, why, of.cells.n_cells())};
  how.threads = of.threads;
  const std::int32_t n_labels = of.label.n_labels(), n_batches = of.batch.n_labels();
  const kernel::points cells{of.cells.n_cells(), of.cells.n_columns, of.cells.value};
  const measured_cells lots = cells_to_measure(of.cells.cells.id, of.label.code, n_labels, of.lots);
  const auto mixing = mixing_of_batches(cells, of.label.code, n_labels, of.batch.code, n_batches, how,
                                        lots.every_cell() ? std::span<const std::int64_t>() : std::span(lots.row));
  if (mixing.value.empty())
    return {without_value(called, "no cell type has cells of at least two batches, and two cells of one batch",
                          of.cells.n_cells())};
  const auto mean = [&](const batch_mixing& m) {
    if (m.value.empty()) return measured::missing("no cells were asked for to compute it from");
    return measured(mean_of_label_means(m.value, m.label, n_labels));
  };
  score out;
  out.name = called;
  out.n = isize(mixing.value.size());
  out.unit = measured_cells::unit_of(isize(lots.row.size()), lots.among);
  out.value = mean(mixing);
  const interval ends = interval_of_label_means(mixing.value, mixing.label, n_labels, options);
  out.low = ends.low;
  out.high = ends.high;
  const std::span<const std::int64_t> id(of.cells.cells.id);
  const kernel::draws random(options.seed, "metric: permuted batches");
  const auto some = some_cells(id, drawn, random, of.label.code);
  out.floor = out.ceiling = measured::missing("no cells were asked for to compute it from");
  if (!some.empty())
    out.ceiling = mean(mixing_of_batches(cells, of.label.code, n_labels,
                                         dealt_labels(of.batch.code, id, random, of.label.code), n_batches, how, some));
  if (!of.has_before()) {
    out.floor = measured::missing(
        "an embedding of noise mixes batches perfectly, and the cells before integration were not given; read it "
        "beside a score of labels");
  } else if (!some.empty()) {
    out.floor = mean(mixing_of_batches({of.before.n_cells(), of.before.n_columns, of.before.value}, of.label.code, n_labels,
                                       of.batch.code, n_batches, how, some));
  }
  return {out};
}

/// Batches within each cell type (scIB's "ASW label/batch"): the mean over types of the mean of 1 - |silhouette of batches|.
/// in     cells with labels and batches                    out    silhouette_batch, in [0, 1]; 1: batches lie in one place
/// skips  types in one batch, types whose cells are all of different batches; a cell alone in its batch counts as mixed (1)
/// floor  the same of the cells before integration, where they are given; else the reason
/// ceiling   batches permuted within types, of `drawn` cells of each type among all of it: what perfect mixing would score,
///        give or take chance
/// interval  cells drawn again within their type; their silhouettes are not computed anew
/// empty  no batches, one batch, no type that could be scored: the reason
/// large  above lots.each_up_to cells (embedded_cells): of cells drawn by lot, each against all of its type, as `unit` says
/// cost   a pass over the pairs of cells of each type             repeat bit-equal for any number of threads
/// source Luecken et al. 2022 (scIB); its failings: Rautenstrauch and Ohler 2025, see bras
struct silhouette_batch {
  std::int64_t drawn = 500;

  static constexpr std::string_view name = "silhouette_batch";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return "1 - |silhouette of batches| within types, ceiling of " + std::to_string(drawn) + " cells a type";
  }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options) const {
    return score_of_mixing(options.prefix + std::string(name), of, options, {}, drawn);
  }
};
static_assert(head<silhouette_batch>);

/// The silhouette of batches over all cells, whatever their type, scaled to [0, 1]: 0.5 is mixed, 1 apart.
/// Not silhouette_batch.
/// (Published as "ASW batch" by DenAdel et al. 2024 and others, where larger was called better.)
/// in     cells with batches                                      out    silhouette_of_batches; lower is better
/// floor  the same of `drawn` cells before integration among all, where they are given; else the reason
/// ceiling   batches permuted within types, of `drawn` cells among all
/// interval  cells drawn again within their batch; their silhouettes are not computed anew
/// empty  no batches, one batch, as many as cells: the reason
/// large  above lots.each_up_to cells: of cells drawn by lot within their batch, each against all, as `unit` says
/// cost   one pass over all pairs of cells                        repeat bit-equal for any number of threads
struct silhouette_of_batches {
  std::int64_t drawn = 1000;

  static constexpr std::string_view name = "silhouette_of_batches";
  using reads = embedded_cells;
  [[nodiscard]] std::string describe() const {
    return "silhouette of batches over all cells, ceiling of " + std::to_string(drawn) + " cells";
  }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options) const {
    options.check();
    const std::string called = options.prefix + std::string(name);
    std::string why = why_no_batches(of);
    if (why.empty()) why = why_no_silhouette(of.batch.sizes(), "batch");
    if (!why.empty()) return {without_value(called, why, of.cells.n_cells(), direction::lower_is_better)};
    const std::int32_t n_batches = of.batch.n_labels();
    const silhouette_settings how{.threads = of.threads};
    const measured_cells lots = cells_to_measure(of.cells.cells.id, of.batch.code, n_batches, of.lots);
    const kernel::points all{of.cells.n_cells(), of.cells.n_columns, of.cells.value};
    const std::vector<double> silhouette = lots.every_cell()
                                               ? silhouette_samples(of.cells, of.batch.code, n_batches, how)
                                               : silhouettes_of_rows(all, of.batch.code, n_batches, lots.row, how);
    score out;
    out.name = called;
    out.better = direction::lower_is_better;
    out.n = isize(silhouette.size());
    out.unit = lots.unit();
    out.value = scaled_silhouette(silhouette, lots.weight);
    const interval ends = interval_of_scaled(silhouette, lots, options);
    out.low = ends.low;
    out.high = ends.high;
    const std::span<const std::int64_t> id(of.cells.cells.id);
    const kernel::draws random(options.seed, "metric: permuted batches");
    const auto some = some_cells(id, drawn, random);
    const auto of_some = [&](const embedding_view<>& cells, std::span<const std::int32_t> batch) {
      return measured(scaled_silhouette(
          silhouettes_of_rows(kernel::points{cells.n_cells(), cells.n_columns, cells.value}, batch, n_batches, some, how)));
    };
    out.floor = out.ceiling = measured::missing("no cells were asked for to compute it from");
    if (!some.empty()) out.ceiling = of_some(of.cells, dealt_labels(of.batch.code, id, random, of.label.code));
    if (!of.has_before())
      out.floor = measured::missing(
          "an embedding of noise mixes batches perfectly, and the cells before integration were not given");
    else if (!some.empty())
      out.floor = of_some(of.before, of.batch.code);
    return {out};
  }
};
static_assert(head<silhouette_of_batches>);

}  // namespace tepui::metric
