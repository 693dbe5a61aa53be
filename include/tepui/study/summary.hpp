#pragma once
/// Everything that a report says about a study, computed once: scores with intervals, gains over the untrained twin, saturation
/// points.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/study/resample.hpp>
#include <tepui/study/results.hpp>
#include <tepui/study/saturation.hpp>
#include <tepui/study/words.hpp>

namespace tepui::study {

/// What a report cannot know by itself.
struct study_words {
  std::string title = "Saturation study";
  std::string corpus{};                                         ///< one sentence: which cells, how they were split
  std::vector<std::pair<std::string, std::string>> settings{};  ///< name and value, in the order in which they are shown
  std::string repeat{};                                         ///< the command that makes the same report again
};

/// One pipeline under one head and metric, at the largest size.
struct summary_row {
  study_metric metric = study_metric::accuracy;
  std::size_t head = 0, pipeline = 0;
  estimate full;                       ///< mean over seeds at the largest size
  double seed_low = 0, seed_high = 0;  ///< lowest and highest seed there
  estimate untrained;                  ///< mean over seeds of the untrained twin
  estimate gain;                       ///< full - untrained, paired
  saturation point;
};

/// invariants  rows by metric, head, pipeline: rows[(metric * heads + head) * pipelines + pipeline]
struct study_summary {
  study_results results;
  scored_study scored;
  std::vector<summary_row> rows;
  double share = 0.95;

  [[nodiscard]] const summary_row& row(study_metric metric, std::size_t head, std::size_t pipeline) const {
    return rows[(static_cast<std::size_t>(metric) * results.heads.size() + head) * results.pipelines.size() + pipeline];
  }
  [[nodiscard]] std::size_t largest() const { return results.sizes.size() - 1; }
  /// Pipelines from the best mean at the largest size to the worst; ties: the earlier one; those without a run are left out.
  [[nodiscard]] std::vector<std::size_t> ranking(study_metric metric, std::size_t head) const {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t p = 0; p < results.pipelines.size(); ++p)
      if (const auto& r = row(metric, head, p); r.full.mean.known()) order.emplace_back(-r.full.mean.value, p);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> out;
    for (const auto& [score, p] : order) out.push_back(p);
    return out;
  }
};

/// in     the cube of a study        out    what a report says        cost   see resample_scores
/// errors bad_data where no run at all is there        repeat bit-equal for any number of threads
[[nodiscard]] inline study_summary summarise(study_results results, const resample_options& options = {}, double share = 0.95) {
  if (results.heads.empty()) throw bad_data("no run of the study has finished, so there is nothing to report; run it again");
  scored_study scored(results, options);
  study_summary out{std::move(results), std::move(scored), {}, share};
  for (const study_metric metric : study_metrics)
    for (std::size_t h = 0; h < out.results.heads.size(); ++h)
      for (std::size_t p = 0; p < out.results.pipelines.size(); ++p) {
        summary_row row{.metric = metric, .head = h, .pipeline = p, .full = {}, .untrained = {}, .gain = {}, .point = {}};
        row.full = mean_score(out.scored, metric, h, p, out.largest());
        if (const auto seeds = out.scored.scores.over_seeds(metric, h, p, out.largest()); !seeds.empty()) {
          row.seed_low = *std::min_element(seeds.begin(), seeds.end());
          row.seed_high = *std::max_element(seeds.begin(), seeds.end());
        }
        if (out.results.has_untrained()) row.untrained = mean_score(out.scored, metric, h, p, 0);
        row.gain = gain_over_untrained(out.results, out.scored, metric, h, p, out.largest());
        row.point = find_saturation(out.results, out.scored, metric, h, p, share);
        out.rows.push_back(std::move(row));
      }
  return out;
}

/// "0.871 [0.852, 0.889]", "0.871" where there is no interval, "-" where there is no value
[[nodiscard]] inline std::string estimate_text(const estimate& e, bool with_sign = false) {
  const auto show = [&](const measured& m) { return with_sign ? signed_text(m.value) : fixed_text(m.value); };
  if (!e.mean.known()) return "-";
  if (!e.range.low.known() || !e.range.high.known()) return show(e.mean);
  return show(e.mean) + " [" + show(e.range.low) + ", " + show(e.range.high) + "]";
}

/// A size as a share of the corpus; the smallest size of the ladder means "at most".
[[nodiscard]] inline std::string size_text(const study_results& results, double size) {
  const bool smallest = size == results.sizes[std::min(results.first_trained(), results.sizes.size() - 1)];
  return (smallest && results.sizes.size() > results.first_trained() + 1 ? "≤ " : "") + fraction_text(size);
}

/// The saturation point by the rule on means: "25 % [10 %, 50 %]", "not reported" where it is refused.
[[nodiscard]] inline std::string saturation_text(const study_results& results, const saturation& point) {
  if (!point.reported()) return "not reported";
  std::string out = size_text(results, point.of_means.value);
  if (point.of_means_range.low.known())
    out += " [" + fraction_text(point.of_means_range.low.value) + ", " + fraction_text(point.of_means_range.high.value) + "]";
  return out;
}

}  // namespace tepui::study
