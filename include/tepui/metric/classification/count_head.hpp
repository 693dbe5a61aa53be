#pragma once
/// From a formula of class counts to a score with floor and interval.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>
#include <tepui/metric/classification/resampled.hpp>
#include <tepui/metric/head.hpp>

namespace tepui::metric {

/// The words that stand for values which are not there.
struct reasons {
  const char* of_value = "the formula is 0 / 0 for these cells";  ///< there are cells, but the score is 0 / 0
  const char* of_floor =
      "the formula is 0 / 0 for trivial answers";  ///< the same, for the trivial answers; empty: they score 0
};

/// in     predictions; the name without prefix; formula(class_counts) -> double, undefined where it is 0 / 0
/// out    score; floor: the formula of the trivial answers; interval: of all resamples asked for
template <class Formula>
[[nodiscard]] resampled_score counted_score(const predicted_cells& of, const score_options& options, std::string name,
                                            const char* unit, const Formula& formula, const reasons& why = {}) {
  options.check();
  const auto or_reason = [](double v, const char* reason) {
    return std::isnan(v) ? measured::missing(reason) : measured(v);
  };
  const measured value =
      of.n_cells() == 0 ? measured::missing("there are no cells to score") : or_reason(formula(of.counts()), why.of_value);
  measured floor = measured::missing("the labels that a trivial classifier would have learned from are not known");
  if (of.has_trivial()) {
    const double trivial = formula(of.trivial_counts());
    floor = *why.of_floor == '\0' && std::isnan(trivial) ? measured(0.0) : or_reason(trivial, why.of_floor);
  }
  std::vector<double> again;
  if (value.known())
    for (const class_counts& counts : of.resampled_counts(options)) again.push_back(formula(counts));
  return with_interval(std::move(name), unit, of.n_cells(), value, std::move(floor), std::move(again), options);
}

/// One score of class counts. A head of this kind says its name and `static double of(const class_counts&)`.
/// out    one score; floor: of the trivial answers; ceiling: see score_options
/// interval  percentile bootstrap over cells: it holds no noise of training, and cells of one donor count as independent
/// empty  no cells: no value, with the reason
/// cost   O(resamples classes) beside the resampled counts, which all heads of one subject share
/// repeat bit-equal for one seed and any number of threads
template <class Head>
struct count_head : resampling_head<Head, predicted_cells> {
  static constexpr const char* unit = "share";
  static constexpr reasons why = {};
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    std::vector<resampled_score> out;
    out.push_back(counted_score(of, options, std::string(Head::name), Head::unit, &Head::of, Head::why));
    return out;
  }
};

/// One score a class, name[CLASS]. A head of this kind says `static double of(const class_counts&, std::size_t)`.
/// floor  0 where the trivial answers never give the class
/// empty  classes without names: one score without a value; a class without cells that was never predicted: no value
template <class Head>
struct class_head : resampling_head<Head, predicted_cells> {
  static constexpr reasons why = {"no cell is of this class, and none was called so", ""};
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    std::vector<resampled_score> out;
    const auto names = of.given().class_names;
    for (std::size_t c = 0; c < names.size(); ++c)
      out.push_back(counted_score(
          of, options, std::string(Head::name) + "[" + names[c] + "]", "share",
          [c](const class_counts& counts) { return Head::of(counts, c); }, Head::why));
    if (names.empty())
      out.push_back({without_value(options.prefix + std::string(Head::name),
                                   "the classes have no names, so no score is given by class", of.n_cells()),
                     {}});
    return out;
  }
};

}  // namespace tepui::metric
