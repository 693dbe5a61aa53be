#pragma once
/// Works on every row by itself, and lets one half of what it sees decide how much of the other half passes.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/bend.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// y = (bent(x Wu) * (x Wv)) Wo: SwiGLU with silu, GEGLU with gelu, and CellFM's without a bend.
/// shapes  in: weight [Dims, 2 Hidden] (Wu, then Wv, side by side), bias; out: weight [Hidden, Dims], bias
/// keeps   both halves (2 Hidden a row); backward makes their product again
/// cost    6 rows Dims Hidden operations forward, twice that backward            repeat as kernel::gemm
/// source  Dauphin et al. 2017, Shazeer 2020
template <int Dims, int Hidden, kernel::bend Bend = kernel::bend::silu, bias Bias = bias::without,
          kernel::precision Precision = kernel::precision::float32>
struct gated {
  static_assert(Dims > 0 && Hidden > 0, "tepui: a gated layer needs dims and hidden dims above 0; write gated<128, 256>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  using in_layer = linear<above_zero(Dims), 2 * above_zero(Hidden), Bias, Precision>;
  using out_layer = linear<above_zero(Hidden), above_zero(Dims), Bias, Precision>;

  [[no_unique_address]] in_layer in{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct saved {
    memory<Real> halves;
  };
  template <class Real>
  struct room {
    typename in_layer::template room<Real> in;
    typename out_layer::template room<Real> out;
    memory<Real> passed, d_passed, d_halves;
  };

  [[nodiscard]] std::string describe() const {
    return "gated(" + std::to_string(Dims) + ", " + std::to_string(Hidden) + ", " + std::string(kernel::name_of(Bend)) + ")";
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
    const auto halves = grown(s.halves, rows * 2 * Hidden), passed = grown(r.passed, rows * Hidden);
    nothing none;
    in.forward(cut.of(in), at, x, halves, none, r.in);                            // [rows, 2 Hidden]
    pass<Real>(halves, passed);                                                   // [rows, Hidden]
    out.forward(cut.of(out), at, std::span<const Real>(passed), y, none, r.out);  // [rows, Dims]
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const auto w_in = cut.of(in), w_out = cut.of(out);
    const auto dw_in = cut_d.of(in), dw_out = cut_d.of(out);
    const std::int64_t rows = isize(x.size()) / Dims;
    const auto halves = grown(s.halves, rows * 2 * Hidden), d_halves = grown(r.d_halves, rows * 2 * Hidden);
    const auto passed = grown(r.passed, rows * Hidden), d = grown(r.d_passed, rows * Hidden);
    pass<Real>(halves, passed);
    nothing none;
    out.backward(w_out, at, std::span<const Real>(passed), dy, dw_out, d, none, r.out);
    if (rows == 0) return;  // no memory to point into
    kernel::gate_backward<Bend, Real>(rows, Hidden, {halves.data(), 2 * Hidden}, {halves.data() + Hidden, 2 * Hidden},
                                      {d.data(), Hidden}, {d_halves.data(), 2 * Hidden},
                                      {d_halves.data() + Hidden, 2 * Hidden});
    in.backward(w_in, at, x, std::span<const Real>(d_halves), dw_in, dx, none, r.in);
  }

 private:
  template <class Real>
  static void pass(std::span<const Real> halves, std::span<Real> passed) {
    if (passed.empty()) return;  // no memory to point into
    kernel::gate_forward<Bend, Real>(isize(passed.size()) / Hidden, Hidden, {halves.data(), 2 * Hidden},
                                     {halves.data() + Hidden, 2 * Hidden}, {passed.data(), Hidden});
  }
};

static_assert(row_layer<gated<8, 16>>);

}  // namespace tepui::layer
