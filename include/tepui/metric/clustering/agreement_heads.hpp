#pragma once
/// How well clusters of an embedding agree with the labels: at one setting of the clustering, and at the best of a scan.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/clustering/kmeans.hpp>
#include <tepui/metric/clustering/scan.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/partition/agreement.hpp>
#include <tepui/metric/partition/ari.hpp>
#include <tepui/metric/partition/nmi.hpp>

namespace tepui::metric {

/// Two texts as one, before the program runs.
template <const std::string_view& First, const std::string_view& Second>
struct joined_text {
  static constexpr auto letters = [] {
    std::array<char, First.size() + Second.size()> out{};
    for (std::size_t i = 0; i < First.size(); ++i) out[i] = First[i];
    for (std::size_t i = 0; i < Second.size(); ++i) out[First.size() + i] = Second[i];
    return out;
  }();
  static constexpr std::string_view value{letters.data(), letters.size()};
};

/// A clustering is named, says its settings, and groups cells. Users may write their own.
template <class C>
concept clustering = requires(const C& c, const embedded_cells& cells) {
  { C::name } -> std::convertible_to<std::string_view>;
  { c.describe() } -> std::convertible_to<std::string>;
  { c(cells) } -> std::same_as<partition<>>;
};

/// Which measure of agreement a head of clusters gives.
enum class agreement { nmi, ari };

/// Scores "CLUSTERING_nmi" and "CLUSTERING_ari": agreement of the labels with clusters made at one fixed setting.
/// in     embedded cells with labels; the clustering    out    one score
/// floor   the mean over all orders of the labels, in closed form       ceiling 1
/// interval  bootstrap over cells, clusters held fixed   empty  no cells, one label: the reason, and nothing is clustered
/// cost   that of the clustering, once for all heads with the same settings
/// source scib-metrics nmi_ari_cluster_labels_kmeans; scib metrics/nmi.py, metrics/ari.py
template <agreement Measure, class Clustering>
struct cluster_agreement {
  static constexpr std::string_view suffix = Measure == agreement::nmi ? "_nmi" : "_ari";
  using reads = embedded_cells;
  static constexpr std::string_view name = joined_text<Clustering::name, suffix>::value;
  Clustering clustering = {};

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + clustering.describe() + ")"; }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& cells, const score_options& options) const {
    const std::string named = options.prefix + std::string(name);
    const contingency labels(cells.label.code, cells.label.code);
    if (const std::string why = no_agreement(labels); !why.empty()) return {without_value(named, why, labels.n)};
    const contingency of(cells.label.code, clusters_of(clustering, cells).label);
    if constexpr (Measure == agreement::nmi)
      return {agreement_score(
          named, of, options, [](const contingency& c) { return normalized_information(c); }, chance_information(of))};
    else
      return {agreement_score(
          named, of, options, [](const contingency& c) { return adjusted_rand(c); }, 0, std::string(beyond_chance))};
  }
};

/// Scores "CLUSTERING_scan_nmi" and "CLUSTERING_scan_ari": agreement of the labels with the clusters of that resolution, of
/// several, that has the highest NMI (the first of equals).
/// OPTIMISTIC: the labels that score the clusters have chosen them. Compare embeddings by it, but read the fixed resolution
/// for how well clusters would do where there are no labels.
/// in     embedded cells with labels; the clustering; resolutions        out    one score; both heads share the scan
/// floor  what chance reaches in the same way: labels dealt at random, the best of the same scan, averaged over `deals`
/// ceiling 1      interval  bootstrap over cells, resolution and clusters held fixed: too narrow by what the choice adds
/// empty  no cells, one label: the reason, and nothing is clustered
/// cost   that of the clusterings, once for all heads with the same settings; deals x resolutions x cells for the floor
/// source scib cluster_optimal_resolution and opt_louvain; scib-metrics nmi_ari_cluster_labels_leiden (ARI where NMI is
///        best)
template <agreement Measure, class Clustering>
struct scan_agreement {
  static constexpr std::string_view suffix = Measure == agreement::nmi ? "_scan_nmi" : "_scan_ari";
  using reads = embedded_cells;
  static constexpr std::string_view name = joined_text<Clustering::name, suffix>::value;
  Clustering clustering = {};
  resolutions at = {};
  std::int64_t deals = 10;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + clustering.describe() + ", " + at.describe() + ")";
  }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& cells, const score_options& options) const {
    const std::string named = options.prefix + std::string(name);
    const contingency labels(cells.label.code, cells.label.code);
    if (const std::string why = no_agreement(labels); !why.empty()) return {without_value(named, why, labels.n)};
    const std::vector<partition<>>& scan = scan_of(clustering, cells, at);
    const best_of_scan best(cells.label.code, scan);
    const contingency of(cells.label.code, scan[usize(best.at)].label);
    score out =
        Measure == agreement::nmi
            ? agreement_score(
                  named, of, options, [](const contingency& c) { return normalized_information(c); }, 0)
            : agreement_score(
                  named, of, options, [](const contingency& c) { return adjusted_rand(c); }, 0, std::string(beyond_chance));
    out.floor = floor(cells, scan, options);
    return {out};
  }

 private:
  [[nodiscard]] measured floor(const embedded_cells& cells, const std::vector<partition<>>& scan,
                               const score_options& options) const {
    if (deals < 1) return measured::missing("no deals of the labels were asked for");
    const std::span<const std::int64_t> id(cells.cells.cells.id);
    const kernel::draws random(options.seed, "metric: dealt labels");
    double sum = 0;
    for (std::int64_t d = 0; d < deals; ++d) {
      const best_of_scan by_chance(dealt_labels(cells.label.code, id, random, {}, d), scan);
      sum += Measure == agreement::nmi ? by_chance.nmi : by_chance.ari;
    }
    return sum / static_cast<double>(deals);
  }
};

template <class Clustering>
using cluster_nmi = cluster_agreement<agreement::nmi, Clustering>;
template <class Clustering>
using cluster_ari = cluster_agreement<agreement::ari, Clustering>;
template <class Clustering>
using scan_nmi = scan_agreement<agreement::nmi, Clustering>;
template <class Clustering>
using scan_ari = scan_agreement<agreement::ari, Clustering>;
using kmeans_nmi = cluster_nmi<kmeans>;
using kmeans_ari = cluster_ari<kmeans>;

}  // namespace tepui::metric
