#pragma once
/// Turns scores into shares that sum to 1.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <tepui/kernel/activation.hpp>

namespace tepui::kernel {

/// in     row [n] of finite scores            empty  nothing
/// out    the same memory: exp(score) over the sum of all, counted from the largest score
/// errors relative 1e-6; a score 87 below the largest has a share of 1e-38 at most
/// order  summed in 16 lanes, then the lanes from left to right: the same bits whatever stands beside the row
/// cost   n exponentials                      repeat never inlined: the same bits whatever calls it
[[gnu::noinline]] inline void softmax(std::span<float> row) noexcept {
  constexpr std::size_t lanes = 16;
  if (row.empty()) return;
  const std::size_t n = row.size(), whole = n - n % lanes;
  float* const x = row.data();
  std::array<float, lanes> part;
  part.fill(x[0]);
  for (std::size_t i = 0; i < whole; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) part[l] = part[l] > x[i + l] ? part[l] : x[i + l];
  for (std::size_t i = whole; i < n; ++i) part[i - whole] = part[i - whole] > x[i] ? part[i - whole] : x[i];
  float top = part[0];
  for (const float p : part) top = p > top ? p : top;
  for (std::size_t i = 0; i < n; ++i) x[i] = exponential(x[i] - top);
  part.fill(0.0F);
  for (std::size_t i = 0; i < whole; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) part[l] += x[i + l];
  for (std::size_t i = whole; i < n; ++i) part[i - whole] += x[i];
  float sum = 0;
  for (const float p : part) sum += p;
  const float share = 1.0F / sum;
  for (std::size_t i = 0; i < n; ++i) x[i] *= share;
}

/// log(sum of exp(score)), without overflow.            in     row [n], n >= 1, finite
[[nodiscard]] inline double log_sum_exp(std::span<const float> row) noexcept {
  const double top = static_cast<double>(*std::max_element(row.begin(), row.end()));
  double sum = 0;
  for (const float x : row) sum += std::exp(static_cast<double>(x) - top);
  return top + std::log(sum);
}

}  // namespace tepui::kernel
