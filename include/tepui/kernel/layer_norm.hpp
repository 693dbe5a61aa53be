#pragma once
/// Brings the numbers of a vector to mean 0 and spread 1, then to a learned gain and shift of each dimension.

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace tepui::kernel {

/// in     x [rows, dims]; gain, shift [dims]; epsilon is added to the variance
/// out    y [rows, dims], which may be x            spread of the population (divided by dims)
/// cost   O(rows dims)                                source  Ba, Kiros and Hinton 2016
/// order  summed in double in 8 lanes, then the lanes from left to right
/// repeat never inlined: the same bits whatever calls it
[[gnu::noinline]] inline void layer_norm(std::span<const float> x, std::span<const float> gain, std::span<const float> shift,
                                         double epsilon, std::span<float> y) noexcept {
  constexpr std::size_t lanes = 8;
  const std::size_t dims = gain.size(), whole = dims - dims % lanes;
  const auto sum_of = [&](const float* row, double middle, const auto& what) {
    std::array<double, lanes> part{};
    for (std::size_t d = 0; d < whole; d += lanes)
      for (std::size_t l = 0; l < lanes; ++l) part[l] += what(static_cast<double>(row[d + l]) - middle);
    for (std::size_t d = whole; d < dims; ++d) part[d - whole] += what(static_cast<double>(row[d]) - middle);
    double sum = 0;
    for (const double p : part) sum += p;
    return sum / static_cast<double>(dims);
  };
  for (std::size_t begin = 0; begin < x.size(); begin += dims) {
    const float* const row = x.data() + begin;
    const double mean = sum_of(row, 0.0, [](double v) { return v; });
    const double spread = sum_of(row, mean, [](double v) { return v * v; });
    const double scale = 1.0 / std::sqrt(spread + epsilon);
    for (std::size_t d = 0; d < dims; ++d)
      y[begin + d] = static_cast<float>((static_cast<double>(row[d]) - mean) * scale) * gain[d] + shift[d];
  }
}

}  // namespace tepui::kernel
