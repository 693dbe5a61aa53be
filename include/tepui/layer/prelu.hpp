#pragma once
/// Keeps what is above 0, and of what is below as much as it has learned to.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// Whether all dims have one slope, or each its own.
enum class slope : std::int32_t { shared, each };

/// y = x where x > 0, else slope x.
/// shapes  slope [1] (shared) or [Dims] (each), beginning with 1/4; it does not decay
/// ties    x = 0: the lower branch, so dx = slope dy, as torch has it
/// order   the slope's gradient is summed in double, row after row (shared: 16 sums, then from left to right)
/// cost    O(rows Dims)
/// repeat  a row has the same bits whatever rows stand beside it
/// source  He et al. 2015
template <int Dims, slope Slope = slope::shared>
struct prelu {
  static_assert(Dims > 0, "tepui: a PReLU needs dims above 0; write prelu<1024>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  static constexpr std::int64_t n_slopes = Slope == slope::shared ? 1 : Dims;
  template <class Real>
  struct room {
    memory<double> d_slope;
  };

  [[nodiscard]] std::string describe() const {
    return "prelu(" + std::to_string(Dims) + (Slope == slope::shared ? ")" : ", a slope for each)");
  }
  void each_weight(auto&& visit) const { visit("slope", slice{1, n_slopes, start::value, 0.25}); }

  template <class Real>
  void forward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<Real> y, nothing&,
               room<Real>&) const {
    for (std::size_t at = 0; at < x.size(); at += dims)
      for (std::size_t d = 0; d < dims; ++d) {
        const Real v = x[at + d], below = v * w[of(d)];
        y[at + d] = v > 0 ? v : below;
      }
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, nothing&, room<Real>& r) const {
    const auto sum = grown(r.d_slope, n_sums);
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::size_t at = 0; at < x.size(); at += dims)
      for (std::size_t first = 0; first < dims; first += usize(n_sums))
        for (std::size_t i = 0; i < std::min(usize(n_sums), dims - first); ++i) {
          const Real below = std::min(x[at + first + i], Real{0});
          sum[i] += static_cast<double>(below) * static_cast<double>(dy[at + first + i]);
        }
    if constexpr (Slope == slope::shared)
      for (std::size_t i = 1; i < sum.size(); ++i) sum[0] += sum[i];
    for (std::int64_t s = 0; s < n_slopes; ++s) dw[usize(s)] += static_cast<Real>(sum[usize(s)]);
    if (dx.empty()) return;
    for (std::size_t at = 0; at < x.size(); at += dims)
      for (std::size_t d = 0; d < dims; ++d) {
        const Real g = dy[at + d], below = g * w[of(d)];
        dx[at + d] = x[at + d] > 0 ? g : below;
      }
  }

 private:
  static constexpr std::size_t dims = static_cast<std::size_t>(Dims);
  static constexpr std::int64_t n_sums = Slope == slope::shared ? 16 : Dims;
  [[nodiscard]] static constexpr std::size_t of(std::size_t d) { return Slope == slope::shared ? 0 : d; }
};

static_assert(row_layer<prelu<8>>);

}  // namespace tepui::layer
