#pragma once
/// Mean expression of the cells of each perturbation, and how far each lies from the control: what most perturbation metrics
/// read.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::metric {

/// The rows of each label.                              begin [labels + 1]; row [cells], ascending within a label
struct grouped_rows {
  std::vector<std::int64_t> begin, row;

  grouped_rows() = default;
  /// cost   O(cells + labels)
  grouped_rows(std::span<const std::int32_t> code, std::int32_t n_labels) : begin(usize(n_labels) + 1, 0), row(code.size()) {
    for (const std::int32_t c : code) ++begin[usize(c) + 1];
    for (std::size_t l = 1; l < begin.size(); ++l) begin[l] += begin[l - 1];
    std::vector<std::int64_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < code.size(); ++i) row[usize(next[usize(code[i])]++)] = isize(i);
  }
  [[nodiscard]] std::int32_t n_labels() const { return begin.empty() ? 0 : static_cast<std::int32_t>(begin.size() - 1); }
  [[nodiscard]] std::span<const std::int64_t> of(std::int32_t label) const {
    const std::int64_t from = begin[usize(label)], to = begin[usize(label) + 1];
    return std::span(row).subspan(usize(from), usize(to - from));
  }
};

/// Means of perturbations that have cells, in the order of their codes, without the control.
/// shapes  perturbation, n_cells [perturbations]; mean, delta [perturbations, genes]; control [genes]
/// invariants  delta = mean - control, of the same origin
struct pseudobulks {
  std::int64_t n_genes = 0;
  std::vector<std::int32_t> perturbation;
  std::vector<std::int64_t> n_cells;
  std::vector<double> mean, delta, control;
  std::int64_t n_control = 0;  ///< cells of the control; 0: the control came from elsewhere

  [[nodiscard]] std::int64_t size() const { return isize(perturbation.size()); }
  [[nodiscard]] std::span<const double> mean_of(std::int64_t place) const {
    return std::span(mean).subspan(usize(place * n_genes), usize(n_genes));
  }
  [[nodiscard]] std::span<const double> delta_of(std::int64_t place) const {
    return std::span(delta).subspan(usize(place * n_genes), usize(n_genes));
  }
  /// Where a perturbation stands, -1 where it has no cells.
  [[nodiscard]] std::int64_t place_of(std::int32_t code) const {
    const auto at = std::lower_bound(perturbation.begin(), perturbation.end(), code);
    return at == perturbation.end() || *at != code ? -1 : at - perturbation.begin();
  }
  /// Adds a perturbation behind those that are there.  in  code above all that are there; mean [genes]
  void add(std::int32_t code, std::span<const double> of, std::int64_t cells) {
    perturbation.push_back(code);
    n_cells.push_back(cells);
    mean.insert(mean.end(), of.begin(), of.end());
    for (std::size_t g = 0; g < of.size(); ++g) delta.push_back(of[g] - control[g]);
  }
};

/// Mean of chosen rows.                                  -> [genes]
/// order  summed in double in the order of the rows      repeat bit-equal everywhere
inline void mean_of_rows(const dense_view<scale::log1p>& cells, std::span<const std::int64_t> rows, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (const std::int64_t r : rows) {
    const float* const value = cells.row(r).data();
    double* const sum = out.data();
    for (std::size_t g = 0; g < out.size(); ++g) sum[g] += static_cast<double>(value[g]);
  }
  for (double& s : out) s /= static_cast<double>(rows.size());
}

/// Pseudobulks of cells.
/// in     cells [cells, genes]; the rows of each perturbation; the control's code, whose rows make `control`
/// out    pseudobulks of the perturbations that have rows; where the control has none, `control` is `other_control` [genes]
/// cost   one pass over the cells                         repeat bit-equal for any number of threads
[[nodiscard]] inline pseudobulks pseudobulks_of(const dense_view<scale::log1p>& cells, const grouped_rows& rows,
                                                std::int32_t control, int threads = 1,
                                                std::span<const double> other_control = {}) {
  pseudobulks out;
  out.n_genes = cells.n_columns;
  for (std::int32_t p = 0; p < rows.n_labels(); ++p)
    if (p != control && !rows.of(p).empty()) {
      out.perturbation.push_back(p);
      out.n_cells.push_back(isize(rows.of(p).size()));
    }
  const auto genes = usize(out.n_genes);
  out.mean.resize(out.perturbation.size() * genes);
  out.delta.resize(out.mean.size());
  out.control.assign(other_control.begin(), other_control.end());
  out.control.resize(genes);
  out.n_control = isize(rows.of(control).size());
  kernel::parallel_chunks(out.size() + 1, threads, [&](std::int64_t chunk, int) {
    if (chunk > 0)
      mean_of_rows(cells, rows.of(out.perturbation[usize(chunk - 1)]),
                   std::span(out.mean).subspan(usize(chunk - 1) * genes, genes));
    else if (out.n_control > 0)
      mean_of_rows(cells, rows.of(control), out.control);
  });
  for (std::size_t i = 0; i < out.mean.size(); ++i) out.delta[i] = out.mean[i] - out.control[i % genes];
  return out;
}

/// Pseudobulks that a predictor gives as such.
/// in     predicted [conditions, genes]; their cell_id is the code of the perturbation, each once; the control's code; the
/// control to
///        use where none is predicted [genes]
/// errors bad_data: a code outside of the names, or twice, or another number of genes, or a value that is not finite
[[nodiscard]] inline pseudobulks pseudobulks_of(const prediction_view<>& predicted, std::int32_t n_labels,
                                                std::int32_t control, std::span<const double> other_control) {
  if (predicted.n_columns != isize(other_control.size()))
    throw bad_data("the predicted pseudobulks have " + std::to_string(predicted.n_columns) + " genes and the real cells " +
                   std::to_string(other_control.size()) + "; give both the same genes in the same order");
  std::vector<std::int64_t> row_of(usize(n_labels), -1);
  for (std::int64_t r = 0; r < predicted.n_cells(); ++r) {
    const std::int64_t code = predicted.cells.id[usize(r)];
    if (code < 0 || code >= n_labels || row_of[usize(code)] >= 0)
      throw bad_data("row " + std::to_string(r) + " of the predicted pseudobulks is of perturbation " +
                     std::to_string(code) + "; codes must lie between 0 and " + std::to_string(n_labels - 1) +
                     ", and each may come once");
    row_of[usize(code)] = r;
  }
  const auto row = [&](std::int64_t r) {
    const auto value = predicted.row(r);
    return std::vector<double>(value.begin(), value.end());
  };
  pseudobulks out;
  out.n_genes = predicted.n_columns;
  out.control.assign(other_control.begin(), other_control.end());
  if (row_of[usize(control)] >= 0) out.control = row(row_of[usize(control)]);
  for (std::int32_t p = 0; p < n_labels; ++p)
    if (p != control && row_of[usize(p)] >= 0) out.add(p, row(row_of[usize(p)]), 0);
  for (std::size_t i = 0; i < out.mean.size(); ++i)
    if (!(out.delta[i] - out.delta[i] == 0))
      throw bad_data("the predicted pseudobulk of perturbation " + std::to_string(out.perturbation[i / usize(out.n_genes)]) +
                     " is " + std::to_string(out.mean[i]) + " in gene " + std::to_string(i % usize(out.n_genes)) +
                     "; predictions must be finite");
  return out;
}

}  // namespace tepui::metric
