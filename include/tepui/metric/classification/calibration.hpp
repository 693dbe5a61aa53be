#pragma once
/// Whether cells that are called with a confidence of 80 % are right in 80 % of the cases.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/metric/classification/auroc.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>

namespace tepui::metric {

/// The bin of each cell by its confidence in (0, 1].                        -> [cells] in [0, bins)
/// in     adaptive: bins of as many cells each (cells of equal confidence stay together), else bins of equal width, closed
///        above
[[nodiscard]] inline std::vector<std::int32_t> confidence_bins(std::span<const double> confidence, int bins, bool adaptive) {
  std::vector<std::int32_t> out(confidence.size(), 0);
  if (!adaptive) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = std::clamp(static_cast<std::int32_t>(std::ceil(confidence[i] * bins)) - 1, 0, bins - 1);
    return out;
  }
  std::vector<double> sorted(confidence.begin(), confidence.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto rank = std::lower_bound(sorted.begin(), sorted.end(), confidence[i]) - sorted.begin();
    out[i] = static_cast<std::int32_t>(rank * bins / isize(sorted.size()));
  }
  return out;
}

/// Expected calibration error: over bins, the distance of the mean confidence from the share of right answers, weighted by
/// cells.
/// in     confidence (probability of what was predicted), right (0 or 1), bin, all [cells]; weight [cells] or empty
/// out    in [0, 1]; not a number without cells                              source Guo et al. 2017
[[nodiscard]] inline double calibration_gap(std::span<const double> confidence, std::span<const double> right,
                                            std::span<const std::int32_t> bin, int bins,
                                            std::span<const std::uint32_t> weight = {}) {
  std::vector<double> excess(usize(bins), 0.0);
  double cells = 0;
  for (std::size_t i = 0; i < confidence.size(); ++i) {
    const double w = weight.empty() ? 1.0 : static_cast<double>(weight[i]);
    excess[usize(bin[i])] += w * (confidence[i] - right[i]);
    cells += w;
  }
  double sum = 0;
  for (const double e : excess) sum += std::abs(e);
  return cells == 0 ? undefined : sum / cells;
}

/// Expected calibration error of the predicted class.
/// in     bins, of equal width or, adaptive, of equally many cells
/// out    calibration_error, or adaptive_calibration_error; best 0, worst 1, the lower the better
/// floor  what perfect calibration would show on these cells by chance alone: the mean of 20 seeded drawings in which every
///        answer is right with exactly the probability that was given for it. An error at this floor is no sign of
///        miscalibration. (One answer for all with its share as confidence has an error of 0: calibration says nothing of
///        how good the answers are.)
/// empty  no cells or no probabilities: no value, with the reason
/// interval  bootstrap over cells with the bins kept; errors add up over bins, so that resamples lie higher than the value, and
///           are moved back by as much
/// cost   O(cells (log cells + resamples))                                  errors bad_option: fewer than one bin
/// source Guo et al. 2017 (15 bins of equal width); Nguyen and O'Connor 2015 (adaptive); floor: Vaicenavicius et al. 2019
struct calibration_error {
  using reads = predicted_cells;
  static constexpr std::string_view name = "calibration_error";
  int bins = 15;
  bool adaptive = false;

  [[nodiscard]] std::string describe() const {
    return std::string("calibration_error(") + std::to_string(bins) +
           (adaptive ? " bins of equally many cells)" : " bins of equal width)");
  }
  [[nodiscard]] std::vector<score> operator()(const predicted_cells& of, const score_options& options) const {
    return scores_of(resampled(of, options));
  }
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    options.check();
    if (bins < 1)
      throw bad_option("calibration_error: there must be at least one bin, and " + std::to_string(bins) + " were asked for");
    measured value = measured::missing(of.n_cells() == 0 ? "there are no cells to score" : no_probabilities), floor = value;
    std::vector<double> again;
    if (of.n_cells() > 0 && of.has_probability()) {
      const answers& given = of.given();
      std::vector<double> confidence, right, drawn(given.truth.size());
      for (std::size_t i = 0; i < given.truth.size(); ++i) {
        confidence.push_back(std::min(1.0, of.probability(i)[usize(given.predicted[i])]));
        right.push_back(given.truth[i] == given.predicted[i] ? 1.0 : 0.0);
      }
      const auto bin = confidence_bins(confidence, bins, adaptive);
      value = calibration_gap(confidence, right, bin, bins);
      const kernel::draws random(options.seed, "metric: perfectly calibrated answers");
      double sum = 0;
      constexpr int drawings = 20;
      for (int d = 0; d < drawings; ++d) {
        for (std::size_t i = 0; i < drawn.size(); ++i)
          drawn[i] = random.uniform(isize(i), static_cast<std::uint64_t>(d)) < confidence[i] ? 1.0 : 0.0;
        sum += calibration_gap(confidence, drawn, bin, bins);
      }
      floor = sum / drawings;
      again.resize(usize(options.resamples));
      of.each_weighting(options, options.resamples, [&](std::size_t b, std::span<const std::uint32_t> weight) {
        again[b] = calibration_gap(confidence, right, bin, bins, weight);
      });
      double off = 0;
      for (const double a : again) off += (a - value.value) / static_cast<double>(again.size());
      for (double& a : again) a = std::clamp(a - off, 0.0, 1.0);
    }
    std::vector<resampled_score> out;
    out.push_back(with_interval((adaptive ? "adaptive_" : "") + std::string(name), "share", of.n_cells(), value, floor,
                                std::move(again), options, direction::lower_is_better));
    return out;
  }
};

}  // namespace tepui::metric
