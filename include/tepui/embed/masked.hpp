#pragma once
/// Hides the expression of some genes from a model that must guess it: the value's vector gives way to a learned flag.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/combine.hpp>

namespace tepui::embed {

/// `Inner` with the value's vector replaced by zeros at masked tokens, and `flag` added to the result there.
/// shapes  flag [dims]
template <class Inner, int V>
struct masked_layer {
  static constexpr int dims = Inner::dims;
  using needs = channels<channel::mask>;
  struct room {
    room_t<Inner> inner;
    std::vector<float> value;
  };

  Inner inner;
  std::vector<float> flag;

  [[nodiscard]] std::string describe() const { return "masked " + inner.describe(); }
  static void each_array(auto& self, auto&& visit) { visit("flag", self.flag); }
  void draw(const kernel::draws& random) { flag = normal_table(1, dims, random); }

  /// in     mask [tokens], not 0 where the value is hidden            out    [tokens, dims]
  void forward(std::span<const float> identity, std::span<const float> value, std::span<float> out,
               std::span<const std::uint8_t> mask, room& r) const {
    r.value.assign(value.begin(), value.end());
    for (std::size_t t = 0; t < mask.size(); ++t)
      if (mask[t] != 0) std::fill_n(r.value.begin() + isize(t) * V, V, 0.0F);
    inner.forward(identity, r.value, out, r.inner);
    for (std::size_t t = 0; t < mask.size(); ++t)
      if (mask[t] != 0)
        for (std::size_t d = 0; d < usize(dims); ++d) out[t * usize(dims) + d] += flag[d];
  }
};

/// Hides values by channel mask (Tahoe-x1).
/// write  masked<>, masked<concat>            flag   drawn standard normal
template <class Inner = sum>
struct masked {
  template <int I, int V>
  static consteval bool check() {
    static_assert(V > 0, "tepui: masked hides the vector of a value, but there is none; give the embedder a value part");
    constexpr bool plain = !needs_fit<typename Inner::template layer<I, V>>;
    static_assert(V == 0 || plain, "tepui: masked stands around a plain way to combine; write masked<sum> or masked<concat>");
    if constexpr (V > 0 && plain) return Inner::template check<I, V>();
    return false;
  }
  template <int I, int V>
  using layer = fresh<masked_layer<typename Inner::template layer<I, V>, V>>;
};

}  // namespace tepui::embed
