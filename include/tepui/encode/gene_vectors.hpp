#pragma once
/// A vector for every token: drawn at random, or learned from which tokens stand in the same cells.

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/encode/random_rows.hpp>
#include <tepui/encode/token_weights.hpp>
#include <tepui/encode/training_rows.hpp>
#include <tepui/encode/truncated_svd.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::encode {

/// Random vectors of -1 and 1, keyed by the token. Learns nothing: what learned vectors are compared with.
/// repeat bit-equal everywhere            cost   4 Dims bytes a token of the vocabulary, once per thread
template <int Dims>
struct random_vectors {
  static_assert(Dims > 0, "tepui: random_vectors needs at least one dimension");
  static constexpr int dims = Dims;
  using room = random_rows<Dims, random_entry::sign>;
  [[nodiscard]] std::string describe() const { return "random " + std::to_string(Dims); }
  void prepare(std::int32_t n_vocabulary, room& r, const kernel::draws& draws) const { r.prepare(n_vocabulary, draws); }
  [[nodiscard]] const float* vector_of(std::int32_t token, room& r) const { return r.row(token); }
};

/// A table of vectors.                                table [vocabulary, Dims]
template <int Dims>
struct known_vectors {
  static constexpr int dims = Dims;
  struct room {};
  std::vector<float> table;
  [[nodiscard]] std::string describe() const { return "learned " + std::to_string(Dims); }
  static void each_array(auto& self, auto&& visit) { visit("table", self.table); }
  void prepare(std::int32_t n_vocabulary, room&, const kernel::draws&) const {
    if (table.size() != usize(n_vocabulary) * usize(Dims))
      throw bad_data("there are vectors for " + std::to_string(table.size() / usize(Dims)) + " tokens, but the vocabulary has " +
                     std::to_string(n_vocabulary) + "; the saved pipeline is damaged, fit it again");
  }
  [[nodiscard]] const float* vector_of(std::int32_t token, room&) const { return table.data() + usize(token) * usize(Dims); }
};

/// Vectors learned without gradients: tokens that stand in the same cells more often than their frequencies say get like vectors.
/// fit    p [cells, tokens]: the weights of each cell's tokens, sum 1; q: the mean of p over cells. The matrix
///        (p - q) / sqrt(q + 3 / cells) is decomposed into its first Dims directions, and a token's vector is its row of these, divided
///        once more by the root and multiplied by the strength of each direction. That is the decomposition of the normalised
///        co-occurrence of tokens, which is never written down. 3 / cells holds back tokens that only few cells have, and the
///        strengths hold back directions that are mostly noise; more cells teach more of both.
/// scale  the mean squared length of a training cell's mean vector is Dims
/// zeros  tokens that no training cell has; dimensions for which there are too few cells or tokens
/// errors bad_data: fewer than 2 training cells
/// cost   O(tokens (Dims + 10) 15), see truncated_svd                repeat bit-equal for any number of threads
/// source correspondence analysis, Benzecri 1973 and Greenacre 1984; the smoothing and the weighting are ours
template <int Dims>
struct learned_vectors {
  static_assert(Dims > 0, "tepui: learned_vectors needs at least one dimension");
  static constexpr int dims = Dims;
  using fitted = known_vectors<Dims>;
  [[nodiscard]] std::string describe() const { return "learned " + std::to_string(Dims); }
  [[nodiscard]] random_vectors<Dims> untrained() const { return {}; }

  template <class Weights, training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    std::vector<float> weight;
    const training_rows rows(train, [&weight](const auto& batch, std::int64_t cell, kernel::sparse_rows& to) {
      relative_weights<Weights>(batch, cell, weight);
      const auto ids = batch.ids_of(cell);
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (weight[i] > 0) to.add(ids[i], weight[i]);
    });
    if (rows.n_rows() < 2)
      throw bad_data("gene vectors cannot be learned from " + std::to_string(rows.n_rows()) + " training cells; give at least 2");
    const auto n = static_cast<double>(rows.n_rows());
    std::vector<double> mean(usize(rows.n_columns()), 0.0), scale(usize(rows.n_columns()), 0.0);
    rows.each_block([&](const kernel::sparse_rows& block) {
      for (std::size_t i = 0; i < block.column.size(); ++i) mean[usize(block.column[i])] += static_cast<double>(block.value[i]);
    });
    for (std::size_t t = 0; t < mean.size(); ++t) {
      mean[t] /= n;
      if (mean[t] > 0) scale[t] = 1.0 / std::sqrt(mean[t] + 3.0 / n);
    }
    const auto found = truncated_svd(rows.n_columns(), mean, scale, context.threads)(rows, Dims, context.random);
    double lengths = 0;  // squared, summed over the training cells
    for (const double s : found.strength) lengths += s * s * s * s;
    const double unit = lengths > 0 ? std::sqrt(n * Dims / lengths) : 0.0;
    fitted out;
    out.table.assign(mean.size() * usize(Dims), 0.0F);
    for (std::int64_t d = 0; d < Dims; ++d) {
      const double strength = unit * found.strength[usize(d)];
      double middle = 0;  // the mean cell is put at zero
      for (std::size_t t = 0; t < mean.size(); ++t) middle += mean[t] * scale[t] * found.direction(isize(t), d);
      for (std::size_t t = 0; t < mean.size(); ++t)
        if (scale[t] > 0) out.table[t * usize(Dims) + usize(d)] = static_cast<float>(strength * (scale[t] * found.direction(isize(t), d) - middle));
    }
    return out;
  }
};

}  // namespace tepui::encode
