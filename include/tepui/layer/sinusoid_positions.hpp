#pragma once
/// Adds waves to every row that tell where in its cell it stands.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// y = x + p(row of the cell), counted from 0: even dims the sine, odd dims the cosine of row / 10000^(2 (dim / 2) / Dims).
/// keeps   nothing; the waves are worked out once a room, for the longest cell            cost  O(rows Dims)
/// repeat  bit-equal where the C library's sin, cos and pow are            source  Vaswani et al. 2017
template <int Dims>
struct sinusoid_positions {
  static_assert(Dims > 0, "tepui: positions need dims above 0; write sinusoid_positions<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct room {
    memory<Real> waves;
    std::int64_t n_known = 0;
  };

  [[nodiscard]] std::string describe() const { return "sinusoidal positions"; }

  template <class Real>
  void forward(std::span<const Real>, const packed& at, std::span<const Real> x, std::span<Real> y, nothing&,
               room<Real>& r) const {
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      know(at.n_rows(c), r);
      const auto from = at.rows_of(c, x, Dims);
      const auto to = at.rows_of(c, y, Dims);
      for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] + r.waves[i];
    }
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, room<Real>&) const {
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }

 private:
  template <class Real>
  static void know(std::int64_t rows, room<Real>& r) {
    if (rows <= r.n_known) return;
    const auto waves = grown(r.waves, rows * Dims);
    for (; r.n_known < rows; ++r.n_known)
      for (int d = 0; d < Dims; ++d) {
        const double angle = static_cast<double>(r.n_known) / std::pow(10000.0, static_cast<double>(d - d % 2) / Dims);
        waves[usize(r.n_known * Dims + d)] = static_cast<Real>(d % 2 == 0 ? std::sin(angle) : std::cos(angle));
      }
  }
};

static_assert(row_layer<sinusoid_positions<8>>);

}  // namespace tepui::layer
