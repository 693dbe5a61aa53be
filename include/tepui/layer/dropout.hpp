#pragma once
/// Drops numbers by chance while a model learns; says nothing when it only reads.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/dropout.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// Each number is 0 with a chance of PerMille in 1,000, else divided by the chance to stay; y = x where `at.training` is false.
/// repeat  which numbers are dropped depends on at.random, the cell's id, and row and dim in the cell alone: bit-equal anywhere
/// keeps   nothing: backward draws the same numbers again            cost   0.25 ns a number
/// source  Srivastava et al. 2014
template <int Dims, int PerMille>
struct dropout {
  static_assert(Dims > 0 && PerMille >= 0 && PerMille < 1000,
                "tepui: dropout needs dims above 0 and a rate in 1,000, below 1000; write dropout<128, 100> for a tenth");
  static constexpr int dims_in = Dims, dims_out = Dims;
  static constexpr std::uint32_t units = (PerMille * kernel::drop_units + 500U) / 1000U;

  [[nodiscard]] std::string describe() const { return "dropout(" + std::to_string(PerMille) + "/1000)"; }

  template <class Real>
  void forward(std::span<const Real>, const packed& at, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    if (PerMille == 0 || !at.training) {
      std::copy(x.begin(), x.end(), y.begin());
      return;
    }
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      kernel::drop<Real>(at.random.bits(at.cell_id[usize(c)]), units, at.rows_of(c, x, Dims), at.rows_of(c, y, Dims));
  }
  /// dx may be dy's memory.
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing& saved, nothing& room) const {
    if (!dx.empty()) forward(w, at, dy, dx, saved, room);
  }
};

static_assert(row_layer<dropout<8, 100>>);

}  // namespace tepui::layer
