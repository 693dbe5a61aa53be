#pragma once
/// How many of the genes that really change most are among those predicted to change most.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/metric/perturbation/de_comparison.hpp>

namespace tepui::metric {

/// Share of the k really most changed genes that are among the k predicted ones.
/// in     changed_genes of both; k, 0: as many as really changed       out    NaN where no gene really changed
/// source cell-eval, which gives 0 there
[[nodiscard]] inline double de_overlap_at(std::span<const std::int32_t> real, std::span<const std::int32_t> predicted,
                                          std::int64_t k) {
  const std::size_t n = k == 0 ? real.size() : std::min(usize(k), real.size());
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(shared_among_first(real, predicted, n)) / static_cast<double>(n);
}

/// Share of the k genes predicted to change most that are among the k really most changed ones.
/// in     changed_genes of both; k, 0: as many as are predicted
/// out    0 where none is predicted but some changed, NaN where none is on either side
/// source cell-eval, which gives 0 there, too
[[nodiscard]] inline double de_precision_at(std::span<const std::int32_t> real, std::span<const std::int32_t> predicted,
                                            std::int64_t k) {
  const std::size_t n = k == 0 ? predicted.size() : std::min(usize(k), predicted.size());
  if (n == 0) return real.empty() ? std::numeric_limits<double>::quiet_NaN() : 0.0;
  return static_cast<double>(shared_among_first(real, predicted, n)) / static_cast<double>(n);
}

/// Each perturbation's value of a function of its changed genes, real and predicted.           -> [perturbations]
template <class Of>
[[nodiscard]] std::vector<double> each_by_genes(const de_pair& pair, Of&& of) {
  std::vector<double> out;
  for (std::int64_t p = 0; p < pair.size(); ++p)
    out.push_back(of(pair.real_genes[usize(p)], pair.predicted_genes[usize(p)]));
  return out;
}

/// Overlap and precision of the most changed genes, over perturbations that have any.
/// in     perturbed_cells, both sides as cells
/// out    de_overlap_at_N, de_overlap_at_50 ..., de_precision_at_N ..., each with .skill, .no_change_cells, .train_cells
/// n      perturbations that count: without really changed genes there is no overlap, without any on both sides no precision
/// floor  the best of: control cells that play perturbed ones; perturbed training cells (de_comparison.hpp)
/// ceiling   half of the cells predict the other half
/// interval  over perturbations                         repeat bit-equal for any number of threads
/// source cell-eval; differs: perturbations without changed genes are left out instead of counting as 0
struct de_overlap {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "de_overlap";
  std::vector<std::int64_t> at = {0, 50, 100, 200, 500};  ///< 0: as many as there are
  double level = 0.05;                                    ///< of the false discovery rate

  [[nodiscard]] std::string describe() const {
    std::string out = "level " + shortest(level) + ", at";
    for (const std::int64_t k : at) out += " " + label(k);
    return out;
  }
  [[nodiscard]] static std::string label(std::int64_t k) { return k == 0 ? "N" : std::to_string(k); }

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    std::vector<score> out;
    for (const bool precision : {false, true})
      for (const std::int64_t k : at)
        append_scores(
            out, de_scores(of, options, level, (precision ? "de_precision_at_" : "de_overlap_at_") + label(k), "share",
                           no_changed_genes, [&](const de_pair& pair) {
                             return mean_over_perturbations(
                                 each_by_genes(pair, [&](const auto& real, const auto& predicted) {
                                   return precision ? de_precision_at(real, predicted, k)
                                                    : de_overlap_at(real, predicted, k);
                                 }));
                           }));
    return out;
  }
};

static_assert(head<de_overlap>);

}  // namespace tepui::metric
