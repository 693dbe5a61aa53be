#pragma once
/// Tells a model where in its cell a token stands, which for tokens in order of expression is their rank.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/embed/sinusoid.hpp>

namespace tepui::embed {

/// A way to tell positions says, for token vectors of D dims, layer<D>: a layer whose add(first, x [tokens, D], room) adds the
/// vectors of positions first, first + 1, ... to x, tokens of one cell. Tokens that are left out take no position.

/// Positions are not told (scGPT, Tahoe-x1).
struct no_position {
  template <int D>
  struct layer {
    static constexpr int dims = D;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "no position"; }
    void add(std::int64_t, std::span<float>, auto&) const {}
  };
};

/// A learned vector a position.                                table [Slots, D]
template <int D, int Slots>
struct position_table {
  static constexpr int dims = D;
  using needs = channels<>;

  std::vector<float> table;

  [[nodiscard]] std::string describe() const { return "learned positions to " + std::to_string(Slots); }
  static void each_array(auto& self, auto&& visit) { visit("table", self.table); }
  void draw(const kernel::draws& random) { table = normal_table(Slots, D, random); }
  /// errors  bad_data: more tokens than Slots
  void add(std::int64_t first, std::span<float> x, auto&) const {
    const std::size_t begin = usize(first * D);
    if (begin + x.size() > table.size())
      throw bad_data("a cell has " + std::to_string((begin + x.size()) / usize(D)) +
                     " tokens or more, but learned_position has vectors for " + std::to_string(Slots) +
                     "; give it as many as the tokenizer has slots, with room for special tokens");
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += table[begin + i];
  }
};
/// A learned vector for each of the first Slots positions (Geneformer, Nicheformer), drawn standard normal.
template <int Slots = 2048>
struct learned_position {
  template <int D>
  using layer = fresh<position_table<D, Slots>>;
};

/// Waves of the position (UCE); see sinusoid. Nothing is learned, and any length is good.
struct sinusoidal {
  template <int D>
  struct layer {
    static constexpr int dims = D;
    using needs = channels<>;
    struct room {
      std::vector<float> table;  ///< grows to the longest cell
    };
    [[nodiscard]] std::string describe() const { return "sinusoidal positions"; }
    void add(std::int64_t first, std::span<float> x, room& r) const {
      const std::size_t begin = usize(first * D);
      while (r.table.size() < begin + x.size()) {
        r.table.resize(r.table.size() + usize(D));
        sinusoid(isize(r.table.size()) / D - 1, std::span(r.table).last(usize(D)));
      }
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += r.table[begin + i];
    }
  };
};

}  // namespace tepui::embed
