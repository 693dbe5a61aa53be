#pragma once
/// Finds the learning saturation point: the smallest share of the corpus that already gives (nearly) the best score.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/study/resample.hpp>

namespace tepui::study {

/// One pipeline's scores against corpus size.                           score  [sizes][seeds], any number of seeds a size
struct learning_curve {
  std::vector<double> size;  ///< ascending; the untrained twin is not a size
  std::vector<std::vector<double>> score;
  std::vector<double> untrained;  ///< scores of the untrained twin [seeds]; empty where it was not run
};

[[nodiscard]] inline double mean_of(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

/// in     a learning curve and a share of the best        out    the smallest size at which *any* run scores strictly above
/// share * best run errors none: where the best score is not positive, no run can pass and the reason is given source DenAdel
/// et al. 2026 (their rule, unchanged); the best of several noisy runs favours small sizes
[[nodiscard]] inline measured saturation_published(const learning_curve& curve, double share = 0.95) {
  double best = -std::numeric_limits<double>::infinity();
  for (const auto& runs : curve.score)
    for (const double v : runs) best = std::max(best, v);
  for (std::size_t z = 0; z < curve.size.size(); ++z)
    for (const double v : curve.score[z])
      if (v > share * best) return curve.size[z];
  return measured::missing("no run is above the share of the best one, as happens when the best score is not positive");
}

/// The smallest size whose mean over seeds is strictly above share * the best mean.
[[nodiscard]] inline measured saturation_of_means(const learning_curve& curve, double share = 0.95) {
  double best = -std::numeric_limits<double>::infinity();
  for (const auto& runs : curve.score)
    if (!runs.empty()) best = std::max(best, mean_of(runs));
  for (std::size_t z = 0; z < curve.size.size(); ++z)
    if (!curve.score[z].empty() && mean_of(curve.score[z]) > share * best) return curve.size[z];
  return measured::missing("no size is above the share of the best one, as happens when the best score is not positive");
}

/// The smallest size whose mean has made at least `share` of the way from the untrained twin to the best mean.
[[nodiscard]] inline measured saturation_of_gain(const learning_curve& curve, double share = 0.95) {
  const double floor = mean_of(curve.untrained);
  if (std::isnan(floor)) return measured::missing("the untrained twin was not run");
  double best = -std::numeric_limits<double>::infinity();
  for (const auto& runs : curve.score)
    if (!runs.empty()) best = std::max(best, mean_of(runs));
  if (!(best > floor)) return measured::missing("no size is above the untrained twin");
  for (std::size_t z = 0; z < curve.size.size(); ++z)
    if (!curve.score[z].empty() && mean_of(curve.score[z]) >= floor + share * (best - floor)) return curve.size[z];
  return measured::missing("no size is above the untrained twin");
}

struct saturation_options {
  double share = 0.95;  ///< of the best score
  resample_options resampling;
};

/// The saturation point in all forms. The smallest size of the ladder means "at most this", the largest "not seen to saturate".
struct saturation {
  measured published;       ///< by the published rule: any run
  measured of_means;        ///< by the rule on seed means
  interval of_means_range;  ///< of `of_means`, from drawing seeds (and test cells) again; its ends are sizes of the ladder
  measured of_gain;         ///< by the rule on what training gained over the untrained twin
  measured best;            ///< the best mean over seeds
  double best_size = 0;
  estimate
      above_untrained;  ///< best mean - untrained mean; its interval is widened for having chosen the best of several sizes
  std::string refused;  ///< why no saturation point is reported; empty where one is

  [[nodiscard]] bool reported() const { return refused.empty(); }
};

/// in     a curve, and the same curve on a resample of the test cells: curve_at(resample) -> learning_curve; cells: whether
/// they were resampled out    all forms. Refused, with the reason, where the best size is not above the untrained twin by more
/// than noise: a metric that cannot
///        tell a trained model from an untrained one saturates anywhere
/// cost   resamples * runs        repeat bit-equal everywhere
/// source the bootstrap draws seeds within each size; intervals are percentiles, the refusal's level is (1 - level) / number of
/// sizes (Bonferroni)
template <class CurveAt>
[[nodiscard]] saturation find_saturation(const learning_curve& curve, CurveAt&& curve_at, bool cells,
                                         const saturation_options& options = {}) {
  const resample_options& draw = options.resampling;
  draw.check();
  if (curve.size.empty() || curve.score.size() != curve.size.size())
    throw bad_option("a learning curve needs at least one size and scores for each size");
  saturation out;
  out.published = saturation_published(curve, options.share);
  out.of_means = saturation_of_means(curve, options.share);
  out.of_gain = saturation_of_gain(curve, options.share);
  std::size_t best = curve.size.size(), most_seeds = 0;
  for (std::size_t z = 0; z < curve.size.size(); ++z) {
    most_seeds = std::max(most_seeds, curve.score[z].size());
    if (!curve.score[z].empty() && (best == curve.size.size() || mean_of(curve.score[z]) > mean_of(curve.score[best])))
      best = z;
  }
  const auto refuse = [&](std::string why) {
    out.refused = std::move(why);
    const measured none = measured::missing(out.refused);
    if (!out.of_means_range.low.known()) out.of_means_range = {none, none};
    if (!out.above_untrained.range.low.known()) out.above_untrained.range = {none, none};
    return out;
  };
  if (best == curve.size.size()) return refuse("no run of this pipeline is there");
  out.best = mean_of(curve.score[best]);
  out.best_size = curve.size[best];
  const bool has_twin = !curve.untrained.empty();
  out.above_untrained.seeds = isize(curve.score[best].size());
  out.above_untrained.mean = has_twin ? measured(mean_of(curve.score[best]) - mean_of(curve.untrained))
                                      : measured::missing("the untrained twin was not run");
  if (most_seeds < 2 && !cells) return refuse("one seed and no resampled test cells: the noise is not known");

  std::vector<double> points, above;
  for (std::int64_t b = 0; b < draw.resamples; ++b) {
    const learning_curve& now = curve_at(b);
    const auto again = [&](const std::vector<double>& runs, std::size_t group) {
      std::vector<double> drawn(runs.size());
      for (std::size_t s = 0; s < runs.size(); ++s) drawn[s] = runs[resampled_seed(runs.size(), s, group, b, draw.seed)];
      return drawn;
    };
    learning_curve drawn{now.size, {}, again(now.untrained, 0)};
    for (std::size_t z = 0; z < now.size.size(); ++z) drawn.score.push_back(again(now.score[z], z + 1));
    if (const measured point = saturation_of_means(drawn, options.share); point.known()) points.push_back(point.value);
    if (has_twin) above.push_back(mean_of(drawn.score[best]) - mean_of(drawn.untrained));
  }
  std::sort(points.begin(), points.end());
  if (isize(points.size()) == draw.resamples) {
    // Nearest rank: a size between two steps of the ladder was never trained.
    const auto at = [&](double share) {
      const double rank = std::ceil(share * static_cast<double>(points.size()));
      return points[std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, points.size()) - 1];
    };
    out.of_means_range = {at((1 - draw.level) / 2), at((1 + draw.level) / 2)};
  } else {
    const measured none = measured::missing("in some resamples no size passes, as happens when scores are not positive");
    out.of_means_range = {none, none};
  }
  if (!has_twin) return refuse("the untrained twin was not run, so a plateau cannot be told from a floor");
  out.above_untrained.range = percentile_interval(above, 1 - (1 - draw.level) / static_cast<double>(curve.size.size()));
  if (!out.above_untrained.above_zero()) return refuse("its best score is not above the untrained twin by more than the noise");
  if (!out.of_means.known()) return refuse(out.of_means.reason);
  return out;
}

/// The same where the noise comes from seeds alone.
[[nodiscard]] inline saturation find_saturation(const learning_curve& curve, const saturation_options& options = {}) {
  return find_saturation(
      curve, [&](std::int64_t) -> const learning_curve& { return curve; }, false, options);
}

/// One pipeline's curve out of the cube.
[[nodiscard]] inline learning_curve curve_of(const study_results& results, const score_cube& cube, study_metric metric,
                                             std::size_t head, std::size_t pipeline) {
  learning_curve out;
  if (results.has_untrained()) out.untrained = cube.over_seeds(metric, head, pipeline, 0);
  for (std::size_t z = results.first_trained(); z < results.sizes.size(); ++z) {
    out.size.push_back(results.sizes[z]);
    out.score.push_back(cube.over_seeds(metric, head, pipeline, z));
  }
  return out;
}

/// The saturation point of one pipeline, head and metric, with seeds and test cells drawn again.
[[nodiscard]] inline saturation find_saturation(const study_results& results, const scored_study& study, study_metric metric,
                                                std::size_t head, std::size_t pipeline, double share = 0.95) {
  learning_curve now;
  return find_saturation(
      curve_of(results, study.scores, metric, head, pipeline),
      [&](std::int64_t b) -> const learning_curve& { return now = curve_of(results, study.cube(b), metric, head, pipeline); },
      !study.again.empty(), {.share = share, .resampling = study.options});
}

}  // namespace tepui::study
