#pragma once
/// The bends between the linear layers of a network, written so that compilers work on many numbers at once.

#include <algorithm>
#include <bit>
#include <cstdint>

namespace tepui::kernel {

/// The part above 0.                                           source  Nair and Hinton 2010
[[nodiscard]] inline float relu(float x) noexcept { return x > 0 ? x : 0.0F; }

/// The part below 0 is kept, but flatter.                      source  Maas et al. 2013
[[nodiscard]] inline float leaky_relu(float x, float slope) noexcept { return x > 0 ? x : slope * x; }

/// e to the power of x, without a call: a power of two times a polynomial on the rest.
/// in     finite; below -87 it is taken as -87 (1.6e-38), above 88 as 88            errors  relative 2e-7
/// source Cody and Waite 1980 for the splitting; the polynomial is the Taylor series to the seventh power
[[nodiscard]] inline float exponential(float x) noexcept {
  const float in_range = std::min(std::max(x, -87.0F), 88.0F);
  const float shifted = in_range * 1.44269504F + 12582912.0F;  // the whole number of twos stands in the last bits
  const float twos = shifted - 12582912.0F;
  const float rest = (in_range - twos * 0.693359375F) + twos * 2.12194440e-4F;
  float p = 1.0F / 5040;
  p = p * rest + 1.0F / 720;
  p = p * rest + 1.0F / 120;
  p = p * rest + 1.0F / 24;
  p = p * rest + 1.0F / 6;
  p = p * rest + 0.5F;
  p = p * rest + 1.0F;
  p = p * rest + 1.0F;
  const auto power = static_cast<std::uint32_t>(std::bit_cast<std::int32_t>(shifted) - 0x4B400000 + 127);
  return p * std::bit_cast<float>(power << 23);
}

/// x times the share of a standard normal below x.
/// errors the share to 2e-7
/// source Hendrycks and Gimpel 2016; the share by Abramowitz and Stegun 1964, 7.1.26
[[nodiscard]] inline float gelu(float x) noexcept {
  const float away = (x < 0 ? -x : x) * 0.70710678F;
  const float t = 1.0F / (1.0F + 0.3275911F * away);
  const float tail = 0.5F * t *
                     (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F)))) *
                     exponential(-away * away);
  return x * (x < 0 ? tail : 1.0F - tail);
}

}  // namespace tepui::kernel
