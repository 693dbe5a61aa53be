#pragma once
/// How the vector of a gene and the vector of its expression become the vector of a token.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>

namespace tepui::embed {

/// A way to combine says, for an identity of I dims and a value of V dims,
///     layer<I, V>          a part with dims and needs, and with `given` one span a channel of needs
///       forward(w, identity [tokens, I], value [tokens, V], out [tokens, dims], given..., room) const
///       backward(w, identity, value, d_out, dw, d_identity, d_value, given..., room) const
///                          never changes what it is given; d_identity and d_value are overwritten, or empty where nobody asks
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
    template <class Real>
    void forward(std::span<const Real>, std::span<const Real> identity, std::span<const Real>, std::span<Real> out, auto&) const {
      std::copy(identity.begin(), identity.end(), out.begin());
    }
    template <class Real>
    void backward(std::span<const Real>, std::span<const Real>, std::span<const Real>, std::span<const Real> d_out,
                  std::span<Real>, std::span<Real> d_identity, std::span<Real>, auto&) const {
      if (!d_identity.empty()) std::copy(d_out.begin(), d_out.end(), d_identity.begin());
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
    template <class Real>
    void forward(std::span<const Real>, std::span<const Real> identity, std::span<const Real> value, std::span<Real> out,
                 auto&) const {
      std::copy(identity.begin(), identity.end(), out.begin());
      for (std::size_t i = 0; i < value.size(); ++i) out[i] += value[i];
    }
    template <class Real>
    void backward(std::span<const Real>, std::span<const Real>, std::span<const Real>, std::span<const Real> d_out,
                  std::span<Real>, std::span<Real> d_identity, std::span<Real> d_value, auto&) const {
      if (!d_identity.empty()) std::copy(d_out.begin(), d_out.end(), d_identity.begin());
      if (!d_value.empty()) std::copy(d_out.begin(), d_out.end(), d_value.begin());
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
    template <class Real>
    void forward(std::span<const Real>, std::span<const Real> identity, std::span<const Real> value, std::span<Real> out,
                 auto&) const {
      for (std::size_t t = 0; t < identity.size() / usize(I); ++t) {
        std::copy_n(identity.begin() + isize(t) * I, I, out.begin() + isize(t) * dims);
        std::copy_n(value.begin() + isize(t) * V, V, out.begin() + isize(t) * dims + I);
      }
    }
    template <class Real>
    void backward(std::span<const Real>, std::span<const Real>, std::span<const Real>, std::span<const Real> d_out,
                  std::span<Real>, std::span<Real> d_identity, std::span<Real> d_value, auto&) const {
      for (std::size_t t = 0; t < d_out.size() / usize(dims); ++t) {
        const auto from = d_out.begin() + isize(t) * dims;
        if (!d_identity.empty()) std::copy_n(from, I, d_identity.begin() + isize(t) * I);
        if (!d_value.empty()) std::copy_n(from + I, V, d_value.begin() + isize(t) * V);
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
    template <class Real>
    void forward(std::span<const Real>, std::span<const Real> identity, std::span<const Real> value, std::span<Real> out,
                 auto&) const {
      for (std::size_t t = 0; t < value.size(); ++t)
        for (std::size_t d = 0; d < usize(I); ++d) out[t * usize(I) + d] = value[t] * identity[t * usize(I) + d];
    }
    template <class Real>
    void backward(std::span<const Real>, std::span<const Real> identity, std::span<const Real> value, std::span<const Real> d_out,
                  std::span<Real>, std::span<Real> d_identity, std::span<Real> d_value, auto&) const {
      for (std::size_t t = 0; t < value.size(); ++t) {
        const auto row = t * usize(I);
        if (!d_identity.empty())
          for (std::size_t d = 0; d < usize(I); ++d) d_identity[row + d] = value[t] * d_out[row + d];
        if (!d_value.empty()) {
          Real sum = 0;
          for (std::size_t d = 0; d < usize(I); ++d) sum += identity[row + d] * d_out[row + d];
          d_value[t] = sum;
        }
      }
    }
  };
};

}  // namespace tepui::embed
