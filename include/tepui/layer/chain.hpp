#pragma once
/// Layers one behind the other.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// Whether a layer, or one of those that it is made of, rounds the factors of its products to bf16.
template <class L>
[[nodiscard]] consteval bool multiplies_in_bf16() {
  if constexpr (requires { L::in_bf16; }) return L::in_bf16;
  return false;
}

/// y = second(first(x)).            keeps  what both keep, and what lies between them            cost  both
template <class First, class Second>
struct chain {
  static_assert(First::dims_out == Second::dims_in,
                "tepui: a layer takes another number of dims than the layer in front of it gives; make them the same");
  static constexpr int dims_in = First::dims_in, dims_out = Second::dims_out;
  static constexpr bool whole = reads_whole_batch<First>() || reads_whole_batch<Second>();
  static constexpr bool in_bf16 = multiplies_in_bf16<First>() || multiplies_in_bf16<Second>();

  [[no_unique_address]] First first{};
  [[no_unique_address]] Second second{};

  template <class Real>
  struct saved {
    saved_t<First, Real> first;
    saved_t<Second, Real> second;
    memory<Real> between;
  };
  template <class Real>
  struct room {
    room_t<First, Real> first;
    room_t<Second, Real> second;
    memory<Real> d_between;
  };

  [[nodiscard]] std::string describe() const { return first.describe() + "; " + second.describe(); }
  static void each_part(auto& self, auto&& visit) {
    visit("0", self.first);
    visit("1", self.second);
  }
  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    slices cut(w);
    const auto between = grown(s.between, at.n_rows() * First::dims_out);
    first.forward(cut.of(first), at.part(0), x, between, s.first, r.first);
    second.forward(cut.of(second), at.part(1), std::span<const Real>(between), y, s.second, r.second);
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const auto w1 = cut.of(first), w2 = cut.of(second);
    const auto dw1 = cut_d.of(first), dw2 = cut_d.of(second);
    const std::int64_t n = at.n_rows() * First::dims_out;
    const auto d_between = grown(r.d_between, n);
    const std::span<const Real> between = grown(s.between, n);
    second.backward(w2, at.part(1), between, dy, dw2, d_between, s.second, r.second);
    first.backward(w1, at.part(0), x, std::span<const Real>(d_between), dw1, dx, s.first, r.first);
  }
};

/// Gives back what it is given: where a list of layers is empty.
template <int Dims>
struct same {
  static constexpr int dims_in = Dims, dims_out = Dims;
  [[nodiscard]] std::string describe() const { return "same"; }
  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    std::copy(x.begin(), x.end(), y.begin());
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, nothing&) const {
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }
};

/// Any number of layers one behind the other: chain<First, chain<Second, ...>>.
template <class First, class... Rest>
struct chain_of_layers {
  using type = chain<First, typename chain_of_layers<Rest...>::type>;
};
template <class Only>
struct chain_of_layers<Only> {
  using type = Only;
};
template <class... Layers>
using chain_of = typename chain_of_layers<Layers...>::type;

/// N layers of one shape, each with weights of its own, one behind the other. N = 0 gives back what it is given.
/// upto    forward and backward through the first `layers` of them: what a fine-tuning or an earlier layer's states need
template <class Layer, int N>
struct stack {
  static_assert(N >= 0 && Layer::dims_in == Layer::dims_out,
                "tepui: layers that are stacked must give as many dims as they take");
  static constexpr int dims_in = Layer::dims_in, dims_out = Layer::dims_in, layers = N;

  [[no_unique_address]] Layer layer{};

  template <class Real>
  struct saved {
    std::array<saved_t<Layer, Real>, std::size_t(N)> each;
    std::array<memory<Real>, std::size_t(N)> input;  // of each layer but the first
  };
  template <class Real>
  struct room {
    room_t<Layer, Real> layer;
    memory<Real> d_even, d_odd;
  };

  [[nodiscard]] std::string describe() const { return std::to_string(N) + " of (" + layer.describe() + ")"; }
  static void each_part(auto& self, auto&& visit) {
    for (int i = 0; i < N; ++i) visit(std::to_string(i).c_str(), self.layer);
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r, int upto = N) const {
    slices cut(w);
    std::span<const Real> in = x;
    for (int i = 0; i < upto; ++i) {
      const std::span<Real> out = i + 1 == upto ? y : grown(s.input[std::size_t(i) + 1], isize(x.size()));
      layer.forward(cut.of(layer), at.part(std::uint64_t(i)), in, out, s.each[std::size_t(i)], r.layer);
      in = out;
    }
    if (upto == 0) std::copy(x.begin(), x.end(), y.begin());
  }
  /// The same in little memory, where no gradient is wanted: nothing is kept but for the layer at work.
  template <class Real>
  void encode(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved_t<Layer, Real>& s,
              room<Real>& r, int upto = N) const {
    slices cut(w);
    const auto even = grown(r.d_even, isize(x.size())), odd = grown(r.d_odd, isize(x.size()));
    std::span<const Real> in = x;
    for (int i = 0; i < upto; ++i) {
      const std::span<Real> out = i + 1 == upto ? y : (i % 2 == 0 ? even : odd);
      layer.forward(cut.of(layer), at.part(std::uint64_t(i)), in, out, s, r.layer);
      in = out;
    }
    if (upto == 0) std::copy(x.begin(), x.end(), y.begin());
  }
  /// down    the lowest layer whose weights learn: below it no gradient is made, and dx stays unwritten where down > 0
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r, int down = 0) const {
    const std::int64_t one = n_weights(layer);
    const auto even = grown(r.d_even, isize(x.size())), odd = grown(r.d_odd, isize(x.size()));
    std::span<const Real> d_out = dy;
    for (int i = N - 1; i >= down; --i) {
      const std::span<const Real> in = i == 0 ? x : grown(s.input[std::size_t(i)], isize(x.size()));
      const std::span<Real> d_in = i == 0 ? dx : i == down ? std::span<Real>{} : (i % 2 == 0 ? even : odd);
      layer.backward(w.subspan(usize(i * one), usize(one)), at.part(std::uint64_t(i)), in, d_out, dw.subspan(usize(i * one), usize(one)),
                     d_in, s.each[std::size_t(i)], r.layer);
      d_out = d_in;
    }
    if (N == 0 && !dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }
};

}  // namespace tepui::layer
