#pragma once
/// Draws cells again, so that every score of one classifier is shaken in the same way.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// The random numbers of resampling: the same for all scores of one seed, so that differences of scores are paired over
/// cells.
[[nodiscard]] inline kernel::draws resampling_of(const score_options& options) {
  return {options.seed, "metric: resampled cells"};
}

/// Draws n cells with replacement.
/// in     number of cells (below 2^32), which resample; visit(cell), called n times        cost   O(n), two draws from one
///        generator call
/// repeat bit-equal everywhere
template <class Visit>
void drawn_cells(std::int64_t n_cells, const kernel::draws& random, std::int64_t number, Visit&& visit) {
  const auto n = static_cast<std::uint64_t>(n_cells);
  for (std::uint64_t i = 0; i < n; i += 2) {
    const std::uint64_t bits = random.bits(number, i / 2);
    // 32 bits choose among fewer than 2^32 cells with a bias below cells / 2^32.
    visit(static_cast<std::size_t>(((bits >> 32) * n) >> 32));
    if (i + 1 < n) visit(static_cast<std::size_t>(((bits & 0xFFFFFFFFU) * n) >> 32));
  }
}

/// A score with what it was in every resample, in the order of the resamples: two of them of the same cells can be paired.
struct resampled_score {
  score whole;
  std::vector<double> again;  ///< [resamples]; not a number where the resample has no such score
};

/// A score whose interval is the middle `level` of its resamples.
/// in     value and floor, or their reasons; again, as above         empty  no value or no resamples: no interval, with the
///        reason
[[nodiscard]] inline resampled_score with_interval(std::string name, std::string unit, std::int64_t n, measured value,
                                                   measured floor, std::vector<double> again, const score_options& options,
                                                   direction better = direction::higher_is_better) {
  resampled_score out;
  score& s = out.whole;
  s.name = options.prefix + std::move(name);
  s.unit = std::move(unit);
  s.n = n;
  s.better = better;
  s.value = std::move(value);
  s.floor = s.value.known() ? std::move(floor) : measured::missing(s.value.reason);
  s.ceiling = measured::missing(options.no_ceiling);
  if (!s.value.known() || again.empty()) {
    s.low = s.high = measured::missing(s.value.known() ? "no resamples were asked for" : s.value.reason);
  } else {
    const interval ends = percentile_interval(again, options.level);
    s.low = ends.low;
    s.high = ends.high;
  }
  out.again = std::move(again);
  return out;
}

/// The scores alone.
[[nodiscard]] inline std::vector<score> scores_of(std::vector<resampled_score> all) {
  std::vector<score> out;
  for (resampled_score& one : all) out.push_back(std::move(one.whole));
  return out;
}

/// What heads without settings share: they are functions of what they read, and can say what their scores were in every
/// resample.
template <class Head, class Reads>
struct resampling_head {
  using reads = Reads;
  /// in     predictions, options        out    scores; see the head        errors  bad_option: options that make no sense
  [[nodiscard]] std::vector<score> operator()(const Reads& of, const score_options& options) const {
    return scores_of(static_cast<const Head&>(*this).resampled(of, options));
  }
};

}  // namespace tepui::metric
