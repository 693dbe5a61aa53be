#pragma once
/// Vectors of expression values: none, the number itself, and the two plainest layers.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/bend.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::embed {

/// Expression is not told: it stands in the order of the tokens, or in which there are (Geneformer, UCE; HEIMDALL's zeros).
struct no_value {
  static constexpr int dims = 0;
  using needs = channels<>;
  [[nodiscard]] std::string describe() const { return "no value"; }
};

/// The value as it is, a vector of one number: for `scaled`, or beside the gene's vector.
struct value_itself {
  static constexpr int dims = 1;
  using needs = channels<channel::value>;
  [[nodiscard]] std::string describe() const { return "value"; }
  /// in     x [tokens]            out    [tokens, 1]
  template <class Real>
  void forward(std::span<const Real>, std::span<const float> x, std::span<Real> out, auto&) const {
    for (std::size_t t = 0; t < x.size(); ++t) out[t] = static_cast<Real>(x[t]);
  }
};

/// A learned line for every dim (HEIMDALL's "continuous"): x weight + bias.            weights: weight, bias [Dims]
template <int Dims>
struct linear {
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;
  using line = layer::linear<1, Dims>;
  template <class Real>
  struct room {
    memory<Real> x;
    room_t<line, Real> product;
  };

  [[nodiscard]] std::string describe() const { return "linear " + std::to_string(Dims); }
  void each_weight(auto&& visit) const { line{}.each_weight(visit); }
  /// in     x [tokens]            out    [tokens, Dims]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const float> x, std::span<Real> out, room<Real>& r) const {
    layer::nothing none;
    line{}.forward(w, {}, as_real(x, r.x), out, none, r.product);
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const float> x, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    layer::nothing none;
    line{}.backward(w, {}, as_real(x, r.x), d_out, dw, std::span<Real>(), none, r.product);
  }
};

using kernel::bend;

/// Linear, bend, linear.
/// weights  first.weight, first.bias, second.bias [Dims]; second.weight [Dims, Dims], a row for every input
/// write    two_layer<128>, two_layer<128, bend::gelu>; see kernel/bend.hpp for others            cost   O(Dims^2) a token
/// source   HEIMDALL's "2nn"; scGPT and Tahoe-x1 put a norm behind theirs
template <int Dims, bend Bend = bend::relu>
struct two_layer {
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;
  using line = layer::linear<1, Dims>;
  using mix = layer::linear<Dims, Dims>;
  template <class Real>
  struct room {
    memory<Real> x, straight, hidden, d_hidden;
    room_t<line, Real> first;
    room_t<mix, Real> second;
  };

  [[no_unique_address]] line first{};
  [[no_unique_address]] mix second{};

  [[nodiscard]] std::string describe() const {
    return "two layers " + std::to_string(Dims) + ", " +
           (Bend == bend::gelu ? "GELU" : Bend == bend::relu ? "ReLU" : std::string(kernel::name_of(Bend)));
  }
  static void each_part(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("second", self.second);
  }
  /// in     x [tokens]            out    [tokens, Dims]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const float> x, std::span<Real> out, room<Real>& r) const {
    layer::nothing none;
    slices cut(w);
    const auto hidden = to_hidden(cut.of(first), x, r);
    second.forward(cut.of(second), {}, hidden, out, none, r.second);
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const float> x, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    layer::nothing none;
    slices cut(w);
    slices cut_d(dw);
    const auto w1 = cut.of(first);
    const auto hidden = to_hidden(w1, x, r);
    const auto dw1 = cut_d.of(first);
    const auto d_hidden = grown(r.d_hidden, isize(hidden.size()));
    second.backward(cut.of(second), {}, hidden, d_out, cut_d.of(second), d_hidden, none, r.second);
    kernel::bend_backward<Bend, Real>(grown(r.straight, isize(hidden.size())), d_hidden, d_hidden);
    first.backward(w1, {}, as_real(x, r.x), std::span<const Real>(d_hidden), dw1, std::span<Real>(), none, r.first);
  }

 private:
  template <class Real>
  [[nodiscard]] std::span<const Real> to_hidden(std::span<const Real> w1, std::span<const float> x, room<Real>& r) const {
    layer::nothing none;
    const auto straight = grown(r.straight, isize(x.size()) * Dims), hidden = grown(r.hidden, isize(x.size()) * Dims);
    first.forward(w1, {}, as_real(x, r.x), straight, none, r.first);
    kernel::bend_forward<Bend, Real>(straight, hidden);
    return hidden;
  }
};

static_assert(part<no_value> && part<value_itself> && part<linear<8>> && part<two_layer<8>> && learns<two_layer<8>>);

}  // namespace tepui::embed
