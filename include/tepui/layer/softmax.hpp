#pragma once
/// Turns the scores of every row into shares that sum to 1.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/softmax.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// A row of scores becomes its shares, in place.            errors, repeat  as kernel::softmax (float); as the C library (double)
template <class Real>
void to_shares(std::span<Real> row) {
  if constexpr (std::is_same_v<Real, float>) {
    kernel::softmax(row);
  } else {
    if (row.empty()) return;
    const Real top = *std::max_element(row.begin(), row.end());
    Real sum = 0;
    for (Real& v : row) sum += v = std::exp(v - top);
    for (Real& v : row) v /= sum;
  }
}

/// y = softmax(x / Temperature), row by row: below 1 the largest score takes more, above 1 shares become alike.
/// keeps   the shares (Dims a row)            cost    O(rows Dims)            errors  as kernel::softmax (float)
/// repeat  a row has the same bits whatever rows stand beside it            source  Bridle 1990; Hinton et al. 2015
template <int Dims, float Temperature = 1.0F>
struct softmax {
  static_assert(Dims > 0 && Temperature > 0, "tepui: a softmax needs dims and a temperature above 0; write softmax<128, 0.5F>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> share;
  };

  [[nodiscard]] std::string describe() const {
    return "softmax(" + std::to_string(Dims) +
           (Temperature == 1.0F ? ")" : ", temperature " + shortest(static_cast<double>(Temperature)) + ")");
  }

  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    constexpr Real hot = Real{1} / static_cast<Real>(Temperature);
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = hot * x[i];
    for (std::size_t at = 0; at < y.size(); at += dims) to_shares<Real>(y.subspan(at, dims));
    std::copy(y.begin(), y.end(), grown(s.share, isize(y.size())).begin());
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, saved<Real>& s, nothing&) const {
    constexpr Real hot = Real{1} / static_cast<Real>(Temperature);
    const std::span<const Real> share = grown(s.share, isize(dy.size()));
    for (std::size_t at = 0; at < dx.size(); at += dims) {
      Real mean = 0;  // of dy, weighted by the shares
      for (std::size_t d = 0; d < dims; ++d) mean += share[at + d] * dy[at + d];
      for (std::size_t d = 0; d < dims; ++d) dx[at + d] = hot * share[at + d] * (dy[at + d] - mean);
    }
  }

 private:
  static constexpr std::size_t dims = static_cast<std::size_t>(Dims);
};

static_assert(row_layer<softmax<8>>);

}  // namespace tepui::layer
