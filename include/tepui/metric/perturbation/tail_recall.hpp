#pragma once
/// Does a predictor find the few large changes among all genes and perturbations, which is what an experimenter looks for?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/perturbation/bulk_scores.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// How far each value is among the k largest absolute ones: 1 inside, 0 outside; a value of 0 never is. -> [values]
/// ties   at the edge: all inside (`whole`), or each with its share of the places that are left, so that no order of values
///        matters
/// cost   O(values)
[[nodiscard]] inline std::vector<double> tail_weights(std::span<const double> values, std::int64_t k, bool whole) {
  std::vector<double> out(values.size(), 0.0);
  if (k <= 0 || values.empty()) return out;
  std::vector<double> size;
  size.reserve(values.size());
  for (const double v : values) size.push_back(std::abs(v));
  const auto wanted = std::min(usize(k), size.size());
  std::nth_element(size.begin(), size.begin() + isize(wanted - 1), size.end(), std::greater<>());
  const double edge = size[wanted - 1];
  std::size_t above = 0, at = 0;
  for (const double v : values) {
    above += std::abs(v) > edge ? 1 : 0;
    at += std::abs(v) == edge ? 1 : 0;
  }
  const double share = edge == 0 ? 0.0 : whole ? 1.0 : static_cast<double>(wanted - above) / static_cast<double>(at);
  for (std::size_t i = 0; i < values.size(); ++i)
    out[i] = std::abs(values[i]) > edge ? 1.0 : std::abs(values[i]) == edge ? share : 0.0;
  return out;
}

/// Of the largest real changes over all (perturbation, gene), the share that is among as many largest predicted ones.
/// in     deltas [perturbations, genes] of both; share of all changes that is the tail (more where values at its edge are
///        equal); with_sign: the direction must agree as well; stratum [genes] and which, or empty: only tail changes of
///        these genes count
/// out    a hits, b tail changes, of each perturbation: the ratio of their sums is the recall
/// ties   predicted values that are equal at the edge of the budget count in part (tail_weights)
/// source ours; the tail is that of all pairs, so a strong perturbation has more of it
[[nodiscard]] inline perturbation_values tail_hits(std::span<const double> predicted, std::span<const double> real,
                                                   std::int64_t n_genes, double share, bool with_sign,
                                                   std::span<const std::int32_t> stratum = {}, std::int32_t which = 0) {
  const auto wanted = static_cast<std::int64_t>(std::floor(share * static_cast<double>(real.size()) + 1e-9));
  const auto tail = tail_weights(real, wanted, true);
  const auto budget = std::count(tail.begin(), tail.end(), 1.0);
  const auto found = tail_weights(predicted, budget, false);
  perturbation_values out;
  const auto genes = usize(n_genes);
  out.a.assign(genes == 0 ? 0 : real.size() / genes, 0.0);
  out.b = out.a;
  for (std::size_t i = 0; i < real.size(); ++i) {
    if (tail[i] == 0 || (!stratum.empty() && stratum[i % genes] != which)) continue;
    out.b[i / genes] += 1;
    if (!with_sign || (predicted[i] > 0) == (real[i] > 0)) out.a[i / genes] += found[i];
  }
  return out;
}

/// Recall of the largest changes at equal budget, for each share of the tail; unsigned and signed; and by how rarely a gene
/// is expressed.
/// out    tail_recall_5% and tail_recall_signed_5% for each share, and where `strata` tail_recall_5%_rare, _middle, _common:
///        the tail of the third of genes expressed in the fewest control cells, and so on; each with .skill, .no_change,
///        .train_mean, ... A change predicted as 0 is not found, so no_change has 0. By chance: about the share itself
/// interval  bootstrap over perturbations, with the tail as it was found over all
/// ceiling  of halves, as it is
/// cost   O(perturbations genes) for each share
/// repeat bit-equal everywhere
struct tail_recall {
  using reads = perturbed_cells;
  static constexpr std::string_view name = "tail_recall";
  std::vector<double> shares{0.05};
  bool strata = false;

  [[nodiscard]] std::vector<score> operator()(const perturbed_cells& of, const score_options& options) const {
    std::vector<score> out;
    const auto add = [&](const std::string& called, double share, bool with_sign, std::span<const std::int32_t> stratum,
                         std::int32_t which) {
      score_form form{called};
      form.no_value = "there are too few changes for a tail of " + shortest(share);
      for (score& s : bulk_scores(of, options, form, [&](const bulk_pair& b) {
             return tail_hits(b.predicted.delta, b.real.delta, b.real.n_genes, share, with_sign, stratum, which);
           }))
        out.push_back(std::move(s));
    };
    const auto rarity = strata ? thirds_by_expression(of) : std::vector<std::int32_t>{};
    for (const double share : shares) {
      if (!(share > 0 && share < 1))
        throw bad_option("tail_recall: the share is " + shortest(share) + "; it must lie between 0 and 1");
      const std::string percent = shortest(std::round(share * 1e6) / 1e4) + "%";
      add("tail_recall_" + percent, share, false, {}, 0);
      add("tail_recall_signed_" + percent, share, true, {}, 0);
      static constexpr std::string_view third[] = {"_rare", "_middle", "_common"};
      for (std::int32_t t = 0; t < 3 && strata; ++t)
        add("tail_recall_" + percent + std::string(third[t]), share, false, rarity, t);
    }
    return out;
  }
  /// 0 for the third of genes that the fewest control cells express, 2 for the third that most do.
  /// ties   the lower gene -> [genes]
  [[nodiscard]] static std::vector<std::int32_t> thirds_by_expression(const perturbed_cells& of) {
    std::vector<std::int64_t> cells(usize(of.n_genes()), 0);
    for (const std::int64_t r : of.real_rows().of(of.control())) {
      const auto row = of.real().cells.row(r);
      for (std::size_t g = 0; g < row.size(); ++g) cells[g] += row[g] > 0 ? 1 : 0;
    }
    std::vector<std::size_t> order(cells.size());
    for (std::size_t g = 0; g < order.size(); ++g) order[g] = g;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return cells[a] != cells[b] ? cells[a] < cells[b] : a < b; });
    std::vector<std::int32_t> out(cells.size());
    for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = static_cast<std::int32_t>(3 * i / order.size());
    return out;
  }
};

}  // namespace tepui::metric
