#pragma once
/// Asks how much a score would have moved with other test cells or other seeds, by drawing both again many times (the
/// bootstrap).

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/study/results.hpp>

namespace tepui::study {

/// invariants  resamples >= 1; 0 < level < 1
struct resample_options {
  std::int64_t resamples = 1000;
  double level = 0.95;     ///< of every interval
  std::uint64_t seed = 1;  ///< of the resampling itself
  int threads = 1;         ///< the result does not depend on it

  void check() const {
    if (resamples < 1)
      throw bad_option("a bootstrap cannot draw " + std::to_string(resamples) + " resamples; give at least 1, better 1000");
    if (!(level > 0 && level < 1))
      throw bad_option("the level of an interval is " + std::to_string(level) + ", but it must lie between 0 and 1");
    if (threads < 1) throw bad_option("a bootstrap cannot run on " + std::to_string(threads) + " threads; give at least 1");
  }
};

using metric::interval;
using metric::percentile_interval;

/// As metric::quantile, of values that are there.
/// in     values, in any order, at least one that is not NaN; a share between 0 and 1
[[nodiscard]] inline double quantile(std::vector<double> values, double share) {
  return metric::quantile(std::move(values), share).value;
}

/// How often each test cell counts in one resample: as many draws with replacement as there are cells.
/// out    weight  [cells], sum = cells
inline void resample_cells(std::int64_t resample, std::uint64_t seed, std::span<std::int32_t> weight) {
  const kernel::draws draws(seed, "study: resampled test cells");
  std::fill(weight.begin(), weight.end(), 0);
  for (std::int64_t i = 0; i < isize(weight.size()); ++i)
    ++weight[usize(draws.below(isize(weight.size()), i, static_cast<std::uint64_t>(resample)))];
}

/// The seed that takes the place of seed `at` in one resample. `group` keeps the draws of different sizes apart.
[[nodiscard]] inline std::size_t resampled_seed(std::size_t n_seeds, std::size_t at, std::size_t group,
                                                std::int64_t resample, std::uint64_t seed) {
  const kernel::draws draws(seed, "study: resampled seeds", group);
  return usize(draws.below(isize(n_seeds), isize(at), static_cast<std::uint64_t>(resample)));
}

/// Every score of the study on every resample of the test cells. All runs share a resample, so that differences are paired.
/// cost   time: resamples * runs * heads * test cells; memory: 8 bytes a resample, run, head and metric
/// repeat bit-equal for any number of threads
[[nodiscard]] inline std::vector<score_cube> resample_scores(const study_results& results,
                                                             const resample_options& options = {}) {
  options.check();
  std::vector<score_cube> out(usize(options.resamples));
  std::vector<std::vector<std::int32_t>> weight(usize(options.threads), std::vector<std::int32_t>(usize(results.n_cells())));
  kernel::parallel_chunks(options.resamples, options.threads, [&](std::int64_t b, int worker) {
    resample_cells(b, options.seed, weight[usize(worker)]);
    out[usize(b)] = scores_of(results, weight[usize(worker)]);
  });
  return out;
}

/// A mean score or a mean difference, with its interval over seeds and, where they were resampled, test cells.
struct estimate {
  measured mean;
  interval range;
  std::int64_t seeds = 0;

  /// The whole interval lies above 0.
  [[nodiscard]] bool above_zero() const { return range.low.known() && range.low.value > 0; }
  [[nodiscard]] bool below_zero() const { return range.high.known() && range.high.value < 0; }
};

/// in     one value a seed, and the same values on a resample: value_at(resample) -> the values [seeds]; cells tells whether
/// test cells were
///        resampled
/// out    the mean; its interval from drawing seeds (and cells) again; no interval from a single seed alone
template <class ValueAt>
[[nodiscard]] estimate estimate_mean(const std::vector<double>& value, ValueAt&& value_at, bool cells,
                                     const resample_options& options) {
  estimate out;
  out.seeds = isize(value.size());
  if (value.empty()) {
    const measured none = measured::missing("no run of this kind is there");
    return {none, {none, none}, 0};
  }
  double sum = 0;
  for (const double v : value) sum += v;
  out.mean = sum / static_cast<double>(value.size());
  if (value.size() < 2 && !cells) {
    out.range.low = out.range.high = measured::missing("one seed and no resampled test cells: the noise is not known");
    return out;
  }
  std::vector<double> means;
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    const std::vector<double> again = value_at(b);
    double total = 0;
    for (std::size_t s = 0; s < again.size(); ++s) total += again[resampled_seed(again.size(), s, 0, b, options.seed)];
    means.push_back(total / static_cast<double>(again.size()));
  }
  out.range = percentile_interval(means, options.level);
  return out;
}

/// Scores of a study with what resampling its test cells does to them. invariants  `again` is empty or has options.resamples
/// cubes
struct scored_study {
  score_cube scores;
  std::vector<score_cube> again;
  resample_options options;

  explicit scored_study(const study_results& results, const resample_options& with = {})
      : scores(scores_of(results)), again(resample_scores(results, with)), options(with) {}
  [[nodiscard]] const score_cube& cube(std::int64_t b) const { return again.empty() ? scores : again[usize(b)]; }
};

/// Mean score over seeds, with its interval.
[[nodiscard]] inline estimate mean_score(const scored_study& study, study_metric metric, std::size_t head,
                                         std::size_t pipeline, std::size_t size) {
  return estimate_mean(
      study.scores.over_seeds(metric, head, pipeline, size),
      [&](std::int64_t b) { return study.cube(b).over_seeds(metric, head, pipeline, size); }, !study.again.empty(),
      study.options);
}

/// A pipeline at a size.
struct cube_place {
  std::size_t pipeline = 0, size = 0;
};

/// The mean over seeds of (score at `a` - score at `b` with the same seed), on the same test cells.
/// errors none: where no seed has both, the estimate says so
[[nodiscard]] inline estimate paired_difference(const scored_study& study, study_metric metric, std::size_t head,
                                                cube_place a, cube_place b) {
  const auto differences = [&](const score_cube& cube) {
    std::vector<double> out;
    for (std::size_t s = 0; s < cube.n_seeds; ++s) {
      const double d = cube.value[cube.at(metric, head, a.pipeline, a.size, s)] -
                       cube.value[cube.at(metric, head, b.pipeline, b.size, s)];
      if (!std::isnan(d)) out.push_back(d);
    }
    return out;
  };
  return estimate_mean(
      differences(study.scores), [&](std::int64_t resample) { return differences(study.cube(resample)); },
      !study.again.empty(), study.options);
}

/// What training gained: the paired difference between a size and the untrained twin.
[[nodiscard]] inline estimate gain_over_untrained(const study_results& results, const scored_study& study,
                                                  study_metric metric, std::size_t head, std::size_t pipeline,
                                                  std::size_t size) {
  if (results.has_untrained()) return paired_difference(study, metric, head, {pipeline, size}, {pipeline, 0});
  const measured none = measured::missing("the untrained twin was not run");
  return {none, {none, none}, 0};
}

}  // namespace tepui::study
