#pragma once
/// Brings the numbers of every row to the same spread, and says how a loss changes with what went in.

#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/norm.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// The plain form of the two functions below; either works on rows of any number of dims.
template <bool Centred, class Real>
[[gnu::noinline]] void plain_norm_forward(std::span<const Real> x, std::size_t dims, std::span<const Real> gain,
                                          std::span<const Real> shift, Real epsilon, std::span<Real> y, std::span<Real> mean,
                                          std::span<Real> scale) {
  for (std::size_t r = 0; r < scale.size(); ++r) {
    const auto row = x.subspan(r * dims, dims);
    double sum = 0, squares = 0;
    if constexpr (Centred) {
      for (const Real v : row) sum += static_cast<double>(v);
      mean[r] = static_cast<Real>(sum / static_cast<double>(dims));
    }
    const Real middle = Centred ? mean[r] : Real{0};
    for (const Real v : row) squares += static_cast<double>(v - middle) * static_cast<double>(v - middle);
    scale[r] = static_cast<Real>(1.0 / std::sqrt(squares / static_cast<double>(dims) + static_cast<double>(epsilon)));
    for (std::size_t d = 0; d < dims; ++d)
      y[r * dims + d] =
          (row[d] - middle) * scale[r] * (gain.empty() ? Real{1} : gain[d]) + (shift.empty() ? Real{0} : shift[d]);
  }
}
template <bool Centred, class Real>
[[gnu::noinline]] void plain_norm_backward(std::span<const Real> x, std::size_t dims, std::span<const Real> gain,
                                           std::span<const Real> mean, std::span<const Real> scale, std::span<const Real> dy,
                                           std::span<Real> dx, std::span<Real> d_gain, std::span<Real> d_shift) {
  for (std::size_t r = 0; r < scale.size(); ++r) {
    double sum = 0, along = 0;
    const auto normal = [&](std::size_t d) { return (x[r * dims + d] - (Centred ? mean[r] : Real{0})) * scale[r]; };
    const auto d_normal = [&](std::size_t d) { return dy[r * dims + d] * (gain.empty() ? Real{1} : gain[d]); };
    for (std::size_t d = 0; d < dims; ++d) {
      if (!d_gain.empty()) d_gain[d] += dy[r * dims + d] * normal(d);
      if (!d_shift.empty()) d_shift[d] += dy[r * dims + d];
      sum += static_cast<double>(d_normal(d));
      along += static_cast<double>(d_normal(d)) * static_cast<double>(normal(d));
    }
    if (dx.empty()) continue;
    const Real middle = static_cast<Real>(Centred ? sum / static_cast<double>(dims) : 0.0);
    const Real slope = static_cast<Real>(along / static_cast<double>(dims));
    for (std::size_t d = 0; d < dims; ++d) dx[r * dims + d] = (d_normal(d) - middle - normal(d) * slope) * scale[r];
  }
}

/// y = (x - mean) scale gain + shift, row by row; scale = 1 / sqrt(mean of (x - mean)^2 + epsilon). Not centred: mean = 0.
/// in     x [rows, dims]; gain, shift [dims] or empty (1 and 0); a shift only with a gain
/// out    y [rows, dims], may be x; mean (only where centred) and scale [rows]: what backward needs
/// order  float: summed in 4 vectors of lanes, without vectors in double            cost   three readings of a row in the cache
/// repeat a row has the same bits whatever rows stand beside it
/// source Ba, Kiros and Hinton 2016; not centred: Zhang and Sennrich 2019
template <bool Centred, class Real>
void norm_forward(std::span<const Real> x, std::int64_t dims, std::span<const Real> gain, std::span<const Real> shift,
                  Real epsilon, std::span<Real> y, std::span<Real> mean, std::span<Real> scale) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    simd::norm_forward<Centred>({scale.size(), usize(dims), x.data(), gain.empty() ? nullptr : gain.data(),
                                 shift.empty() ? nullptr : shift.data(), mean.data(), scale.data()},
                                epsilon, y.data());
    return;
  }
#endif
  plain_norm_forward<Centred>(x, usize(dims), gain, shift, epsilon, y, mean, scale);
}

/// How a loss changes with x, gain and shift, when it changes with y by dy.
/// in     x, gain as forward; mean, scale: as forward left them; dy [rows, dims]
/// out    dx [rows, dims], overwritten, may be dy, or empty; d_gain, d_shift [dims]: added to, or empty
/// order, repeat: as norm_forward; d_gain and d_shift are summed over rows in order            cost   two readings of x and dy
template <bool Centred, class Real>
void norm_backward(std::span<const Real> x, std::int64_t dims, std::span<const Real> gain, std::span<const Real> mean,
                   std::span<const Real> scale, std::span<const Real> dy, std::span<Real> dx, std::span<Real> d_gain,
                   std::span<Real> d_shift) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>) {
    const auto data = [](std::span<float> s) { return s.empty() ? nullptr : s.data(); };
    // Written only by forward, which takes the same struct.
    simd::norm_backward<Centred>({scale.size(), usize(dims), x.data(), gain.empty() ? nullptr : gain.data(), nullptr,
                                  const_cast<float*>(mean.data()), const_cast<float*>(scale.data())},
                                 dy.data(), data(dx), data(d_gain), data(d_shift));
    return;
  }
#endif
  plain_norm_backward<Centred>(x, usize(dims), gain, mean, scale, dy, dx, d_gain, d_shift);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
