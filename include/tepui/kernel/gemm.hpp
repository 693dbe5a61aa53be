#pragma once
/// Multiplies matrices, which is what a network spends its time on.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/simd/gemm.hpp>

namespace tepui::kernel {

/// What the factors of a product are rounded to; sums and results are float32 always. Products of doubles are not rounded.
enum class precision { float32, bf16 };

/// Whether a product replaces what is there or is added to it.
enum class into { overwrite, add };

/// A matrix as it lies in memory: element (i, j) is data[i * row + j * column].
template <class Real>
struct strided {
  const Real* data;
  std::int64_t row, column;
};

/// c = from + a b by plain loops: every element is summed over k in order, beginning with `from`.
/// in     a [m, k]; b [k, n]; from: rows from_row apart (0: the same for all), or none          out    c [m, n], may be `from`
/// cost   2 m n k operations          repeat never inlined, an element goes through the same steps wherever it stands
template <precision P, class Real>
[[gnu::noinline]] void plain_product(std::int64_t m, std::int64_t n, std::int64_t k, strided<Real> a, strided<Real> b,
                                     const Real* from, std::int64_t from_row, Real* c, std::int64_t c_row) {
  const auto factor = [](Real x) {
    if constexpr (P == precision::bf16 && std::is_same_v<Real, float>)
      return simd::rounded_to_bf16(x);
    else
      return x;
  };
  if (n == 0) return;
  for (std::int64_t i = 0; i < m; ++i) {
    Real* const sum = c + i * c_row;
    for (std::int64_t j = 0; j < n; ++j) sum[j] = from == nullptr ? Real{0} : from[i * from_row + j];
    for (std::int64_t p = 0; p < k; ++p) {
      const Real left = factor(a.data[i * a.row + p * a.column]);
      const Real* const right = b.data + p * b.row;
      for (std::int64_t j = 0; j < n; ++j) sum[j] += left * factor(right[j * b.column]);
    }
  }
}

inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Whether products of Real go through vectors; others are plain loops.
template <class Real>
inline constexpr bool vector_products = std::is_same_v<Real, float> && simd::has_lanes;

#if TEPUI_HAS_LANES
template <precision P>
using products_of = std::conditional_t<P == precision::bf16, simd::bf16_products, simd::float_products>;
#endif

/// Working memory of products: grows to the largest blocks and stays. One a thread.
template <class Real>
struct gemm_room {
  [[nodiscard]] static constexpr std::int64_t bytes() noexcept { return 0; }
};
#if TEPUI_HAS_LANES
template <>
struct gemm_room<float> {
  simd::gemm_blocks<simd::float_products> in_float32;
  simd::gemm_blocks<simd::bf16_products> in_bf16;
  [[nodiscard]] std::int64_t bytes() const noexcept { return in_float32.bytes() + in_bf16.bytes(); }
};
#endif

/// The second factor, laid out once for many products.
/// cost   k n values read and written; what it holds grows and stays
template <precision P, class Real>
class packed_factor {
 public:
  /// in     b [k, n]
  void pack(strided<Real> b, std::int64_t k, std::int64_t n) {
    k_ = k;
    n_ = n;
#if TEPUI_HAS_LANES
    if constexpr (vector_products<Real>) {
      simd::pack_all<products_of<P>>({b.data, b.row, b.column}, k, n, values_);
      return;
    }
#endif
    if (isize(values_.size()) < k * n) values_.resize(usize(k * n));
    for (std::int64_t p = 0; p < k; ++p)
      for (std::int64_t j = 0; j < n; ++j) values_[usize(p * n + j)] = static_cast<element>(b.data[p * b.row + j * b.column]);
  }
  [[nodiscard]] std::int64_t k() const noexcept { return k_; }
  [[nodiscard]] std::int64_t n() const noexcept { return n_; }
  [[nodiscard]] const auto* data() const noexcept { return values_.data(); }

 private:
  struct plainly {
    using element = Real;
  };
#if TEPUI_HAS_LANES
  using element = typename std::conditional_t<vector_products<Real>, products_of<P>, plainly>::element;
#else
  using element = typename plainly::element;
#endif
  buffer_in<host, element> values_;
  std::int64_t k_ = 0, n_ = 0;
};

/// c = from + a b, where b has been packed unless `packed` is none. What the products below have in common.
template <precision P, class Real>
void product_from(std::int64_t m, std::int64_t n, std::int64_t k, strided<Real> a, strided<Real> b,
                  const packed_factor<P, Real>* packed, const Real* from, std::int64_t from_row, Real* c, std::int64_t c_row,
                  gemm_room<Real>& room) {
#if TEPUI_HAS_LANES
  if constexpr (vector_products<Real>) {
    const auto in = [&](auto& blocks) {
      simd::product<products_of<P>>{m,
                                    n,
                                    k,
                                    {a.data, a.row, a.column},
                                    {b.data, b.row, b.column},
                                    packed == nullptr ? nullptr : packed->data(),
                                    from,
                                    from_row,
                                    c,
                                    c_row}(blocks);
    };
    if constexpr (P == precision::bf16)
      in(room.in_bf16);
    else
      in(room.in_float32);
    return;
  }
#endif
  (void)room;
  if constexpr (!vector_products<Real>)
    plain_product<P, Real>(m, n, k, a, packed == nullptr ? b : strided<Real>{packed->data(), n, 1}, from, from_row, c, c_row);
}

/// c = a b, or c += a b.
/// in     a [m, k]; b [k, n], each row by row or transposed (other strides are slower); room: of the calling thread
/// out    c [m, n], rows c_row apart                empty  k = 0: zeros, or nothing is added
/// order  float: k in equal blocks of 384 at most (bf16: 768), each summed in order with one rounding a step and then added to
/// c.
///        double: in order
/// errors float32: relative to the sum of |a b|, 1e-7 sqrt(k) as a rule. bf16: each factor is rounded to 8 bits (relative
/// 2^-9),
///        so 2^-8 at most; denormal factors may count as zero
/// cost   2 m n k operations, at 90 % of what the processor can do (bench/gemm.cpp); packs b: n k values
/// repeat an element's bits depend on its row of a, its column of b and k alone, not on m, n or packing; g++ and clang agree,
/// kinds of
///        processors do not
/// source blocks and panels: Goto and van de Geijn 2008, Anatomy of high-performance matrix multiplication
template <precision P = precision::float32, class Real>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, strided<Real> a, strided<Real> b, Real* c, std::int64_t c_row,
          into how, gemm_room<Real>& room) {
  product_from<P, Real>(m, n, k, a, b, nullptr, how == into::add ? c : nullptr, c_row, c, c_row, room);
}

/// The same with b packed before.                     in     n, k: as they were packed
template <precision P, class Real>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, strided<Real> a, const packed_factor<P, Real>& b, Real* c,
          std::int64_t c_row, into how, gemm_room<Real>& room) {
  product_from<P, Real>(m, n, k, a, {}, &b, how == into::add ? c : nullptr, c_row, c, c_row, room);
}

/// y = x weight + bias: the linear layer.
/// in     x [rows, n_in]; weight [n_in, n_out] (a row for every input); bias [n_out] or none
/// out    y [rows, n_out], overwritten              empty  no rows: nothing; n_in = 0: the bias
/// cost, order, errors, repeat: see gemm
template <precision P, class Real>
void linear(std::span<const Real> x, std::int64_t n_in, std::span<const Real> weight, std::span<const Real> bias,
            std::int64_t n_out, std::span<Real> y, gemm_room<Real>& room) {
  const std::int64_t rows = n_out == 0 ? 0 : isize(y.size()) / n_out;
  product_from<P, Real>(rows, n_out, n_in, {x.data(), n_in, 1}, {weight.data(), n_out, 1}, nullptr,
                        bias.empty() ? nullptr : bias.data(), 0, y.data(), n_out, room);
}
/// The same with the weight packed before.
template <precision P, class Real>
void linear(std::span<const Real> x, const packed_factor<P, Real>& weight, std::span<const Real> bias, std::span<Real> y,
            gemm_room<Real>& room) {
  const std::int64_t rows = weight.n() == 0 ? 0 : isize(y.size()) / weight.n();
  product_from<P, Real>(rows, weight.n(), weight.k(), {x.data(), weight.k(), 1}, {}, &weight,
                        bias.empty() ? nullptr : bias.data(), 0, y.data(), weight.n(), room);
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
