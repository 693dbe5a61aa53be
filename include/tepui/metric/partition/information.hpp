#pragma once
/// How much one grouping of cells tells about another, in nats, and how much it would tell by chance.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/partition/contingency.hpp>

namespace tepui::metric {

/// A sum that is the same bits whatever the order of its terms, so that labels may be renumbered. cost  O(terms log terms)
[[nodiscard]] inline double sum_in_any_order(std::vector<double>& terms) {
  std::sort(terms.begin(), terms.end());
  double sum = 0;
  for (const double t : terms) sum += t;
  return sum;
}

/// Entropy of the sizes of groups, -sum p log p.
/// in     cells of each group, 0 is legal               out    nats, >= 0; one group or none: 0
[[nodiscard]] inline double entropy(std::span<const std::int64_t> cells) {
  double n = 0;
  for (const std::int64_t c : cells) n += static_cast<double>(c);
  std::vector<double> terms;
  for (const std::int64_t c : cells)
    if (c > 0) terms.push_back(static_cast<double>(c) / n * std::log(n / static_cast<double>(c)));
  return std::max(0.0, sum_in_any_order(terms));
}

/// Mutual information of two groupings: sum over places of n_ij / n log(n n_ij / (a_i b_j)).
/// out    nats, >= 0; no cells: 0                       cost   O(occupied log occupied)
/// repeat the same bits whatever the numbers of the labels; quotients of doubles, so that nothing overflows
[[nodiscard]] inline double mutual_information(const contingency& of) {
  std::vector<double> terms;
  const auto n = static_cast<double>(of.n);
  for (const auto& p : of.place) {
    if (p.cells == 0) continue;
    const auto both = static_cast<double>(p.cells);
    const auto expected =
        static_cast<double>(of.truth[usize(p.truth)]) * (static_cast<double>(of.found[usize(p.found)]) / n);
    terms.push_back(both / n * std::log(both / expected));
  }
  return std::max(0.0, sum_in_any_order(terms));
}

/// The mean of the mutual information over all orders of one grouping's labels: what chance reaches with groups of these
/// sizes.
/// out    nats
/// cost   O(different sizes of truth x different sizes of found x 20 standard deviations of an overlap): the overlap of two
///        groups is hypergeometric, and is walked from its most likely value outwards until a value is 1e-20 as likely
/// source Vinh, Epps and Bailey 2010, equation 24a; differs: weights by recurrence, not by factorials, which lose digits
[[nodiscard]] inline double expected_information(const contingency& of) {
  const auto sizes = [](std::vector<std::int64_t> all) {
    std::vector<std::pair<std::int64_t, std::int64_t>> out;  // size, groups of it
    std::sort(all.begin(), all.end());
    for (const std::int64_t s : all) {
      if (s == 0) continue;
      if (out.empty() || out.back().first != s) out.emplace_back(s, 0);
      ++out.back().second;
    }
    return out;
  };
  const auto truth = sizes(of.truth), found = sizes(of.found);
  const auto n = static_cast<double>(of.n);
  double sum = 0;
  for (const auto& [a, of_a] : truth)
    for (const auto& [b, of_b] : found) {
      const std::int64_t least = std::max<std::int64_t>(0, a + b - of.n), most = std::min(a, b);
      const auto x = static_cast<double>(a), y = static_cast<double>(b);
      const auto mode = std::clamp(static_cast<std::int64_t>((x + 1) * ((y + 1) / (n + 2))), least, most);
      double weights = 0, information = 0;
      const auto add = [&](std::int64_t both, double weight) {
        weights += weight;
        if (both > 0)
          information += weight * (static_cast<double>(both) / n) * std::log(static_cast<double>(both) / (x * (y / n)));
      };
      add(mode, 1);
      double w = 1;
      for (std::int64_t k = mode; k < most && w > 1e-20; ++k) {
        const auto d = static_cast<double>(k);
        w *= ((x - d) / (d + 1)) * ((y - d) / (n - x - y + d + 1));
        add(k + 1, w);
      }
      w = 1;
      for (std::int64_t k = mode; k > least && w > 1e-20; --k) {
        const auto d = static_cast<double>(k);
        w *= (d / (x - d + 1)) * ((n - x - y + d) / (y - d + 1));
        add(k - 1, w);
      }
      sum += static_cast<double>(of_a) * static_cast<double>(of_b) * (information / weights);
    }
  return std::max(0.0, sum);
}

}  // namespace tepui::metric
