#pragma once
/// Weighted sums of a row's numbers: the layer that most of a network's work is.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/gemm.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// Whether a linear layer adds a bias.
enum class bias : std::int32_t { without, with };

/// y = x weight + bias, row by row.
/// shapes  weight [In, Out] (a row for every input: torch keeps its transpose), bias [Out]
/// starts  uniform within 1 / sqrt(In) of 0
/// cost    2 rows In Out operations forward, twice that backward            repeat as kernel::gemm
template <int In, int Out, bias Bias = bias::with, kernel::precision Precision = kernel::precision::float32>
struct linear {
  static_assert(In > 0 && Out > 0, "tepui: a linear layer needs inputs and outputs; write linear<128, 64>");
  static constexpr int dims_in = In, dims_out = Out;
  static constexpr bool in_bf16 = Precision == kernel::precision::bf16;
  template <class Real>
  struct room {
    kernel::gemm_room<Real> product;
  };

  [[nodiscard]] std::string describe() const {
    return "linear(" + std::to_string(In) + ", " + std::to_string(Out) + (Bias == bias::with ? "" : ", no bias") +
           (in_bf16 ? ", bf16)" : ")");
  }
  void each_weight(auto&& visit) const {
    visit("weight", multiplies(In, Out));
    if constexpr (Bias == bias::with) visit("bias", bias_behind(In, Out));
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<Real> y, nothing&,
               room<Real>& r) const {
    slices cut(w);
    const auto weight = cut.next(In * Out);
    std::span<const Real> add;
    if constexpr (Bias == bias::with) add = cut.next(Out);
    kernel::linear<Precision>(x, In, weight, add, Out, y, r.product);
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, nothing&, room<Real>& r) const {
    const std::int64_t rows = isize(dy.size()) / Out;
    slices cut(w);
    slices cut_d(dw);
    const auto weight = cut.next(In * Out);
    const auto d_weight = cut_d.next(In * Out);
    kernel::gemm<Precision, Real>(In, Out, rows, {x.data(), 1, In}, {dy.data(), Out, 1}, d_weight.data(), Out,
                                  kernel::into::add,
                                  r.product);  // x' dy    [In, Out]
    if constexpr (Bias == bias::with) {
      const auto d_bias = cut_d.next(Out);
      for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t o = 0; o < Out; ++o) d_bias[usize(o)] += dy[usize(i * Out + o)];
    }
    if (!dx.empty())
      kernel::gemm<Precision, Real>(rows, In, Out, {dy.data(), Out, 1}, {weight.data(), 1, Out}, dx.data(), In,
                                    kernel::into::overwrite, r.product);  // dy weight'    [rows, In]
  }
};

static_assert(row_layer<linear<8, 4>>);

}  // namespace tepui::layer
