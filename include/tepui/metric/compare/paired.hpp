#pragma once
/// Is one pipeline better than another? Compares their values on the same cells, or with the same seeds.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/compare/effect_size.hpp>
#include <tepui/metric/compare/holm.hpp>
#include <tepui/metric/compare/over_donors.hpp>
#include <tepui/metric/compare/over_seeds.hpp>
#include <tepui/metric/compare/sign_flip.hpp>
#include <tepui/metric/compare/wilcoxon.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// What pairs say about two pipelines. Each number may be missing, with the reason.
struct paired_comparison {
  std::string first, second;
  estimate difference;    ///< mean of first - second, its bootstrap interval, pairs
  measured sign_flip_p;   ///< two-sided; exact up to 20 pairs
  measured wilcoxon_p;    ///< two-sided; exact up to 50 pairs
  measured standardised;  ///< paired_g
  measured holm_p;        ///< sign_flip_p, corrected for the comparisons made at once
};

namespace pairing {

[[nodiscard]] inline measured number_or(double v, const std::string& why) {
  return std::isnan(v) ? measured::missing(why) : measured(v);
}
/// a - b where both are there.
[[nodiscard]] inline std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
  statistics::check_same_length(a, b);
  std::vector<double> out;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!std::isnan(a[i]) && !std::isnan(b[i])) out.push_back(a[i] - b[i]);
  return out;
}

}  // namespace pairing

/// Compares two pipelines by pairs.
/// in     a, b [pairs]: a value of each cell (1 where the label was right) or of each seed, in the same order; pairs with a
///        NaN are left out
/// out    holm_p is sign_flip_p: one comparison needs no correction. Pairs of cells say nothing about other seeds, pairs of
///        seeds nothing about other cells: compare both. Cells of one donor are alike; see compare_by_donors
/// errors bad_data: other lengths
/// cost   as its parts; 50,000 cells and 1,000 flips: 50 M additions
/// repeat bit-equal for one seed
[[nodiscard]] inline paired_comparison compare_paired(std::span<const double> a, std::span<const double> b,
                                                      const score_options& options = {}) {
  options.check();
  const std::vector<double> d = pairing::differences(a, b);
  paired_comparison out;
  out.difference.n = isize(d.size());
  if (d.empty()) {
    const std::string why = "the two pipelines have no pair in common";
    out.difference.range = interval::missing(why);
    out.difference.mean = out.sign_flip_p = out.wilcoxon_p = out.standardised = out.holm_p = measured::missing(why);
    return out;
  }
  out.difference.mean = mean_and_variance(d).mean;
  const std::string alone = "there is one pair, which says nothing about others";
  out.difference.range = d.size() == 1 ? interval::missing(alone) : interval_of_mean(d, options);
  out.sign_flip_p = pairing::number_or(sign_flip_test(d, options).p,
                                       "no resamples were asked for, and there are too many pairs to count all flips");
  out.wilcoxon_p = pairing::number_or(wilcoxon_signed_rank(d).p, "no pair differs");
  out.standardised = pairing::number_or(paired_g(d), d.size() == 1 ? alone : "all pairs differ by the same");
  out.holm_p = out.sign_flip_p;
  return out;
}

/// Compares two pipelines by donors: each donor's mean difference is one pair.
/// in     a, b [cells], the donor of each cell; cells with a NaN on either side are left out on both, and a donor without
///        any others as well
/// out    as compare_paired; difference over donors, each of the same weight; n: the donors
/// errors bad_data: lengths that do not fit, a cell without a donor
[[nodiscard]] inline paired_comparison compare_by_donors(std::span<const double> a, std::span<const double> b,
                                                         const cell_labels& donor, const score_options& options = {}) {
  statistics::check_same_length(a, b);
  donor.check(isize(a.size()), "donor");
  std::vector<double> mean_a, mean_b;
  for (const auto& rows : donors::rows_of_each(donor)) {
    double sum_a = 0, sum_b = 0, both = 0;
    for (const std::int64_t r : rows) {
      if (std::isnan(a[usize(r)]) || std::isnan(b[usize(r)])) continue;
      sum_a += a[usize(r)];
      sum_b += b[usize(r)];
      both += 1;
    }
    if (both == 0) continue;
    mean_a.push_back(sum_a / both);
    mean_b.push_back(sum_b / both);
  }
  return compare_paired(mean_a, mean_b, options);
}

/// The values of one pipeline, in the order of the cells or seeds that all share.
struct pipeline_values {
  std::string name;
  std::span<const double> value;
};

/// Every pipeline against every other, with Holm's correction.
/// shape  [pipelines] of [pairs] -> [pipelines (pipelines - 1) / 2]
/// out    (0, 1), (0, 2) ... (1, 2) ...: first - second; comparisons without a p-value count in the correction as p = 1
/// errors bad_data: pipelines of different lengths
[[nodiscard]] inline std::vector<paired_comparison> compare_pipelines(std::span<const pipeline_values> pipelines,
                                                                      const score_options& options = {}) {
  std::vector<paired_comparison> out;
  std::vector<double> p;
  for (std::size_t i = 0; i < pipelines.size(); ++i)
    for (std::size_t j = i + 1; j < pipelines.size(); ++j) {
      out.push_back(compare_paired(pipelines[i].value, pipelines[j].value, options));
      out.back().first = pipelines[i].name;
      out.back().second = pipelines[j].name;
      p.push_back(out.back().sign_flip_p.value);
    }
  holm(p, p);
  for (std::size_t c = 0; c < out.size(); ++c)
    if (out[c].sign_flip_p.known()) out[c].holm_p = p[c];
  return out;
}

}  // namespace tepui::metric
