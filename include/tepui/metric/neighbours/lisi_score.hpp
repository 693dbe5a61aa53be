#pragma once
/// From weighted neighbours to the local inverse Simpson index, and from that of all cells to a score between 0 and 1.

#include <algorithm>
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
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/neighbours/effective_neighbours.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// The neighbours of one cell after the other, and the room to weigh them.
class lisi_room {
 public:
  lisi_room(double perplexity, std::span<const cell_labels> labellings) : perplexity_(perplexity), weigh_(perplexity) {
    for (const cell_labels& l : labellings) sum_.emplace_back(l.name.size(), 0.0);
  }
  void clear() {
    cell_.clear();
    distance_.clear();
  }
  void add(std::int32_t cell, float distance) {
    cell_.push_back(cell);
    distance_.push_back(distance);
  }
  void weigh() {
    weight_.resize(cell_.size());
    if (enough()) weigh_(std::span<const float>(distance_), weight_);
  }
  /// NaN where there are not more neighbours than effective ones.
  [[nodiscard]] double inverse_simpson(const cell_labels& label, std::size_t labelling) {
    if (!enough()) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double>& sum = sum_[labelling];
    for (std::size_t j = 0; j < cell_.size(); ++j) sum[usize(label.code[usize(cell_[j])])] += weight_[j];
    double squares = 0;
    for (const std::int32_t cell : cell_) {
      double& s = sum[usize(label.code[usize(cell)])];
      squares += s * s;
      s = 0;
    }
    return 1 / squares;
  }

 private:
  double perplexity_;
  effective_neighbours weigh_;
  std::vector<std::int32_t> cell_;
  std::vector<float> distance_;
  std::vector<double> weight_;
  std::vector<std::vector<double>> sum_;

  [[nodiscard]] bool enough() const { return static_cast<double>(cell_.size()) > perplexity_; }
};

namespace lisi_score {

/// The middle of the values that are there.                                      -> NaN where there is none
[[nodiscard]] inline double median(std::vector<double> v) {
  std::erase_if(v, [](double x) { return std::isnan(x); });
  const measured middle = quantile(std::move(v), 0.5);
  return middle.value;
}

/// A median LISI as a share: of batches more is better, of labels less. Rounding cannot carry it out of [0, 1].
[[nodiscard]] inline double scaled(double median, double labels, bool more_is_better) {
  return std::clamp((more_is_better ? median - 1 : labels - median) / (labels - 1), 0.0, 1.0);
}

/// What both heads share. in  per_cell [cells] of the labels that are scored; kind: "batch" or "label"
[[nodiscard]] inline score of_cells(std::string name, const std::vector<double>& per_cell, std::int64_t labels,
                                    bool more_is_better, const score_options& options) {
  std::vector<double> known = per_cell;
  std::erase_if(known, [](double x) { return std::isnan(x); });
  if (known.empty())
    return without_value(std::move(name), "there are too few cells for neighbourhoods of two effective neighbours",
                         isize(per_cell.size()));
  const auto share = [&](double median) { return scaled(median, static_cast<double>(labels), more_is_better); };
  score out;
  out.name = std::move(name);
  out.n = isize(known.size());
  out.value = share(median(known));
  const interval ends = interval_of_median(known, options);
  out.low = more_is_better ? ends.low : ends.high;
  out.high = more_is_better ? ends.high : ends.low;
  for (measured* end : {&out.low, &out.high})
    if (end->known()) *end = share(end->value);
  return out;
}

inline void check(std::string_view name, std::int64_t k) {
  if (k < 6)
    throw bad_option(std::string(name) + " was asked for with k = " + std::to_string(k) +
                     " neighbours, of which a third count as effective; give at least 6");
}

/// in     per_cell(labellings) -> the LISI of every cell under each
template <class PerCell>
[[nodiscard]] std::vector<score> of_batches(std::string_view name, std::int64_t k, const embedded_cells& of,
                                            const score_options& options, PerCell&& per_cell) {
  options.check();
  check(name, k);
  const std::string full = options.prefix + std::string(name);
  const std::int64_t n = of.label.n_cells();
  if (const std::string why = why_no_batches(of); !why.empty()) return {without_value(full, why, n)};
  const std::int64_t batches = of.batch.n_with_cells();
  const auto dealt =
      dealt_labels(of.batch.code, of.cells.cells.id,
                   kernel::draws(options.seed, "metric: batches that mean nothing within a label"), of.label.code);
  const std::vector<cell_labels> labellings{of.batch, cell_labels(dealt, of.batch.name)};
  const auto lisi = per_cell(std::span<const cell_labels>(labellings));
  score out = of_cells(full, lisi[0], batches, true, options);
  if (!out.value.known()) return {out};
  out.floor = 0.0;
  out.ceiling = scaled(median(lisi[1]), static_cast<double>(batches), true);
  return {out};
}

template <class PerCell>
[[nodiscard]] std::vector<score> of_labels(std::string_view name, std::int64_t k, const embedded_cells& of,
                                           const score_options& options, PerCell&& per_cell) {
  options.check();
  check(name, k);
  const std::string full = options.prefix + std::string(name);
  const std::int64_t n = of.label.n_cells(), labels = of.label.n_with_cells();
  if (labels < 2)
    return {without_value(
        full, labels == 0 ? "there are no cells to score" : "there is one label only, from which no neighbourhood differs",
        n)};
  const auto dealt =
      dealt_labels(of.label.code, of.cells.cells.id, kernel::draws(options.seed, "metric: labels that mean nothing"));
  const std::vector<cell_labels> labellings{of.label, cell_labels(dealt, of.label.name)};
  const auto lisi = per_cell(std::span<const cell_labels>(labellings));
  score out = of_cells(full, lisi[0], labels, false, options);
  if (!out.value.known()) return {out};
  out.floor = scaled(median(lisi[1]), static_cast<double>(labels), false);
  out.ceiling = 1.0;
  return {out};
}

}  // namespace lisi_score

}  // namespace tepui::metric
