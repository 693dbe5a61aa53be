#pragma once
/// Tells a model where in its cell a token stands, which for tokens in order of expression is their rank.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>
#include <tepui/embed/sinusoid.hpp>

namespace tepui::embed {

/// A way to tell positions says, for token vectors of D dims, layer<D>: a part with
///     add(w, first, x [tokens, D], room) const     adds the vectors of positions first, first + 1, ... to x, tokens of one cell
///     backward(w, first, dx [tokens, D], dw, room) const
/// Tokens that are left out take no position. The gradient passes on to x as it is.

/// Positions are not told (scGPT, Tahoe-x1).
struct no_position {
  template <int D>
  struct layer {
    static constexpr int dims = D;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "no position"; }
    template <class Real>
    void add(std::span<const Real>, std::int64_t, std::span<Real>, auto&) const {}
  };
};

/// A learned vector a position.                                weights: table [Slots, D]
template <int D, int Slots, double Spread>
struct position_table {
  static_assert(Slots > 0 && Spread > 0, "tepui: learned positions need at least one slot and a spread above 0; write "
                                         "learned_position<2048>");
  static constexpr int dims = D;
  using needs = channels<>;

  [[nodiscard]] std::string describe() const {
    return "learned positions to " + std::to_string(Slots) + (Spread == 1.0 ? "" : ", spread " + shortest(Spread));
  }
  void each_weight(auto&& visit) const { visit("table", table_of(Slots, D, Spread)); }
  /// errors  bad_data: more tokens than Slots
  template <class Real>
  void add(std::span<const Real> w, std::int64_t first, std::span<Real> x, auto&) const {
    if (first + isize(x.size()) / D > Slots)
      throw bad_data("a cell has " + std::to_string(first + isize(x.size()) / D) +
                     " tokens or more, but learned_position has vectors for " + std::to_string(Slots) +
                     "; give it as many as the tokenizer has slots, with room for special tokens");
    const Real* const from = w.data() + first * D;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += from[i];
  }
  template <class Real>
  void backward(std::span<const Real>, std::int64_t first, std::span<const Real> dx, std::span<Real> dw, auto&) const {
    Real* const to = dw.data() + first * D;
    for (std::size_t i = 0; i < dx.size(); ++i) to[i] += dx[i];
  }
};
/// A learned vector for each of the first Slots positions (Geneformer, Nicheformer), drawn normal with a standard deviation of
/// Spread: 1 as torch draws it; models in the manner of BERT begin with 0.02.
template <int Slots = 2048, double Spread = 1.0>
struct learned_position {
  template <int D>
  using layer = position_table<D, Slots, Spread>;
};

/// Waves of the position (UCE); see sinusoid. Nothing is learned, and any length is good.
struct sinusoidal {
  template <int D>
  struct layer {
    static constexpr int dims = D;
    using needs = channels<>;
    template <class Real>
    struct room {
      memory<Real> table;  ///< grows to the longest cell
    };
    [[nodiscard]] std::string describe() const { return "sinusoidal positions"; }
    template <class Real>
    void add(std::span<const Real>, std::int64_t first, std::span<Real> x, room<Real>& r) const {
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
