#pragma once
/// Prefers cells that other cells cannot stand in for: those that pull hardest at a straight fit through the embedding.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>
#include <tepui/sample/weighted.hpp>

namespace tepui::sample {

/// How many cells a view has numbers for: it may come without cell ids.
[[nodiscard]] inline std::int64_t rows_of_values(const embedding_view<>& x) {
  return x.n_columns > 0 ? isize(x.value.size()) / x.n_columns : 0;
}

/// X' X of an embedding.            in  X [cells, dims]            out  [dims, dims], the part on and above the diagonal
/// cost   O(cells * dims^2), 0.1 ns each
/// repeat bit-equal everywhere for one order of the rows: products of floats are exact in double, and rows are summed in
///        chunks of 8192, however many threads there are
[[nodiscard]] inline std::vector<double> gram(const embedding_view<>& x, int threads = 1) {
  constexpr std::int64_t chunk = 8192;
  const std::int64_t n = rows_of_values(x), chunks = (n + chunk - 1) / chunk;
  const std::size_t dims = usize(x.n_columns);
  std::vector<std::vector<double>> part(usize(chunks));
  kernel::parallel_chunks(chunks, threads, [&](std::int64_t c, int) {
    std::vector<double> sum(dims * dims), wide(dims);
    for (std::int64_t row = c * chunk; row < std::min((c + 1) * chunk, n); ++row) {
      const auto cell = x.row(row);
      for (std::size_t d = 0; d < dims; ++d) wide[d] = cell[d];
      for (std::size_t i = 0; i < dims; ++i)
        for (std::size_t j = i; j < dims; ++j) sum[i * dims + j] += wide[i] * wide[j];
    }
    part[usize(c)] = std::move(sum);
  });
  std::vector<double> all(dims * dims);
  for (const auto& sum : part)
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += sum[i];
  return all;
}

/// The inverse of the lower triangle L of a Gram matrix G = L L', of those dims that the others do not already span.
struct inverse_triangle {
  std::vector<std::size_t> dim;  ///< [rank] which dims, in the order in which they were taken: largest rest first
  std::vector<double> value;     ///< [rank, rank], row i needs i + 1 numbers

  /// in     gram [dims, dims], upper part
  /// errors a dim counts as spanned by others where less than 1e-10 of its square is left
  /// cost   O(dims^3)                            repeat  bit-equal everywhere
  /// source Cholesky's method with the largest rest first, on dims of length 1 (Higham 2002, chapter 10)
  inverse_triangle(const std::vector<double>& gram, std::size_t dims) {
    const auto at = [&](std::size_t i, std::size_t j) { return gram[std::min(i, j) * dims + std::max(i, j)]; };
    std::vector<double> scale(dims), rest(dims);
    for (std::size_t d = 0; d < dims; ++d) {
      scale[d] = at(d, d) > 0 ? 1 / std::sqrt(at(d, d)) : 0;
      rest[d] = at(d, d) > 0 ? 1 : 0;
    }
    std::vector<std::vector<double>> column;  // of L, one a dim that was taken; [dims]
    for (std::size_t r = 0; r < dims; ++r) {
      const auto next = usize(std::max_element(rest.begin(), rest.end()) - rest.begin());
      if (!(rest[next] > 1e-10)) break;
      const double root = std::sqrt(rest[next]);
      std::vector<double> l(dims, 0);
      for (std::size_t d = 0; d < dims; ++d) {
        if (rest[d] <= 0) continue;
        double v = kernel::rounded(kernel::rounded(at(d, next) * scale[d]) * scale[next]);
        for (const auto& before : column) v -= kernel::rounded(before[d] * before[next]);
        l[d] = v / root;
      }
      for (std::size_t d = 0; d < dims; ++d) rest[d] -= kernel::rounded(l[d] * l[d]);
      rest[next] = -1;
      dim.push_back(next);
      column.push_back(std::move(l));
    }
    const std::size_t rank = dim.size();
    value.assign(rank * rank, 0);
    for (std::size_t i = 0; i < rank; ++i) {
      const double diagonal = column[i][dim[i]];
      for (std::size_t j = 0; j < i; ++j) {
        double v = 0;
        for (std::size_t k = j; k < i; ++k) v -= kernel::rounded(column[k][dim[i]] * value[k * rank + j]);
        value[i * rank + j] = v / diagonal;
      }
      value[i * rank + i] = 1 / diagonal;
    }
    for (std::size_t i = 0; i < rank; ++i)
      for (std::size_t j = 0; j <= i; ++j) value[i * rank + j] = kernel::rounded(value[i * rank + j] * scale[dim[j]]);
  }
};

/// The statistical leverage of each cell: x' (X' X)^-1 x, the diagonal of the projection onto what the dims of the
/// embedding span.
/// in     embedding [cells, dims], finite
/// out    [cells], in [0, 1] up to rounding; their sum is the rank of the embedding
/// ties   dims that others span change nothing: fewer cells than dims, copied or empty dims are legal
/// cost   O(cells * dims^2), 0.3 ns each
/// repeat bit-equal on every processor and compiler and for any number of threads; another order of the rows may change the
///        last bits
/// source Drineas et al. 2012; Clarkson and Woodruff 2017
[[nodiscard]] inline std::vector<double> leverage_scores(const embedding_view<>& x, int threads = 1) {
  const inverse_triangle inverse(gram(x, threads), usize(x.n_columns));
  const std::size_t rank = inverse.dim.size();
  // Each number in two floats, because float times float is exact in double: rounding then does not depend on fused
  // instructions.
  std::vector<double> large(rank * rank),
      small(rank * rank);  // [dims taken, rank]: turned, so that all sums of a cell grow together
  for (std::size_t i = 0; i < rank; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const double v = inverse.value[i * rank + j];
      large[j * rank + i] = static_cast<float>(v);
      small[j * rank + i] = static_cast<float>(v - large[j * rank + i]);
    }
  const std::int64_t n = rows_of_values(x);
  std::vector<double> out(usize(n));
  constexpr std::int64_t chunk = 1024;
  kernel::parallel_chunks((n + chunk - 1) / chunk, threads, [&](std::int64_t c, int) {
    std::vector<double> y(rank), y_small(rank);
    for (std::int64_t row = c * chunk; row < std::min((c + 1) * chunk, n); ++row) {
      std::fill(y.begin(), y.end(), 0.0);
      std::fill(y_small.begin(), y_small.end(), 0.0);
      for (std::size_t j = 0; j < rank; ++j) {
        const double v = x.row(row)[inverse.dim[j]];
        for (std::size_t i = j; i < rank; ++i) {
          y[i] += v * large[j * rank + i];
          y_small[i] += v * small[j * rank + i];
        }
      }
      double sum = 0;
      for (std::size_t i = 0; i < rank; ++i) {
        const auto short_y = static_cast<double>(static_cast<float>(y[i] + y_small[i]));
        sum += short_y * short_y;
      }
      out[usize(row)] = sum;
    }
  });
  return out;
}

/// Chooses round(fraction * cells) cells without replacement, each with a chance that grows with its leverage.
/// in     population with an embedding [cells, dims]       out    rows, ascending
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   as weighted_lots; a cell at the origin, whose leverage is 0, weighs as the smallest leverage above 0
/// errors bad_option where fraction is not in (0, 1] or the embedding is missing, bad_data where it is not finite
/// cost   O(cells * dims^2), 0.8 s for 1,000,000 x 50      repeat as leverage_scores
/// source Hao et al. 2024 (Seurat v5, sketching by leverage scores); differs: leverage is exact and of the embedding,
///        theirs is estimated by random projections of the expressed genes
struct leverage_score {
  static constexpr std::string_view name = "leverage_score";
  double fraction = 1;
  int threads = 1;

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + shortest(fraction) + ")"; }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    check_embedding(name, cells);
    check_finite(name, cells);
    std::vector<double> weight = leverage_scores(cells.embedding, threads);
    lift_zeros(weight);
    const std::int64_t wanted = round_half_even(fraction * static_cast<double>(cells.n_cells));
    return weighted_lots(name, cells, wanted, weight, random);
  }
};

static_assert(sampler<leverage_score>);

}  // namespace tepui::sample
