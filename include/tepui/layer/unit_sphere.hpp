#pragma once
/// Puts every row on the unit sphere, so that only the directions of cells count.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// y = x / max(length of x, 1e-12).
/// keeps   the length: one number a row            ties    a row shorter than 1e-12 is divided by that, and its gradient,
///        too
/// order   sums in 16 places, then from left to right            cost    O(rows Dims)
/// repeat  a row has the same bits whatever rows stand beside it
/// source  Schroff et al. 2015; the shortest length as torch has it
template <int Dims>
struct unit_sphere {
  static_assert(Dims > 0, "tepui: a unit sphere needs dims above 0; write unit_sphere<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> length;
  };

  [[nodiscard]] std::string describe() const { return "unit_sphere(" + std::to_string(Dims) + ")"; }

  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    const auto length = grown(s.length, isize(x.size()) / Dims);
    for (std::size_t r = 0; r < length.size(); ++r) {
      const Real* const from = x.data() + r * dims;
      length[r] = std::max(std::sqrt(product(from, from)), static_cast<Real>(shortest));
      const Real by = 1 / length[r];
      for (std::size_t d = 0; d < dims; ++d) y[r * dims + d] = from[d] * by;
    }
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, saved<Real>& s, nothing&) const {
    if (dx.empty()) return;
    const auto length = grown(s.length, isize(x.size()) / Dims);
    for (std::size_t r = 0; r < length.size(); ++r) {
      const Real *const from = x.data() + r * dims, *const d_out = dy.data() + r * dims;
      const Real by = 1 / length[r];
      // What points along the row cannot change its direction.
      const Real along = length[r] > static_cast<Real>(shortest) ? product(from, d_out) * by * by : Real{0};
      for (std::size_t d = 0; d < dims; ++d) dx[r * dims + d] = (d_out[d] - along * from[d]) * by;
    }
  }

 private:
  static constexpr std::size_t dims = static_cast<std::size_t>(Dims), places = 16;
  static constexpr double shortest = 1e-12;
  /// Never inlined: the same bits in both directions.
  template <class Real>
  [[gnu::noinline]] static Real product(const Real* a, const Real* b) {
    std::array<Real, places> part{};
    for (std::size_t first = 0; first < dims; first += places)
      for (std::size_t i = 0; i < std::min(places, dims - first); ++i) part[i] += a[first + i] * b[first + i];
    Real sum = 0;
    for (const Real p : part) sum += p;
    return sum;
  }
};

static_assert(row_layer<unit_sphere<8>>);

}  // namespace tepui::layer
