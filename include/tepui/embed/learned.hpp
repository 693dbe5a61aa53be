#pragma once
/// A vector of its own for every token, drawn at random before training.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>

namespace tepui::embed {

/// A vector a token: what `learned` becomes.                   weight [tokens of the vocabulary + extra_rows, Dims]
template <int Dims>
struct token_table {
  static constexpr int dims = Dims;
  using needs = channels<>;

  std::vector<float> weight;
  std::int32_t extra_rows = 0;

  [[nodiscard]] std::string describe() const {
    return "learned " + std::to_string(Dims) + (extra_rows == 0 ? "" : " and " + std::to_string(extra_rows) + " rows");
  }
  static void each_array(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("extra_rows", self.extra_rows);
  }
  [[nodiscard]] std::int32_t n_rows() const { return static_cast<std::int32_t>(weight.size() / usize(Dims)); }
  /// in     id [tokens] in [0, n_rows)            out    [tokens, Dims]
  void forward(std::span<const std::int32_t> id, std::span<float> out, auto&) const {
    for (std::size_t t = 0; t < id.size(); ++t)
      std::copy_n(weight.begin() + std::ptrdiff_t{id[t]} * Dims, Dims, out.begin() + isize(t) * Dims);
  }
};

/// A learned table of token vectors (Geneformer, scGPT, and nearly every other). Before training it is its own untrained twin.
/// fit    binds to the words of the tokenizer, and draws every entry standard normal, keyed by (seed, token, dim)
/// rows   extra_rows more stand behind the vocabulary, for instance one that hides a gene in training
/// errors bad_option: extra_rows < 0
/// cost   4 Dims bytes a token            repeat bit-equal where the C library's log and cos are
template <int Dims>
struct learned {
  static_assert(Dims > 0, "tepui: learned token vectors need at least one dimension; write learned<128>");
  static constexpr int dims = Dims;
  using needs = channels<>;
  using fitted = token_table<Dims>;

  std::int32_t extra_rows = 0;

  [[nodiscard]] std::string describe() const { return fitted{{}, extra_rows}.describe(); }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    if (extra_rows < 0) throw bad_option("learned was given " + std::to_string(extra_rows) + " extra rows; give 0 or more");
    return {normal_table(train.genes().size() + extra_rows, Dims, context.random), extra_rows};
  }
};

static_assert(part<learned<8>> && part<token_table<8>>);

}  // namespace tepui::embed
