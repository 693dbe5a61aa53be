#pragma once
/// Brings the numbers of every row to a root mean square of 1, without moving their mean.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/norm.hpp>
#include <tepui/layer/layer_norm.hpp>

namespace tepui::layer {

/// y = x / sqrt(mean of x^2 + Epsilon) gain.
/// shapes  gain [Dims], beginning with 1            keeps   1 / root mean square: one number a row
/// cost    O(rows Dims)            repeat as kernel::norm_forward            source  Zhang and Sennrich 2019
template <int Dims, float Epsilon = 1e-6F>
struct rms_norm {
  static_assert(Dims > 0 && Epsilon >= 0, "tepui: a norm needs dims above 0 and an epsilon of 0 or more; write rms_norm<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> scale;
  };

  [[nodiscard]] std::string describe() const {
    return "rms_norm(" + std::to_string(Dims) + unusual_epsilon(Epsilon, 1e-6F) + ")";
  }
  void each_weight(auto&& visit) const { visit("gain", slice{1, Dims, start::one}); }

  template <class Real>
  void forward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    slices cut(w);
    kernel::norm_forward<false, Real>(x, Dims, cut.next(Dims), {}, static_cast<Real>(Epsilon), y, {},
                                      grown(s.scale, isize(x.size()) / Dims));
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, nothing&) const {
    slices cut(w);
    slices cut_d(dw);
    kernel::norm_backward<false, Real>(x, Dims, cut.next(Dims), {}, grown(s.scale, isize(x.size()) / Dims), dy, dx,
                                       cut_d.next(Dims), {});
  }
};

/// y = x / sqrt(mean of x^2 + Epsilon), in which nothing is learned.
/// keeps   1 / root mean square: one number a row            cost    O(rows Dims)            repeat as kernel::norm_forward
/// source  Qin et al. 2023 (simple root mean square norm), as CellFM uses it
template <int Dims, float Epsilon = 1e-12F>
struct simple_rms_norm {
  static_assert(Dims > 0 && Epsilon >= 0,
                "tepui: a norm needs dims above 0 and an epsilon of 0 or more; write simple_rms_norm<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> scale;
  };

  [[nodiscard]] std::string describe() const {
    return "simple_rms_norm(" + std::to_string(Dims) + unusual_epsilon(Epsilon, 1e-12F) + ")";
  }

  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    kernel::norm_forward<false, Real>(x, Dims, {}, {}, static_cast<Real>(Epsilon), y, {},
                                      grown(s.scale, isize(x.size()) / Dims));
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, saved<Real>& s, nothing&) const {
    kernel::norm_backward<false, Real>(x, Dims, {}, {}, grown(s.scale, isize(x.size()) / Dims), dy, dx, {}, {});
  }
};

static_assert(row_layer<rms_norm<8>> && row_layer<simple_rms_norm<8>>);

}  // namespace tepui::layer
