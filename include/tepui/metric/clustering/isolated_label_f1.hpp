#pragma once
/// Whether cell types that few batches hold still form a cluster of their own: isolated-label F1.

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/clustering/agreement_heads.hpp>
#include <tepui/metric/clustering/scan.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/isolated_labels.hpp>
#include <tepui/metric/partition/binomial.hpp>
#include <tepui/metric/partition/contingency.hpp>

namespace tepui::metric {

/// The cluster of a scan that fits a label best.
struct best_cluster {
  double f1 = 0;
  std::int64_t partition = -1;
  std::int32_t cluster = -1;
};

/// For each label the highest F1 of "is in this cluster" as an answer to "has this label", over all clusters of all
/// partitions.
/// in     truth [cells]; scan; labels, ascending         out    [labels]
/// ties   the first partition, the lowest cluster        source scib max_f1
[[nodiscard]] inline std::vector<best_cluster> best_clusters(std::span<const std::int32_t> truth,
                                                             const std::vector<partition<>>& scan,
                                                             const std::vector<std::int32_t>& labels) {
  std::vector<best_cluster> out(labels.size());
  for (std::size_t p = 0; p < scan.size(); ++p) {
    const contingency of(truth, scan[p].label);
    for (const auto& place : of.place) {
      const auto at = std::lower_bound(labels.begin(), labels.end(), place.truth);
      if (at == labels.end() || *at != place.truth) continue;
      const double f1 = 2 * static_cast<double>(place.cells) /
                        static_cast<double>(of.truth[usize(place.truth)] + of.found[usize(place.found)]);
      best_cluster& best = out[usize(at - labels.begin())];
      if (f1 > best.f1) best = {f1, isize(p), place.found};
    }
  }
  return out;
}

/// Score "CLUSTERING_isolated_label_f1": the mean, over the labels that the fewest batches hold, of the best F1 that any
/// cluster of any resolution has for the label.
/// OPTIMISTIC, as the labels choose clusters and resolutions.
/// floor   labels dealt at random to the cells, the best of the same scan, averaged over `deals`
/// in     embedded cells with labels and batches; the clustering; resolutions
/// ceiling 1      interval  bootstrap over cells, resolutions and clusters held fixed: too narrow by what the choice adds
/// empty  no cells, no batches, every label in every batch: the reason (scib gives NaN)
/// cost   that of the clusterings, shared with the other heads of the scan; deals x resolutions x cells for the floor
/// source Luecken et al. 2022; scib isolated_labels_f1
template <class Clustering>
struct isolated_label_f1 {
  static constexpr std::string_view suffix = "_isolated_label_f1";
  using reads = embedded_cells;
  static constexpr std::string_view name = joined_text<Clustering::name, suffix>::value;
  Clustering clustering = {};
  resolutions at = {};
  std::int64_t threshold = 0;  ///< batches that an isolated label may have; 0: as many as the label that has fewest
  all_batches_rule rule = all_batches_rule::none_isolated;
  std::int64_t deals = 10;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + clustering.describe() + ", " + at.describe() + ", labels of " +
           (threshold > 0 ? "at most " + std::to_string(threshold) : std::string("fewest")) + " batches" +
           (rule == all_batches_rule::all_isolated ? ", all of them where that is every batch" : "") + ")";
  }

  [[nodiscard]] std::vector<score> operator()(const embedded_cells& cells, const score_options& options) const {
    options.check();
    const std::string named = options.prefix + std::string(name);
    const std::int64_t n = cells.cells.n_cells();
    if (const std::string why = why_no_batches(cells, 1); !why.empty()) return {without_value(named, why, n)};
    const std::vector<std::int32_t> isolated = isolated_labels(cells.label, cells.batch, threshold, rule);
    if (isolated.empty()) return {without_value(named, "no label is missing from a batch, so that none is isolated", n)};
    const std::vector<partition<>>& scan = scan_of(clustering, cells, at);
    const auto best = best_clusters(cells.label.code, scan, isolated);
    score out;
    out.name = named;
    out.n = n;
    out.value = mean_f1(best);
    out.ceiling = 1.0;
    out.floor = floor(cells, scan, isolated, options);
    const interval ends = interval_of(cells, scan, isolated, best, options);
    out.low = ends.low;
    out.high = ends.high;
    return {out};
  }

 private:
  [[nodiscard]] static double mean_f1(const std::vector<best_cluster>& of) {
    double sum = 0;
    for (const best_cluster& b : of) sum += b.f1;
    return sum / static_cast<double>(of.size());
  }
  [[nodiscard]] measured floor(const embedded_cells& cells, const std::vector<partition<>>& scan,
                               const std::vector<std::int32_t>& isolated, const score_options& options) const {
    if (deals < 1) return measured::missing("no deals of the labels were asked for");
    const std::span<const std::int64_t> id(cells.cells.cells.id);
    const kernel::draws random(options.seed, "metric: dealt labels");
    double sum = 0;
    for (std::int64_t d = 0; d < deals; ++d)
      sum += mean_f1(best_clusters(dealt_labels(cells.label.code, id, random, {}, d), scan, isolated));
    return sum / static_cast<double>(deals);
  }
  /// Cells are alike that have the same isolated label, or none, and lie in the same of the best clusters: their counts are
  /// drawn again.
  [[nodiscard]] static interval interval_of(const embedded_cells& cells, const std::vector<partition<>>& scan,
                                            const std::vector<std::int32_t>& isolated, const std::vector<best_cluster>& best,
                                            const score_options& options) {
    if (options.resamples == 0) return interval::missing("no resamples were asked for");
    std::map<std::vector<std::int32_t>, std::int64_t> kinds;
    std::vector<std::int32_t> kind(isolated.size() + 1);
    for (std::size_t i = 0; i < cells.label.code.size(); ++i) {
      kind.back() = -1;
      for (std::size_t l = 0; l < isolated.size(); ++l) {
        if (cells.label.code[i] == isolated[l]) kind.back() = static_cast<std::int32_t>(l);
        kind[l] = scan[usize(best[l].partition)].label[i] == best[l].cluster;
      }
      ++kinds[kind];
    }
    std::vector<std::int64_t> count, again;
    for (const auto& [k, cells_of_it] : kinds) count.push_back(cells_of_it);
    std::vector<double> values, hits(isolated.size()), both(isolated.size());
    const kernel::draws random(options.seed, "metric: resampled partitions");
    for (std::int64_t b = 0; b < options.resamples; ++b) {
      draw_again(count, random, b, again);
      std::fill(hits.begin(), hits.end(), 0.0);
      std::fill(both.begin(), both.end(), 0.0);
      auto drawn = again.begin();
      for (const auto& [k, ignored] : kinds) {
        const auto of_it = static_cast<double>(*drawn++);
        for (std::size_t l = 0; l < isolated.size(); ++l) {
          const bool in_label = k.back() == static_cast<std::int32_t>(l), in_cluster = k[l] == 1;
          both[l] += of_it * (in_label + in_cluster);
          if (in_label && in_cluster) hits[l] += of_it;
        }
      }
      double sum = 0;
      for (std::size_t l = 0; l < isolated.size(); ++l) sum += both[l] > 0 ? 2 * hits[l] / both[l] : 0;
      values.push_back(sum / static_cast<double>(isolated.size()));
    }
    return percentile_interval(values, options.level);
  }
};

}  // namespace tepui::metric
