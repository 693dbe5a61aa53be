#pragma once
/// Which real perturbation does a predicted effect resemble most, and how many resemble it more than the true one?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/row_product.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::metric {

/// How far two effects lie apart: sum of absolute differences, Euclidean, 1 - the cosine of the angle (an effect of length 0
/// lies 1 from all).
enum class effect_distance { l1, l2, cosine };

[[nodiscard]] constexpr std::string_view name_of(effect_distance d) {
  return d == effect_distance::l1 ? "l1" : d == effect_distance::l2 ? "l2" : "cosine";
}

/// Distances of one predicted effect from all real ones, one gene left out.
/// in     predicted [genes]; real [perturbations, genes]; squared_length [perturbations] of the real effects; without: a
///        gene, or -1
/// out    [perturbations]; l2 squared, which ranks alike
/// cost   O(perturbations genes): the gene left out is subtracted from the sums over all, instead of copying all without it
/// order  kernel::squared_distance, absolute_distance, row_product
/// repeat bit-equal everywhere
inline void distances_of_effect(std::span<const double> predicted, std::span<const double> real,
                                std::span<const double> squared_length, std::int32_t without, effect_distance by,
                                std::span<double> out) {
  const std::int64_t genes = isize(predicted.size());
  const auto less = [&](const double* row) { return without < 0 ? 0.0 : row[without]; };
  const double own = less(predicted.data());
  const double length =
      by == effect_distance::cosine
          ? std::max(0.0, kernel::row_product(predicted.data(), predicted.data(), genes) - kernel::rounded(own * own))
          : 0;
  for (std::size_t q = 0; q < out.size(); ++q) {
    const double* const row = real.data() + isize(q) * genes;
    const double other = less(row), apart = own - other;
    switch (by) {
      case effect_distance::l1:
        out[q] = std::max(0.0, kernel::absolute_distance(predicted.data(), row, genes) - std::abs(apart));
        break;
      case effect_distance::l2:
        out[q] = std::max(0.0, kernel::squared_distance(predicted.data(), row, genes) - kernel::rounded(apart * apart));
        break;
      case effect_distance::cosine: {
        const double lengths = length * std::max(0.0, squared_length[q] - kernel::rounded(other * other));
        const double product = kernel::row_product(predicted.data(), row, genes) - kernel::rounded(own * other);
        out[q] = lengths > 0 ? 1 - product / std::sqrt(lengths) : 1.0;
        break;
      }
    }
  }
}

/// Who comes first among equal distances: the mean of all places, which no order of perturbations can change, or the lower
/// place.
enum class equal_distances { mean_place, lower_first };

/// For each predicted effect the number of real effects that are nearer than the true one.
/// in     predicted, real [perturbations, genes], the same perturbations; without [perturbations]: a gene each, or -1; or
///        empty
/// out    [perturbations], from 0 (the true one is nearest) to perturbations - 1; halves where distances are equal and
///        mean_place
/// cost   O(perturbations^2 genes)
/// repeat bit-equal everywhere, for any number of threads
[[nodiscard]] inline std::vector<double> effect_ranks(std::span<const double> predicted, std::span<const double> real,
                                                      std::int64_t n_perturbations, std::span<const std::int32_t> without,
                                                      effect_distance by, equal_distances ties = equal_distances::mean_place,
                                                      int threads = 1) {
  const auto n = usize(n_perturbations);
  if (n == 0) return {};
  const std::size_t genes = predicted.size() / n;
  std::vector<double> squared_length(n), rank(n);
  for (std::size_t q = 0; q < n; ++q)
    squared_length[q] = kernel::row_product(real.data() + q * genes, real.data() + q * genes, isize(genes));
  kernel::parallel_chunks(n_perturbations, threads, [&](std::int64_t chunk, int) {
    const auto p = usize(chunk);
    std::vector<double> apart(n);
    distances_of_effect(predicted.subspan(p * genes, genes), real, squared_length, without.empty() ? -1 : without[p], by,
                        apart);
    double nearer = 0, equal = 0;
    for (std::size_t q = 0; q < n; ++q) {
      nearer += apart[q] < apart[p] ? 1 : 0;
      if (q != p && apart[q] == apart[p]) equal += ties == equal_distances::mean_place ? 0.5 : q < p ? 1 : 0;
    }
    rank[p] = nearer + equal;
  });
  return rank;
}

}  // namespace tepui::metric
