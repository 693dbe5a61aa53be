#pragma once
/// Works on every row by itself: spreads it over more dimensions, bends them, and gathers them again.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/bend.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// y = bent(x in_weight + in_bias) out_weight + out_bias.
/// shapes  in: weight [Dims, Hidden], bias; out: weight [Hidden, Out], bias
/// keeps   the hidden numbers before the bend (Hidden a row); backward bends them again
/// cost    4 rows Dims Hidden operations forward, twice that backward            repeat as kernel::gemm
/// source  Vaswani et al. 2017
template <int Dims, int Hidden, kernel::bend Bend = kernel::bend::gelu,
          kernel::precision Precision = kernel::precision::float32, bias Bias = bias::with, int Out = Dims>
struct feed_forward {
  static_assert(Dims > 0 && Hidden > 0 && Out > 0,
                "tepui: a feed-forward layer needs dims above 0; write feed_forward<128, 256>");
  static constexpr int dims_in = Dims, dims_out = Out;
  using in_layer = linear<above_zero(Dims), above_zero(Hidden), Bias, Precision>;
  using out_layer = linear<above_zero(Hidden), above_zero(Out), Bias, Precision>;

  [[no_unique_address]] in_layer in{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct saved {
    memory<Real> hidden;
  };
  template <class Real>
  struct room {
    typename in_layer::template room<Real> in;
    typename out_layer::template room<Real> out;
    memory<Real> bent, d_bent;
  };

  [[nodiscard]] std::string describe() const {
    return "feed_forward(" + std::to_string(Dims) + ", " + std::to_string(Hidden) + ", " + std::string(kernel::name_of(Bend)) +
           ")";
  }
  static void each_part(auto& self, auto&& visit) {
    visit("in", self.in);
    visit("out", self.out);
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    slices cut(w);
    const std::int64_t rows = isize(x.size()) / Dims;
    const auto hidden = grown(s.hidden, rows * Hidden), bent = grown(r.bent, rows * Hidden);
    nothing none;
    in.forward(cut.of(in), at, x, hidden, none, r.in);  // [rows, Hidden]
    kernel::bend_forward<Bend, Real>(hidden, bent);
    out.forward(cut.of(out), at, std::span<const Real>(bent), y, none, r.out);  // [rows, Out]
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const auto w_in = cut.of(in), w_out = cut.of(out);
    const auto dw_in = cut_d.of(in), dw_out = cut_d.of(out);
    const std::int64_t rows = isize(x.size()) / Dims;
    const auto hidden = grown(s.hidden, rows * Hidden), bent = grown(r.bent, rows * Hidden), d = grown(r.d_bent, rows * Hidden);
    kernel::bend_forward<Bend, Real>(hidden, bent);
    nothing none;
    out.backward(w_out, at, std::span<const Real>(bent), dy, dw_out, d, none, r.out);
    kernel::bend_backward<Bend, Real>(hidden, d, d);
    in.backward(w_in, at, x, std::span<const Real>(d), dw_in, dx, none, r.in);
  }
};

static_assert(row_layer<feed_forward<8, 16>>);

}  // namespace tepui::layer
