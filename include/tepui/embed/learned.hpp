#pragma once
/// A vector of its own for every token, drawn at random before training.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>

namespace tepui::embed {

/// A vector a token: what `learned` becomes.                   weights: weight [rows, Dims]
template <int Dims>
struct token_table {
  static constexpr int dims = Dims;
  using needs = channels<>;

  std::int32_t rows = 0;  ///< tokens of the vocabulary, extra_rows, and words that only training uses
  std::int32_t extra_rows = 0;
  double spread = 1.0;

  [[nodiscard]] std::string describe() const {
    return "learned " + std::to_string(Dims) + (extra_rows == 0 ? "" : " and " + std::to_string(extra_rows) + " rows") +
           (spread == 1.0 ? "" : ", spread " + shortest(spread));
  }
  static void each_array(auto& self, auto&& visit) {
    visit("rows", self.rows);
    visit("extra_rows", self.extra_rows);
    visit("spread", self.spread);
  }
  void each_weight(auto&& visit) const { visit("weight", table_of(rows, Dims, spread)); }
  [[nodiscard]] std::int32_t n_rows() const { return rows; }
  template <class T>
  [[nodiscard]] std::span<T> table(std::span<T> w) const {
    return w.first(usize(std::int64_t{rows} * Dims));
  }
  /// in     id [tokens] in [0, n_rows)            out    [tokens, Dims]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<Real> out, auto&) const {
    for (std::size_t t = 0; t < id.size(); ++t)
      std::copy_n(w.begin() + std::ptrdiff_t{id[t]} * Dims, Dims, out.begin() + isize(t) * Dims);
  }
  /// order  the tokens as they stand; rows of tokens that do not stand there are not touched
  template <class Real>
  void backward(std::span<const Real>, std::span<const std::int32_t> id, std::span<const Real> d_out, std::span<Real> dw,
                auto&) const {
    for (std::size_t t = 0; t < id.size(); ++t) {
      Real* const to = dw.data() + std::ptrdiff_t{id[t]} * Dims;
      const Real* const from = d_out.data() + isize(t) * Dims;
      for (int d = 0; d < Dims; ++d) to[d] += from[d];
    }
  }
};

/// A learned table of token vectors (Geneformer, scGPT, and nearly every other). Before training it is its own untrained twin.
/// fit    binds to the words of the tokenizer; every entry is drawn normal with a standard deviation of `spread`
/// rows   extra_rows more stand behind the vocabulary, and then context.extra_tokens, for instance one that hides a gene in
///        training
/// spread 1 as torch draws it; models in the manner of BERT begin with 0.02
/// errors bad_option: extra_rows < 0, or a spread that is not above 0
/// cost   4 Dims bytes a token            repeat bit-equal where the C library's log and cos are
template <int Dims>
struct learned {
  static_assert(Dims > 0, "tepui: learned token vectors need at least one dimension; write learned<128>");
  static constexpr int dims = Dims;
  using needs = channels<>;
  using fitted = token_table<Dims>;

  std::int32_t extra_rows = 0;
  double spread = 1.0;

  [[nodiscard]] std::string describe() const { return fitted{0, extra_rows, spread}.describe(); }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    if (extra_rows < 0) throw bad_option("learned was given " + std::to_string(extra_rows) + " extra rows; give 0 or more");
    if (!(spread > 0) || !std::isfinite(spread))
      throw bad_option("learned was given a spread of " + shortest(spread) + "; give a number above 0");
    return {train.genes().size() + extra_rows + context.extra_tokens, extra_rows, spread};
  }
};

static_assert(part<learned<8>> && part<token_table<8>> && learns<token_table<8>>);

}  // namespace tepui::embed
