#pragma once
/// How much the clusters tell about the labels beyond what chance would: adjusted mutual information.

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/partition/agreement.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/partition/information.hpp>
#include <tepui/metric/partition/nmi.hpp>
#include <tepui/metric/partition/two_partitions.hpp>

namespace tepui::metric {

/// (information - expected) / (mean entropy - expected).
/// out    at most 1, 0 by chance on the average; 1 where neither grouping divides the cells, and where chance alone reaches
///        the mean entropy (every cell alone in both)
/// cost   that of expected_information                  source Vinh, Epps and Bailey 2010; scikit-learn
///        adjusted_mutual_info_score
/// in     chance: the expected information of the table, which is costly
[[nodiscard]] inline double adjusted_information(const contingency& of, mean_entropy mean, double chance) {
  if (of.n_truth() <= 1 && of.n_found() <= 1) return 1;
  const double shared = mutual_information(of), most = mean_of_entropies(of, mean);
  const double room = most - chance;
  if (std::abs(room) <= 1e-13 * std::max(1.0, most)) return std::abs(shared - chance) <= 1e-13 * std::max(1.0, most) ? 1 : 0;
  return std::min(1.0, (shared - chance) / room);
}
[[nodiscard]] inline double adjusted_information(const contingency& of, mean_entropy mean = mean_entropy::arithmetic) {
  return adjusted_information(of, mean, expected_information(of));
}

/// Score "ami": adjusted mutual information of labels and clusters.
/// floor   0: its mean over all orders of the labels, exactly           ceiling 1       unit    may be negative
/// interval  bootstrap over cells; clusters and what chance reaches held fixed
/// empty   no cells, one label: the reason
struct ami {
  using reads = two_partitions;
  static constexpr std::string_view name = "ami";
  mean_entropy mean = mean_entropy::arithmetic;  ///< scikit-learn's; others are named in the score: "ami[max]"

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + std::string(text(mean)) + ")"; }

  [[nodiscard]] std::vector<score> operator()(const two_partitions& of, const score_options& options) const {
    const std::string variant = mean == mean_entropy::arithmetic ? "" : "[" + std::string(text(mean)) + "]";
    const double chance = expected_information(of.counts);
    return {agreement_score(
        options.prefix + std::string(name) + variant, of.counts, options,
        [this, chance](const contingency& c) { return adjusted_information(c, mean, chance); }, 0,
        std::string(beyond_chance))};
  }
};

}  // namespace tepui::metric
