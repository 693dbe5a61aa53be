#pragma once
/// Whether each cluster holds one label, whether each label lies in one cluster, and both together.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/partition/agreement.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/partition/information.hpp>
#include <tepui/metric/partition/two_partitions.hpp>

namespace tepui::metric {

/// homogeneity = information / entropy of the labels; completeness = information / entropy of the clusters; v: their
/// harmonic mean.
/// out    each in [0, 1]; 1 where the entropy divided by is 0; v is 0 where both are
/// source Rosenberg and Hirschberg 2007 (beta 1); scikit-learn homogeneity_completeness_v_measure
struct shared_shares {
  double homogeneity = 1, completeness = 1, v = 1;

  shared_shares(double information, double truth_entropy, double found_entropy) {
    if (truth_entropy > 0) homogeneity = std::min(1.0, information / truth_entropy);
    if (found_entropy > 0) completeness = std::min(1.0, information / found_entropy);
    v = homogeneity + completeness > 0 ? 2 * homogeneity * completeness / (homogeneity + completeness) : 0;
  }
  explicit shared_shares(const contingency& of)
      : shared_shares(mutual_information(of), entropy(of.truth), entropy(of.found)) {}
  /// What is reached on the average when the labels are dealt to the cells at random.
  [[nodiscard]] static shared_shares by_chance(const contingency& of) {
    return {expected_information(of), entropy(of.truth), entropy(of.found)};
  }
};

/// Scores "homogeneity", "completeness" and "v_measure" of labels and clusters.
/// floor   the mean over all orders of the labels, in closed form      ceiling 1
/// interval  bootstrap over cells, clusters held fixed                 empty   no cells, one label: the reason
struct homogeneity_completeness {
  using reads = two_partitions;
  static constexpr std::string_view name = "homogeneity_completeness";

  [[nodiscard]] std::string describe() const { return std::string(name); }

  [[nodiscard]] std::vector<score> operator()(const two_partitions& of, const score_options& options) const {
    const shared_shares chance = shared_shares::by_chance(of.counts);
    const auto one = [&](const char* what, double shared_shares::* part) {
      return agreement_score(
          options.prefix + what, of.counts, options, [part](const contingency& c) { return shared_shares(c).*part; },
          chance.*part);
    };
    return {one("homogeneity", &shared_shares::homogeneity), one("completeness", &shared_shares::completeness),
            one("v_measure", &shared_shares::v)};
  }
};

}  // namespace tepui::metric
