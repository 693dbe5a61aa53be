#pragma once
/// The first layer of a network that reads all counts of a cell: genes that a cell does not express cost nothing.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/sparse_linear.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// log(1 + count). Small whole numbers, which most counts are, are looked up: the same bits as std::log1p gives.
inline void log1p_of_counts(std::span<const float> count, std::span<float> out) {
  static const auto known = [] {
    std::array<float, 1024> table;
    for (std::size_t n = 0; n < table.size(); ++n) table[n] = std::log1p(static_cast<float>(n));
    return table;
  }();
  for (std::size_t i = 0; i < count.size(); ++i) {
    const float x = count[i];
    const auto n = x >= 0 && x < static_cast<float>(known.size()) ? static_cast<std::size_t>(x) : 0;
    out[i] = static_cast<float>(n) == x ? known[n] : std::log1p(x);
  }
}

/// y = counts weight + bias. Not a layer of rows: its input stays sparse, and nobody asks for a gradient by it.
/// shapes  weight [genes, Out] (a row for every gene: torch keeps its transpose), bias [Out]; genes are known where it is fitted
/// starts  uniform within 1 / sqrt(genes) of 0
/// cost    2 counts Out operations forward and backward            order, repeat  as kernel::sparse_linear
template <int Out>
struct of_genes {
  static_assert(Out > 0, "tepui: a layer over genes needs outputs; write of_genes<128>");
  static constexpr int dims_out = Out;
  template <class Real>
  struct room {
    kernel::sparse_linear_room<Real> product;
  };

  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const { return "genes to " + std::to_string(Out); }
  void each_weight(auto&& visit) const {
    visit("weight", multiplies(n_genes, Out));
    visit("bias", bias_behind(n_genes, Out));
  }

  /// in     x: cells as they are stored (kernel::stored_cells, counts_view)            out    y [cells, Out]
  template <class Real, class Cells>
  void forward(std::span<const Real> w, const Cells& x, std::span<Real> y, room<Real>& r) const {
    slices cut(w);
    const auto weight = cut.next(n_genes * Out);
    kernel::sparse_linear<Real>(x, weight, cut.next(Out), Out, y, r.product);
  }
  template <class Real, class Cells>
  void backward(const Cells& x, std::span<const Real> dy, std::span<Real> dw, room<Real>& r) const {
    slices cut(dw);
    const auto d_weight = cut.next(n_genes * Out);
    kernel::sparse_gradient<Real>(x, dy, Out, d_weight, cut.next(Out), r.product);
  }
};

}  // namespace tepui::layer
