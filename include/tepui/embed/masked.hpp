#pragma once
/// Hides the expression of some genes from a model that must guess it: the value's vector gives way to a learned flag.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/embed/combine.hpp>

namespace tepui::embed {

/// `Inner` with the value's vector replaced by zeros at masked tokens, and `flag` added to the result there.
/// weights  flag [dims]
template <class Inner, int V>
struct masked_layer {
  static constexpr int dims = Inner::dims;
  using needs = channels<channel::mask>;
  template <class Real>
  struct room {
    room_t<Inner, Real> inner;
    memory<Real> value;
  };

  Inner inner{};

  [[nodiscard]] std::string describe() const { return "masked " + inner.describe(); }
  void each_weight(auto&& visit) const { visit("flag", table_of(1, dims)); }
  static void each_part(auto& self, auto&& visit) { visit("inner", self.inner); }

  /// in     mask [tokens], not 0 where the value is hidden            out    [tokens, dims]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const Real> identity, std::span<const Real> value, std::span<Real> out,
               std::span<const std::uint8_t> mask, room<Real>& r) const {
    slices cut(w);
    const auto flag = cut.next(dims);
    inner.forward(cut.of(inner), identity, seen(value, mask, r), out, r.inner);
    for (std::size_t t = 0; t < mask.size(); ++t)
      if (mask[t] != 0)
        for (std::size_t d = 0; d < usize(dims); ++d) out[t * usize(dims) + d] += flag[d];
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const Real> identity, std::span<const Real> value,
                std::span<const Real> d_out, std::span<Real> dw, std::span<Real> d_identity, std::span<Real> d_value,
                std::span<const std::uint8_t> mask, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    (void)cut.next(dims);
    const auto d_flag = cut_d.next(dims);
    for (std::size_t t = 0; t < mask.size(); ++t)
      if (mask[t] != 0)
        for (std::size_t d = 0; d < usize(dims); ++d) d_flag[d] += d_out[t * usize(dims) + d];
    inner.backward(cut.of(inner), identity, seen(value, mask, r), d_out, cut_d.of(inner), d_identity, d_value, r.inner);
    if (!d_value.empty()) hide(d_value, mask);
  }

 private:
  template <class Real>
  static void hide(std::span<Real> value, std::span<const std::uint8_t> mask) {
    for (std::size_t t = 0; t < mask.size(); ++t)
      if (mask[t] != 0) std::fill_n(value.begin() + isize(t) * V, V, Real(0));
  }
  template <class Real>
  [[nodiscard]] static std::span<const Real> seen(std::span<const Real> value, std::span<const std::uint8_t> mask,
                                                  room<Real>& r) {
    const auto left = grown(r.value, isize(value.size()));
    std::copy(value.begin(), value.end(), left.begin());
    hide(left, mask);
    return left;
  }
};

/// Hides values by channel mask (Tahoe-x1).
/// write  masked<>, masked<concat>            flag   drawn standard normal
template <class Inner = sum>
struct masked {
  template <int I, int V>
  static consteval bool check() {
    static_assert(V > 0, "tepui: masked hides the vector of a value, but there is none; give the embedder a value part");
    constexpr bool plain = std::is_same_v<typename Inner::template layer<I, V>::needs, channels<>>;
    static_assert(V == 0 || plain, "tepui: masked stands around a plain way to combine; write masked<sum> or masked<concat>");
    if constexpr (V > 0 && plain) return Inner::template check<I, V>();
    return false;
  }
  template <int I, int V>
  using layer = masked_layer<typename Inner::template layer<I, V>, V>;
};

}  // namespace tepui::embed
