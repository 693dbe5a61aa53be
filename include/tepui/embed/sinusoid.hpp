#pragma once
/// Writes a whole number as a vector of waves, so that near numbers have near vectors.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tepui::embed {

/// out    to [dims]: even dims the sine, odd dims the cosine of number / 10000^(2 i / dims), i = dim / 2
/// repeat bit-equal where the C library's sin, cos and pow are            source  Vaswani et al. 2017
template <class Real>
void sinusoid(std::int64_t number, std::span<Real> to) {
  const auto dims = static_cast<double>(to.size());
  for (std::size_t d = 0; d < to.size(); ++d) {
    const double angle = static_cast<double>(number) / std::pow(10000.0, static_cast<double>(d - d % 2) / dims);
    to[d] = static_cast<Real>(d % 2 == 0 ? std::sin(angle) : std::cos(angle));
  }
}

}  // namespace tepui::embed
