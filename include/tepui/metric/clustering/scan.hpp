#pragma once
/// Clusters cells at several resolutions, and finds the resolution whose clusters agree best with the labels.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/partition/ari.hpp>
#include <tepui/metric/partition/contingency.hpp>
#include <tepui/metric/partition/nmi.hpp>

namespace tepui::metric {

/// Evenly spaced resolutions; scib's and scib-metrics' ten by default.
struct resolutions {
  int steps = 10;
  double first = 0.2, last = 2.0;

  /// errors  bad_option: no step, or a resolution that is not above 0                                  out    [steps]
  [[nodiscard]] std::vector<double> list() const {
    if (steps < 1 || !(first > 0) || !(last >= first))
      throw bad_option("a scan of " + std::to_string(steps) + " resolutions from " + shortest(first) + " to " +
                       shortest(last) + " was asked for; give at least one, above 0, from low to high");
    std::vector<double> out;
    for (int s = 0; s < steps; ++s) out.push_back(steps == 1 ? first : first + (last - first) * s / (steps - 1));
    return out;
  }
  [[nodiscard]] std::string describe() const {
    return std::to_string(steps) + " from " + shortest(first) + " to " + shortest(last);
  }
};
/// The twenty of opt_louvain, which scGPT and DenAdel et al. use.
inline constexpr resolutions opt_louvain{20, 0.1, 2.0};

/// The partition of a clustering, made once and kept by the cells.
template <class Clustering>
[[nodiscard]] const partition<>& clusters_of(const Clustering& clustering, const embedded_cells& cells) {
  return cells.kept_partitions(clustering.describe(), [&] { return std::vector<partition<>>{clustering(cells)}; }).front();
}

/// The partitions of a clustering at several resolutions, made once and kept by the cells: one scan serves all heads.
/// in     clustering: has `scan(cells, resolutions)`, or a `resolution` to be set, or neither: then one partition serves
///        for all
/// out    [resolutions], or [1]
template <class Clustering>
[[nodiscard]] const std::vector<partition<>>& scan_of(const Clustering& clustering, const embedded_cells& cells,
                                                      const resolutions& at) {
  const std::vector<double> list = at.list();
  return cells.kept_partitions(clustering.describe() + " scanned " + at.describe(), [&] {
    if constexpr (requires { clustering.scan(cells, std::span<const double>(list)); }) {
      return clustering.scan(cells, std::span<const double>(list));
    } else if constexpr (requires(Clustering c) { c.resolution = 1.0; }) {
      std::vector<partition<>> out;
      Clustering one = clustering;
      for (const double r : list) {
        one.resolution = r;
        out.push_back(one(cells));
      }
      return out;
    } else {
      return std::vector<partition<>>{clustering(cells)};
    }
  });
}

/// The partition of a scan with the highest NMI, and its ARI.
/// ties   the first (scib keeps what is strictly better); the bits of an NMI do not depend on how clusters are numbered
struct best_of_scan {
  std::int64_t at = -1;  ///< -1: nothing was scanned
  double nmi = -1, ari = 0;

  best_of_scan(std::span<const std::int32_t> truth, const std::vector<partition<>>& scan) {
    contingency best;
    for (std::size_t p = 0; p < scan.size(); ++p) {
      contingency now(truth, scan[p].label);
      const double value = normalized_information(now);
      if (!(value > nmi)) continue;
      nmi = value;
      at = isize(p);
      best = std::move(now);
    }
    if (at >= 0) ari = adjusted_rand(best);
  }
};

}  // namespace tepui::metric
