#pragma once
/// How much the clusters tell about the labels, as a share of what both hold: normalised mutual information.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/partition/agreement.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/partition/information.hpp>
#include <tepui/metric/partition/two_partitions.hpp>

namespace tepui::metric {

/// What the information is divided by: a mean of the two entropies.
enum class mean_entropy { arithmetic, geometric, smaller, larger };

[[nodiscard]] constexpr std::string_view text(mean_entropy mean) {
  constexpr std::string_view all[] = {"arithmetic", "geometric", "min", "max"};
  return all[static_cast<int>(mean)];
}

[[nodiscard]] inline double mean_of_entropies(const contingency& of, mean_entropy mean) {
  const double truth = entropy(of.truth), found = entropy(of.found);
  switch (mean) {
    case mean_entropy::geometric:
      return std::sqrt(truth * found);
    case mean_entropy::smaller:
      return std::min(truth, found);
    case mean_entropy::larger:
      return std::max(truth, found);
    case mean_entropy::arithmetic:
      break;
  }
  return (truth + found) / 2;
}

/// Mutual information / mean entropy.
/// out    [0, 1]; 1 where neither grouping divides the cells, or there are none; 0 where they share no information
/// cost   O(occupied log occupied)
/// source Strehl and Ghosh 2002; scikit-learn normalized_mutual_info_score, whose edge cases these are; scib metrics/nmi.py
///        (arithmetic)
[[nodiscard]] inline double normalized_information(const contingency& of, mean_entropy mean = mean_entropy::arithmetic) {
  if (of.n_truth() <= 1 && of.n_found() <= 1) return 1;
  const double shared = mutual_information(of);
  constexpr double least = std::numeric_limits<double>::epsilon();
  if (shared <= least) return 0;
  return std::min(1.0, shared / std::max(least, mean_of_entropies(of, mean)));
}

/// What normalized_information reaches on the average when the labels are dealt to the cells at random: the entropies stay
/// as they are, so that it is the expected information over their mean.
[[nodiscard]] inline double chance_information(const contingency& of, mean_entropy mean = mean_entropy::arithmetic) {
  const double most = mean_of_entropies(of, mean);
  return most > 0 ? std::min(1.0, expected_information(of) / most) : 0;
}

/// Score "nmi": normalised mutual information of labels and clusters.
/// floor   the mean over all orders of the labels, in closed form; it rises with the number of clusters (ami takes it away)
/// ceiling 1             interval  bootstrap over cells, clusters held fixed         empty   no cells, one label: the reason
struct nmi {
  using reads = two_partitions;
  static constexpr std::string_view name = "nmi";
  mean_entropy mean = mean_entropy::arithmetic;  ///< scikit-learn's and scib's; others are named in the score: "nmi[min]"

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + std::string(text(mean)) + ")"; }

  [[nodiscard]] std::vector<score> operator()(const two_partitions& of, const score_options& options) const {
    const std::string variant = mean == mean_entropy::arithmetic ? "" : "[" + std::string(text(mean)) + "]";
    return {agreement_score(
        options.prefix + std::string(name) + variant, of.counts, options,
        [this](const contingency& c) { return normalized_information(c, mean); }, chance_information(of.counts, mean))};
  }
};

}  // namespace tepui::metric
