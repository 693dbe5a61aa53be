#pragma once
/// How surprised one must be at the true types, given the probabilities that a classifier gave them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/metric/classification/auroc.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>

namespace tepui::metric {

/// A score that is the mean of a number of each cell's probabilities, the lower the better.
/// in     of_cell(probabilities [classes], true class) -> double        floor  of the shares of the classes, as
///        probabilities of every cell
template <class OfCell>
[[nodiscard]] std::vector<resampled_score> mean_of_cells(const predicted_cells& of, const score_options& options,
                                                         std::string_view name, const char* unit, const OfCell& of_cell) {
  options.check();
  measured value = measured::missing(of.n_cells() == 0 ? "there are no cells to score" : no_probabilities), floor = value;
  std::vector<double> again;
  if (of.n_cells() > 0 && of.has_probability()) {
    const auto n = static_cast<double>(of.n_cells());
    std::vector<double> share, per_cell;
    for (const std::int64_t cells : of.counts().truth) share.push_back(static_cast<double>(cells) / n);
    double trivial = 0, sum = 0;
    for (std::size_t c = 0; c < share.size(); ++c)
      if (share[c] > 0) trivial += share[c] * of_cell(std::span<const double>(share), c);
    for (std::size_t i = 0; i < of.given().truth.size(); ++i) {
      per_cell.push_back(of_cell(of.probability(i), usize(of.given().truth[i])));
      sum += per_cell.back();
    }
    value = sum / n;
    floor = trivial;
    again.resize(usize(options.resamples));
    of.each_weighting(options, options.resamples, [&](std::size_t b, std::span<const std::uint32_t> weight) {
      double drawn = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) drawn += per_cell[i] * static_cast<double>(weight[i]);
      again[b] = drawn / n;
    });
  }
  std::vector<resampled_score> out;
  out.push_back(with_interval(std::string(name), unit, of.n_cells(), value, floor, std::move(again), options,
                              direction::lower_is_better));
  return out;
}

/// Mean of -log of the probability of the true class, in nats.              best 0, worst 36 (probabilities below 2.2e-16
/// count as that)
/// floor  the entropy of the labels: what the shares of the classes reach as probabilities of every cell, the best of all
///        constant answers
/// empty  no cells or no probabilities: no value, with the reason          interval  bootstrap over cells, the draws of the
///        other heads
/// cost   O(cells classes + resamples cells)                               source scikit-learn log_loss
struct log_loss : resampling_head<log_loss, predicted_cells> {
  static constexpr std::string_view name = "log_loss";
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    return mean_of_cells(of, options, name, "nats", [](std::span<const double> p, std::size_t truth) {
      return -std::log(std::clamp(p[truth], std::numeric_limits<double>::epsilon(), 1.0));
    });
  }
};

/// Brier's score: the mean squared distance of a cell's probabilities from its true answer, summed over all classes (of two
/// classes
/// scikit-learn gives half of it).                                          best 0, worst 2
/// floor  1 - sum of squared shares of the classes; else as log_loss        source Brier 1950
struct brier : resampling_head<brier, predicted_cells> {
  static constexpr std::string_view name = "brier";
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    return mean_of_cells(of, options, name, "squared distance, from 0 to 2",
                         [](std::span<const double> p, std::size_t truth) {
                           double sum = 0;
                           for (std::size_t c = 0; c < p.size(); ++c)
                             sum += (p[c] - (c == truth ? 1.0 : 0.0)) * (p[c] - (c == truth ? 1.0 : 0.0));
                           return sum;
                         });
  }
};

}  // namespace tepui::metric
