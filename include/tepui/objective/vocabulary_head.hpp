#pragma once
/// Guesses which word of a vocabulary belongs to a token: a score for every word, and how surprising the right one is.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/objective/asked.hpp>
#include <tepui/objective/front.hpp>
#include <tepui/objective/word_shares.hpp>

namespace tepui::objective {

/// Which vectors a word's score is made with: score = token . vector + bias.
namespace output {
struct tied {};  ///< the table of the identity, which learns from both sides (Geneformer, BERT)
struct own {};   ///< vectors of its own [vocabulary, dims]
}  // namespace output

/// Scores of the vocabulary's words at the rows that are asked about, and their cross entropy.
/// words   rows 0 ... n_vocabulary - 1 of the table compete; the mask's row and others behind them do not
/// memory  256 questions x vocabulary, used again; nothing of size [questions, vocabulary]
/// cost    questions x vocabulary x dims: 2 operations for the loss, 6 with its gradient
/// repeat  a question's loss and gradient: the same bits whatever is asked beside it
template <int Dims, class Output, template <int> class Front, kernel::precision Precision>
struct vocabulary_head {
  using front_layer = Front<Dims>;
  static constexpr bool has_front = !std::is_same_v<front_layer, front::none<Dims>>;
  static constexpr bool is_tied = std::is_same_v<Output, output::tied>;
  static constexpr std::int64_t tile = 256;   ///< questions at a time, at most
  static constexpr std::int64_t block = 256;  ///< words at a time

  std::int32_t n_vocabulary = 0;
  std::int32_t n_rows = 0;
  [[no_unique_address]] front_layer front{};

  template <class Real>
  struct room {
    kernel::gemm_room<Real> product;
    kernel::packed_factor<Precision, Real> scores_of, table_of;
    layer::memory<Real> x, h, d_h, dx, power, peak, sum, factor, label_score;
    layer::saved_t<front_layer, Real> front_saved;
    layer::room_t<front_layer, Real> front_room;
  };

  [[nodiscard]] std::string describe() const {
    std::string text = is_tied ? "tied" : "own vectors";
    if (has_front) text += " behind " + front.describe();
    return text;
  }
  void each_weight(auto&& visit) const {
    if constexpr (!is_tied)
      visit("weight", layer::slice{n_vocabulary, Dims, layer::start::uniform, 1.0 / std::sqrt(double(Dims)), true});
    visit("bias", layer::slice{1, n_vocabulary, layer::start::zero, 0, false});
  }
  static void each_part(auto& self, auto&& visit) {
    if constexpr (has_front) visit("front", self.front);
  }

  /// in     row, label [questions]; labels in [0, n_vocabulary)            out    sum of -log share(label), in double
  ///        `weight` multiplies the gradient, and not the sum
  template <class Real>
  double loss(std::span<const Real> w, const states<Real>& have, std::span<const std::int64_t> row,
              std::span<const std::int32_t> label, room<Real>& r) const {
    return each_tile<false>(w, have, row, label, {}, state_gradients<Real>{}, r, Real(1));
  }
  template <class Real>
  double gradient(std::span<const Real> w, const states<Real>& have, std::span<const std::int64_t> row,
                  std::span<const std::int32_t> label, std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r,
                  double weight = 1) const {
    return each_tile<true>(w, have, row, label, dw, d, r, static_cast<Real>(weight));
  }

 private:
  template <bool Gradient, class Real>
  double each_tile(std::span<const Real> w, const states<Real>& have, std::span<const std::int64_t> row,
                   std::span<const std::int32_t> label, std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r,
                   Real weight) const {
    if (row.empty()) return 0;
    const std::int64_t words = n_vocabulary;
    layer::slices cut(w);
    layer::slices cut_d(dw);
    std::span<const Real> vectors = have.table;
    std::span<const Real> w_front;
    std::span<Real> d_vectors = d.table, d_bias, dw_front;
    if constexpr (is_tied) {
      if (isize(have.table.size()) != std::int64_t{n_rows} * Dims)
        throw bad_option("output::tied scores words with the table of token vectors, which has " +
                         std::to_string(have.table.size()) + " numbers, but " + std::to_string(n_rows) + " rows of " +
                         std::to_string(Dims) +
                         " dims were wanted; learn the identity with as many dims as the model has, or "
                         "write output::own");
    } else {
      vectors = cut.next(words * Dims);
    }
    const auto bias = cut.next(words);
    if constexpr (has_front) w_front = cut.of(front);
    if constexpr (Gradient) {
      if constexpr (!is_tied) d_vectors = cut_d.next(words * Dims);
      d_bias = cut_d.next(words);
      if constexpr (has_front) dw_front = cut_d.of(front);
    }
    const auto x = layer::grown(r.x, tile * Dims), h = has_front ? layer::grown(r.h, tile * Dims) : x;
    // As few tiles as can be, of about the same size: each of them reads the whole table.
    const std::int64_t questions = isize(row.size()), tiles = (questions + tile - 1) / tile;
    const std::int64_t of_one = ((questions + tiles - 1) / tiles + lanes - 1) / lanes * lanes;
    double sum = 0;
    for (std::int64_t first = 0; first < questions; first += of_one) {
      const std::int64_t m = std::min(of_one, questions - first);
      for (std::int64_t i = 0; i < m; ++i)
        std::copy_n(have.token.begin() + row[usize(first + i)] * Dims, Dims, x.begin() + i * Dims);
      const std::array<std::int64_t, 2> begin{0, m};
      const layer::packed at{begin, std::span(one_cell), {}, false};
      const auto rows_of = [&](std::span<Real> v) { return v.first(usize(m * Dims)); };
      if constexpr (has_front)
        front.forward(w_front, at, std::span<const Real>(rows_of(x)), rows_of(h), r.front_saved, r.front_room);
      sum += of_tile<Gradient>(vectors, bias, h, label.subspan(usize(first), usize(m)), d_vectors, d_bias, r, weight);
      if constexpr (Gradient) {
        if (d.token.empty() && !has_front) continue;
        std::span<const Real> dx = std::span<const Real>(r.d_h).first(usize(m * Dims));
        if constexpr (has_front) {
          const auto into = rows_of(layer::grown(r.dx, tile * Dims));
          front.backward(w_front, at, std::span<const Real>(rows_of(x)), dx, dw_front, into, r.front_saved, r.front_room);
          dx = into;
        }
        if (d.token.empty()) continue;
        for (std::int64_t i = 0; i < m; ++i)
          for (std::int64_t k = 0; k < Dims; ++k) d.token[usize(row[usize(first + i)] * Dims + k)] += dx[usize(i * Dims + k)];
      }
    }
    return sum;
  }

  /// One tile: scores' [words, questions] block by block, so that a question is a column.
  template <bool Gradient, class Real>
  double of_tile(std::span<const Real> vectors, std::span<const Real> bias, std::span<Real> h,
                 std::span<const std::int32_t> label, std::span<Real> d_vectors, std::span<Real> d_bias, room<Real>& r,
                 Real weight) const {
    const std::int64_t words = n_vocabulary, m = isize(label.size()), columns = (m + lanes - 1) / lanes * lanes;
    const std::int64_t blocks = (words + block - 1) / block;
    std::fill(h.begin() + m * Dims, h.begin() + columns * Dims, Real(0));  // columns that nobody asks about
    r.scores_of.pack({h.data(), 1, Dims}, Dims, columns);
    const auto power = layer::grown(r.power, (Gradient ? words : std::min(words, block)) * tile);
    const auto peak = layer::grown(r.peak, blocks * tile), total = layer::grown(r.sum, blocks * tile);
    const auto label_score = layer::grown(r.label_score, tile);
    for (std::int64_t b = 0; b < blocks; ++b) {
      const std::int64_t v = b * block, n = std::min(block, words - v);
      Real* const score = power.data() + (Gradient ? v * tile : 0);
      kernel::gemm<Precision, Real>(n, columns, Dims, {vectors.data() + v * Dims, Dims, 1}, r.scores_of, score, tile,
                                    kernel::into::overwrite, r.product);
      for (std::int64_t i = 0; i < m; ++i)
        if (const std::int64_t at = label[usize(i)] - v; at >= 0 && at < n)
          label_score[usize(i)] = score[at * tile + i] + bias[usize(v + at)];
      block_powers<Gradient, Real>(score, n, columns, tile, bias.data() + v, peak.data() + b * tile, total.data() + b * tile);
    }
    // The blocks' sums, counted from the largest peak.
    const auto factor = layer::grown(r.factor, blocks * tile);
    double loss = 0;
    for (std::int64_t i = 0; i < columns; ++i) {
      Real top = peak[usize(i)];
      for (std::int64_t b = 1; b < blocks; ++b) top = std::max(top, peak[usize(b * tile + i)]);
      double sum = 0;
      for (std::int64_t b = 0; b < blocks; ++b) {
        const Real scale = share_power(peak[usize(b * tile + i)] - top);
        factor[usize(b * tile + i)] = scale;
        sum += static_cast<double>(scale) * static_cast<double>(total[usize(b * tile + i)]);
      }
      if (i < m) loss += std::log(sum) + (static_cast<double>(top) - static_cast<double>(label_score[usize(i)]));
      if constexpr (Gradient) {
        const Real share = i < m ? weight * static_cast<Real>(1.0 / sum) : Real(0);
        for (std::int64_t b = 0; b < blocks; ++b) factor[usize(b * tile + i)] *= share;
      }
    }
    if constexpr (Gradient) {
      const auto d_h = layer::grown(r.d_h, tile * Dims);
      r.table_of.pack({h.data(), Dims, 1}, m, Dims);
      for (std::int64_t b = 0; b < blocks; ++b) {
        const std::int64_t v = b * block, n = std::min(block, words - v);
        Real* const share = power.data() + v * tile;
        block_shares<Real>(share, n, columns, tile, factor.data() + b * tile, d_bias.data() + v);
        for (std::int64_t i = 0; i < m; ++i)
          if (const std::int64_t at = label[usize(i)] - v; at >= 0 && at < n) {
            share[at * tile + i] -= weight;
            d_bias[usize(v + at)] -= weight;
          }
        kernel::gemm<Precision, Real>(m, Dims, n, {share, 1, tile}, {vectors.data() + v * Dims, Dims, 1}, d_h.data(), Dims,
                                      b == 0 ? kernel::into::overwrite : kernel::into::add, r.product);
        if (!d_vectors.empty())
          kernel::gemm<Precision, Real>(n, Dims, m, {share, tile, 1}, r.table_of, d_vectors.data() + v * Dims, Dims,
                                        kernel::into::add, r.product);
      }
    }
    return loss;
  }
  static constexpr std::array<std::int64_t, 1> one_cell{0};
};

}  // namespace tepui::objective
