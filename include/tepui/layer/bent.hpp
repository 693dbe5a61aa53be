#pragma once
/// A bend as a layer of its own: what keeps a network from being one long weighted sum.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/bend.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// y = bent(x), number by number.            keeps  nothing            cost  O(rows Dims)            repeat  as kernel::bend_forward
template <int Dims, kernel::bend Bend>
struct bent {
  static_assert(Dims > 0, "tepui: a bend needs dims above 0; write bent<128, kernel::bend::relu>");
  static constexpr int dims_in = Dims, dims_out = Dims;

  [[nodiscard]] std::string describe() const { return std::string(kernel::name_of(Bend)); }

  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    kernel::bend_forward<Bend, Real>(x, y);
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, nothing&) const {
    if (!dx.empty()) kernel::bend_backward<Bend, Real>(x, dy, dx);
  }
};

static_assert(row_layer<bent<8, kernel::bend::relu>>);

}  // namespace tepui::layer
