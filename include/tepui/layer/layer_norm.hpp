#pragma once
/// Brings the numbers of every row to mean 0 and spread 1, then to a learned gain and shift of each dimension.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/norm.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// ", epsilon 0.001" in the description of a norm; nothing where it is the usual one.
[[nodiscard]] inline std::string unusual_epsilon(float epsilon, float usual) {
  return epsilon == usual ? "" : ", epsilon " + shortest_of_float(epsilon);
}

/// y = (x - mean) / sqrt(variance + Epsilon) gain + shift.
/// shapes  gain [Dims], beginning with 1; shift [Dims], beginning with 0
/// keeps   mean and 1 / spread: two numbers a row            cost    O(rows Dims)            repeat as kernel::norm_forward
/// source  Ba, Kiros and Hinton 2016
template <int Dims, float Epsilon = 1e-5F>
struct layer_norm {
  static_assert(Dims > 0 && Epsilon >= 0,
                "tepui: a layer norm needs dims above 0 and an epsilon of 0 or more; write layer_norm<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> mean, scale;
  };

  [[nodiscard]] std::string describe() const {
    return "layer_norm(" + std::to_string(Dims) + unusual_epsilon(Epsilon, 1e-5F) + ")";
  }
  void each_weight(auto&& visit) const {
    visit("gain", slice{1, Dims, start::one});
    visit("shift", slice{1, Dims, start::zero});
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    slices cut(w);
    const auto gain = cut.next(Dims), shift = cut.next(Dims);
    const std::int64_t rows = isize(x.size()) / Dims;
    kernel::norm_forward<true, Real>(x, Dims, gain, shift, static_cast<Real>(Epsilon), y, grown(s.mean, rows),
                                     grown(s.scale, rows));
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, nothing&) const {
    slices cut(w);
    slices cut_d(dw);
    const auto gain = cut.next(Dims);
    const auto d_gain = cut_d.next(Dims), d_shift = cut_d.next(Dims);
    const std::int64_t rows = isize(x.size()) / Dims;
    kernel::norm_backward<true, Real>(x, Dims, gain, grown(s.mean, rows), grown(s.scale, rows), dy, dx, d_gain, d_shift);
  }
};

static_assert(row_layer<layer_norm<8>>);

}  // namespace tepui::layer
