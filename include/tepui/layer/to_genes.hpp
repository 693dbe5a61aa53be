#pragma once
/// The last layer of a network that says something of every gene.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/gemm.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// y = x weight + bias, with a number for each gene. As `linear`, but genes are known where it is fitted.
/// shapes  weight [In, genes] (a row for every input: torch keeps its transpose), bias [genes]
/// starts  uniform within 1 / sqrt(In) of 0
/// types   Precision: what the factors of its products are rounded to; sums, weights and gradients are float32
/// cost    2 rows In genes operations forward, twice that backward            repeat as kernel::gemm
template <int In, kernel::precision Precision = kernel::precision::float32>
struct to_genes {
  static_assert(In > 0, "tepui: a layer to genes needs inputs; write to_genes<128>");
  template <class Real>
  struct room {
    kernel::gemm_room<Real> product;
  };

  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const {
    return std::to_string(In) + (Precision == kernel::precision::bf16 ? " to genes, bf16" : " to genes");
  }
  void each_weight(auto&& visit) const {
    visit("weight", multiplies(In, n_genes));
    visit("bias", bias_behind(In, n_genes));
  }

  /// in     x [rows, In]            out    y [rows, genes]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const Real> x, std::span<Real> y, room<Real>& r) const {
    slices cut(w);
    const auto weight = cut.next(In * n_genes);
    kernel::linear<Precision>(x, In, weight, cut.next(n_genes), n_genes, y, r.product);
  }
  /// in     dy [rows, genes]            out    dw added to; dx [rows, In] overwritten or added to, left away where it is empty
  template <class Real>
  void backward(std::span<const Real> w, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, kernel::into how, room<Real>& r) const {
    const std::int64_t rows = isize(x.size()) / In;
    slices cut(w);
    slices cut_d(dw);
    const auto weight = cut.next(In * n_genes);
    const auto d_weight = cut_d.next(In * n_genes), d_bias = cut_d.next(n_genes);
    kernel::gemm<Precision, Real>(In, n_genes, rows, {x.data(), 1, In}, {dy.data(), n_genes, 1}, d_weight.data(), n_genes,
                                  kernel::into::add,
                                  r.product);  // x' dy    [In, genes]
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t g = 0; g < n_genes; ++g) d_bias[usize(g)] += dy[usize(i * n_genes + g)];
    if (!dx.empty())
      kernel::gemm<Precision, Real>(rows, In, n_genes, {dy.data(), n_genes, 1}, {weight.data(), 1, n_genes}, dx.data(), In, how,
                                    r.product);  // dy weight'    [rows, In]
  }
};

}  // namespace tepui::layer
