#pragma once
/// Turns a measure of agreement of two groupings into a score: with what chance reaches, what is possible, and an interval.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/partition/binomial.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// The middle `level` of a statistic of the table over `resamples` draws of as many cells, with replacement, moved back by
/// what drawing cells twice adds to agreement. The clusters stay as they are: what another clustering of other cells would do is not in it.
/// in     statistic(contingency) -> double
/// cost   resamples x (occupied places + the statistic), for any number of cells
template <class Statistic>
[[nodiscard]] interval interval_of_table(const contingency& of, const score_options& options, Statistic&& statistic) {
  options.check();
  if (of.n == 0) return interval::missing("there are no cells to score");
  if (options.resamples == 0) return interval::missing("no resamples were asked for");
  const kernel::draws random(options.seed, "metric: resampled partitions");
  std::vector<std::int64_t> cells, again;
  for (const auto& p : of.place) cells.push_back(p.cells);
  contingency drawn = of;
  std::vector<double> values;
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    draw_again(cells, random, b, again);
    drawn.recount(again);
    values.push_back(statistic(drawn));
  }
  return centred_interval(statistic(of), std::move(values), options.level, -1, 1);
}

/// Why a table has no score of agreement; empty where it has one.
[[nodiscard]] inline std::string no_agreement(const contingency& of) {
  if (of.n == 0) return "there are no cells to score";
  if (of.n_truth() < 2)
    return "all cells have the same label, so that no grouping can agree with the labels more than another";
  return "";
}

/// What the measures of agreement have in common.
/// in     value(contingency) -> double; floor: the mean of the same measure over all orders of the labels; unit
/// out    ceiling 1: clusters that equal the labels reach it; n, unit, interval; the reason instead of a value where there
///        is none
template <class Value>
[[nodiscard]] score agreement_score(std::string name, const contingency& of, const score_options& options, Value&& value,
                                    double floor, std::string unit = "share") {
  options.check();
  if (const std::string why = no_agreement(of); !why.empty()) return without_value(std::move(name), why, of.n);
  score out;
  out.name = std::move(name);
  out.value = value(of);
  out.unit = std::move(unit);
  out.n = of.n;
  out.floor = floor;
  out.ceiling = 1.0;
  const interval ends = interval_of_table(of, options, value);
  out.low = ends.low;
  out.high = ends.high;
  return out;
}

/// The unit of measures from which chance has been taken: they may be negative.
inline constexpr std::string_view beyond_chance = "agreement beyond chance: 1 is complete, 0 is chance";

}  // namespace tepui::metric
