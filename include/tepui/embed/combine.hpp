#pragma once
/// How the vector of a gene and the vector of its expression become the vector of a token.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>

namespace tepui::embed {

/// A way to combine says, for an identity of I dims and a value of V dims,
///     layer<I, V>          a layer with dims, needs, and forward(identity [tokens, I], value [tokens, V], out [tokens, dims],
///                          one span a channel of needs..., room). It never changes what it is given.
///     check<I, V>()        true, or one sentence where the dims do not fit

/// The gene alone (HEIMDALL's IdentityReduce).
struct identity_only {
  template <int I, int V>
  static consteval bool check() {
    static_assert(V == 0,
                  "tepui: identity_only leaves the vector of the value unread; write no_value, or combine by sum or concat");
    return V == 0;
  }
  template <int I, int V>
  struct layer {
    static constexpr int dims = I;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "identity only"; }
    void forward(std::span<const float> identity, std::span<const float>, std::span<float> out, auto&) const {
      std::copy(identity.begin(), identity.end(), out.begin());
    }
  };
};

/// Gene plus expression; with no_value the gene alone.
struct sum {
  template <int I, int V>
  static consteval bool check() {
    static_assert(V == 0 || I == V,
                  "tepui: the vector of the gene and the vector of its value cannot be added up, because they differ in "
                  "dims; give both the same number, or combine by concat");
    return V == 0 || I == V;
  }
  template <int I, int V>
  struct layer {
    static constexpr int dims = I;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "sum"; }
    void forward(std::span<const float> identity, std::span<const float> value, std::span<float> out, auto&) const {
      std::copy(identity.begin(), identity.end(), out.begin());
      for (std::size_t i = 0; i < value.size(); ++i) out[i] += value[i];
    }
  };
};

/// Gene and expression side by side (GREmLN).
struct concat {
  template <int I, int V>
  static consteval bool check() {
    return true;
  }
  template <int I, int V>
  struct layer {
    static constexpr int dims = I + V;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "concat"; }
    void forward(std::span<const float> identity, std::span<const float> value, std::span<float> out, auto&) const {
      for (std::size_t t = 0; t < identity.size() / usize(I); ++t) {
        std::copy_n(identity.begin() + isize(t) * I, I, out.begin() + isize(t) * dims);
        std::copy_n(value.begin() + isize(t) * V, V, out.begin() + isize(t) * dims + I);
      }
    }
  };
};

/// Gene times its value (scGPT's "scaling"; CellPLM, whose cell is the sum of these). Needs value_itself.
struct scaled {
  template <int I, int V>
  static consteval bool check() {
    static_assert(V == 1, "tepui: scaled multiplies the vector of the gene by one number; write value_itself as the value");
    return V == 1;
  }
  template <int I, int V>
  struct layer {
    static constexpr int dims = I;
    using needs = channels<>;
    [[nodiscard]] std::string describe() const { return "scaled"; }
    void forward(std::span<const float> identity, std::span<const float> value, std::span<float> out, auto&) const {
      for (std::size_t t = 0; t < value.size(); ++t)
        for (std::size_t d = 0; d < usize(I); ++d) out[t * usize(I) + d] = value[t] * identity[t * usize(I) + d];
    }
  };
};

}  // namespace tepui::embed
