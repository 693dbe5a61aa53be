#pragma once
/// Several scores of one embedding as one number: scIB's totals and scGPT's averages.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>

namespace tepui::metric {

/// The mean of some scores, found by their names among those already measured.
/// in     scores of one embedding, all shares of which higher is better; the names of the parts (behind `prefix`)
/// out    value, floor and ceiling: means over the parts that have a value; `unit` says how many they are and which are
///        left out, and why. low, high: means of the parts' ends, which is at least as wide as the interval of the mean
///        where scores are near normal
/// empty  fewer than half of the parts have a value: the reason
/// unknown  a floor, ceiling or end that one part lacks: the reason of that part        cost   O(scores parts)
[[nodiscard]] inline score mean_of_parts(std::string name, std::span<const score> scores,
                                         std::span<const std::string_view> parts, const std::string& prefix = {}) {
  score out;
  out.name = prefix + std::move(name);
  std::vector<const score*> known;
  std::string left_out;
  for (const std::string_view part : parts) {
    const std::string wanted = prefix + std::string(part);
    const auto found = std::find_if(scores.begin(), scores.end(), [&](const score& s) { return s.name == wanted; });
    if (found != scores.end() && found->value.known())
      known.push_back(&*found);
    else
      left_out += (left_out.empty() ? "; without " : ", ") + std::string(part) + " (" +
                  (found == scores.end() ? "not measured" : found->value.reason) + ")";
  }
  out.unit = "mean of " + std::to_string(known.size()) + " of " + std::to_string(parts.size()) + " shares" + left_out;
  const auto mean = [&](measured score::* of) -> measured {
    if (2 * known.size() < parts.size())
      return measured::missing("only " + std::to_string(known.size()) + " of its " + std::to_string(parts.size()) + " parts have a value" + left_out);
    double sum = 0;
    for (const score* s : known) {
      if (!(s->*of).known()) return measured::missing(s->name + ": " + (s->*of).reason);
      sum += (s->*of).value;
    }
    return sum / static_cast<double>(known.size());
  };
  out.value = mean(&score::value);
  out.low = mean(&score::low);
  out.high = mean(&score::high);
  out.floor = mean(&score::floor);
  out.ceiling = mean(&score::ceiling);
  for (const score* s : known) out.n = std::max(out.n, s->n);
  return out;
}

/// The parts of scIB's two groups, by the names of the heads here. Of an embedding alone; cell-cycle conservation, variable
/// genes and trajectories need more than that and are not among them.
/// source Luecken et al. 2022 (scIB)
struct scib_parts {
  static constexpr std::string_view bio[] = {"leiden_scan_nmi",          "leiden_scan_ari",           "silhouette_label",
                                             "leiden_isolated_label_f1", "isolated_label_silhouette", "clisi_graph"};
  static constexpr std::string_view batch[] = {"pcr_comparison", "silhouette_batch", "ilisi_graph",
                                               "graph_connectivity_undirected", "kbet_by_label_walks"};
};

/// The parts of scGPT's averages. Published with Louvain clusters of twenty resolutions; Leiden's of ten are the default of
/// scib since.
/// source Cui et al. 2024 (scGPT), eval_scib_metrics; also DenAdel et al. 2026
struct scgpt_parts {
  static constexpr std::string_view bio[] = {"leiden_scan_nmi", "leiden_scan_ari", "silhouette_label"};
  static constexpr std::string_view bio_by_louvain[] = {"louvain_scan_nmi", "louvain_scan_ari", "silhouette_label"};
  static constexpr std::string_view batch[] = {"silhouette_batch", "graph_connectivity_undirected"};
};

/// scIB's total of one embedding, unscaled: 0.6 of what is kept of biology and 0.4 of how well batches are mixed.
/// in     bio, batch: the two means                      out    the weighted sum of every field; missing where either is
/// The published figures rescale every metric over the methods compared; one embedding alone cannot be rescaled.
[[nodiscard]] inline score scib_total(const score& bio, const score& batch, std::string name = "scib_total") {
  score out;
  out.name = std::move(name);
  out.unit = "0.6 " + bio.name + " + 0.4 " + batch.name;
  out.n = std::max(bio.n, batch.n);
  const auto sum = [&](measured score::* of) -> measured {
    for (const score* s : {&bio, &batch})
      if (!(s->*of).known()) return measured::missing(s->name + ": " + (s->*of).reason);
    return 0.6 * (bio.*of).value + 0.4 * (batch.*of).value;
  };
  out.value = sum(&score::value);
  out.low = sum(&score::low);
  out.high = sum(&score::high);
  out.floor = sum(&score::floor);
  out.ceiling = sum(&score::ceiling);
  return out;
}

}  // namespace tepui::metric
