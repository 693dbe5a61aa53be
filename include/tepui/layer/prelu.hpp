#pragma once
/// Keeps what is above 0, and of what is below as much as it has learned to.

#include <algorithm>
#include <array>
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
  static constexpr bool shared = Slope == slope::shared;
  static constexpr std::int64_t n_slopes = shared ? 1 : Dims;
  template <class Real>
  struct room {
    memory<double> d_slope;
  };

  [[nodiscard]] std::string describe() const {
    return "prelu(" + std::to_string(Dims) + (shared ? ")" : ", a slope for each)");
  }
  void each_weight(auto&& visit) const { visit("slope", slice{1, n_slopes, start::value, 0.25}); }

  template <class Real>
  void forward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<Real> y, nothing&,
               room<Real>&) const {
    const Real common = w[0];
    for (std::size_t at = 0; at < x.size(); at += dims)
      for (std::size_t d = 0; d < dims; ++d) {
        const Real v = x[at + d], below = v * (shared ? common : w[d]);
        y[at + d] = v > 0 ? v : below;
      }
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, nothing&, room<Real>& r) const {
    if constexpr (shared) {
      std::array<double, n_sums> sum{};
      add_below(x, dy, sum);
      for (std::size_t i = 1; i < sum.size(); ++i) sum[0] += sum[i];
      dw[0] += static_cast<Real>(sum[0]);
    } else {
      const auto sum = grown(r.d_slope, n_sums);
      std::fill(sum.begin(), sum.end(), 0.0);
      add_below(x, dy, sum);
      for (std::size_t d = 0; d < dims; ++d) dw[d] += static_cast<Real>(sum[d]);
    }
    if (dx.empty()) return;
    const Real common = w[0];
    for (std::size_t at = 0; at < x.size(); at += dims)
      for (std::size_t d = 0; d < dims; ++d) {
        const Real g = dy[at + d], below = g * (shared ? common : w[d]);
        dx[at + d] = x[at + d] > 0 ? g : below;
      }
  }

 private:
  static constexpr std::size_t dims = static_cast<std::size_t>(Dims);
  static constexpr std::int64_t n_sums = shared ? 16 : Dims;

  /// Adds what is below 0, times dy: number i of a row to sum i % n_sums. What is below 0 is
  /// worked out for the whole row first, since compilers then use vectors.
  template <class Real>
  static void add_below(std::span<const Real> x, std::span<const Real> dy, auto& sum) {
    constexpr auto together = static_cast<std::size_t>(n_sums);
    std::array<Real, dims> below;
    for (std::size_t at = 0; at < x.size(); at += dims) {
      for (std::size_t d = 0; d < dims; ++d) below[d] = x[at + d] > 0 ? Real{0} : x[at + d];
      for (std::size_t first = 0; first < dims; first += together)
        for (std::size_t i = 0; i < std::min(together, dims - first); ++i)
          sum[i] += static_cast<double>(below[first + i]) * static_cast<double>(dy[at + first + i]);
    }
  }
};

static_assert(row_layer<prelu<8>>);

}  // namespace tepui::layer
