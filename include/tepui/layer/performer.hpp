#pragma once
/// Attention at a cost in step with the number of tokens of a cell, because it compares them through random features.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/kernel/feature_attention.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/random_features.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// Which tokens a token takes up from.
enum class looks : std::int32_t { at_all, back };

/// The compile-time shape of a Performer.
struct performer_settings {
  int dims = 128;
  int heads = 4;
  int features = 0;            ///< random directions a head; 0: width log(width), rounded up to 8, as published
  looks look = looks::at_all;  ///< `back`: a token sees itself and those in front of it (causal)
  int seed = 1;                ///< of the directions, which are the same for all heads and are not learned
  kernel::precision precision = kernel::precision::float32;
};

/// y = (features(Q) (features(K)' V) / (features(Q) sum of features(K))) out_weight + out_bias, where Q, K and V are parts of
/// x in_weight + in_bias, head by head. The features of a vector v are exp(direction . v' - |v'|^2 / 2), v' = v / width^(1/4):
/// their products are, on average, the exponentials of softmax attention.
/// shapes  in: weight [dims, 3 dims] (queries, keys, values), bias; out: weight [dims, dims], bias; width = dims / heads
/// keeps   queries, keys and values (3 dims a row), what attention gave (dims) and the divisor (heads)
/// errors  exponents are counted from the largest (of a cell's keys; looking back, of the keys so far): none overflows
/// cost    8 rows dims^2 + 8 rows dims features operations forward, and 2 to 3 times that backward (features are made again);
///         looking back, sums are made token by token, at a third of the speed of a product
/// repeat  as kernel::gemm; looking back, a token's bits do not depend on those behind it
/// source  Choromanski et al. 2021
template <performer_settings S>
struct performer {
  static_assert(S.dims > 0 && S.heads > 0 && S.dims % S.heads == 0 && S.features >= 0,
                "tepui: a performer cuts every token vector into heads; give a number of dims that the heads divide, such as "
                "performer_settings{.dims = 128, .heads = 4}");
  static constexpr int dims_in = S.dims, dims_out = S.dims, width = S.dims / S.heads;
  using in_layer = linear<S.dims, 3 * S.dims, bias::with, S.precision>;
  using out_layer = linear<S.dims, S.dims, bias::with, S.precision>;

  [[no_unique_address]] in_layer in{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct saved {
    memory<Real> qkv, mixed, sum;
  };
  template <class Real>
  struct room {
    typename in_layer::template room<Real> in;
    typename out_layer::template room<Real> out;
    kernel::feature_room<Real> sums;
    memory<Real> of_query, of_key, d_query, d_key, half, top, d_mixed, d_qkv;
  };

  /// Directions a head.
  [[nodiscard]] static double between_rows(std::int64_t rows) {
    return 8.0 * static_cast<double>(rows) * S.dims * static_cast<double>(features());
  }
  [[nodiscard]] static std::int64_t features() {
    if constexpr (S.features > 0) return S.features;
    return (static_cast<std::int64_t>(std::ceil(width * std::log(static_cast<double>(std::max(width, 3))))) + 7) / 8 * 8;
  }
  [[nodiscard]] std::string describe() const {
    return "performer(" + std::to_string(S.dims) + ", heads " + std::to_string(S.heads) + ", features " +
           std::to_string(features()) + (S.look == looks::back ? ", causal" : "") + ")";
  }
  static void each_part(auto& self, auto&& visit) {
    visit("in", self.in);
    visit("out", self.out);
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    slices cut(w);
    const std::int64_t rows = at.n_rows();
    const auto qkv = grown(s.qkv, rows * 3 * S.dims), mixed = grown(s.mixed, rows * S.dims), sum = grown(s.sum, rows * S.heads);
    nothing none;
    in.forward(cut.of(in), at, x, qkv, none, r.in);  // [rows, 3 dims]
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      for (std::int64_t h = 0; h < S.heads; ++h)
        if (at.n_rows(c) > 0)
          kernel::feature_attention_forward<S.precision, Real>(
              features_of(head_of<const Real>(qkv.data(), at, c, h), at.n_rows(c), r), of_head(mixed.data(), at, c, h), S.dims,
              sums_of(sum, at, c, h), r.sums);
    out.forward(cut.of(out), at, std::span<const Real>(mixed), y, none, r.out);  // [rows, dims]
  }

  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const std::int64_t rows = at.n_rows();
    const auto w_in = cut.of(in), w_out = cut.of(out);
    const auto dw_in = cut_d.of(in), dw_out = cut_d.of(out);
    const std::span<const Real> qkv = grown(s.qkv, rows * 3 * S.dims), mixed = grown(s.mixed, rows * S.dims),
                                sum = grown(s.sum, rows * S.heads);
    const auto d_mixed = grown(r.d_mixed, rows * S.dims), d_qkv = grown(r.d_qkv, rows * 3 * S.dims);
    nothing none;
    out.backward(w_out, at, mixed, dy, dw_out, d_mixed, none, r.out);
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      for (std::int64_t h = 0; h < S.heads; ++h)
        if (at.n_rows(c) > 0) {
          const auto x_head = head_of<const Real>(qkv.data(), at, c, h);
          const auto d_head = head_of<Real>(d_qkv.data(), at, c, h);
          const std::int64_t n = at.n_rows(c), m = features();
          const auto d_query = grown(r.d_query, n * m), d_key = grown(r.d_key, n * m);
          kernel::feature_attention_backward<S.precision, Real>(
              features_of(x_head, n, r), of_head(mixed.data(), at, c, h), sums_of(sum, at, c, h),
              of_head<const Real>(d_mixed.data(), at, c, h), S.dims, d_query.data(), d_key.data(), d_head.v, row_in, r.sums);
          to_vectors<Real>(d_query, n, d_head.q, r);
          to_vectors<Real>(d_key, n, d_head.k, r);
          through_lengths<Real>(x_head.k, d_key, n, d_head.k);
        }
    in.backward(w_in, at, x, std::span<const Real>(d_qkv), dw_in, dx, none, r.in);
  }

 private:
  static constexpr std::int64_t row_in = 3 * S.dims;
  static constexpr bool causal = S.look == looks::back;

  /// The parts of a head in the rows of a cell: rows of q, k and v are 3 dims apart.
  template <class Real>
  struct head {
    Real *q, *k, *v;
  };
  template <class Real>
  static head<Real> head_of(Real* qkv, const packed& at, std::int64_t cell, std::int64_t h) {
    Real* const q = qkv + at.cell_begin[usize(cell)] * row_in + h * width;
    return {q, q + S.dims, q + 2 * S.dims};
  }
  template <class Real>
  static Real* of_head(Real* rows, const packed& at, std::int64_t cell, std::int64_t h) {
    return rows + at.cell_begin[usize(cell)] * S.dims + h * width;
  }

  /// The directions as factors of vectors: [width, features], divided by width^(1/4).
  template <class Real>
  static const Real* directions() {
    static const std::vector<Real> all = [] {
      const std::int64_t m = features();
      const auto rows = kernel::orthogonal_directions(m, width, kernel::draws(static_cast<std::uint64_t>(S.seed), "performer"));
      std::vector<Real> out(rows.size());
      for (std::int64_t j = 0; j < m; ++j)
        for (std::int64_t d = 0; d < width; ++d)
          out[usize(d * m + j)] = static_cast<Real>(rows[usize(j * width + d)] / std::pow(static_cast<double>(width), 0.25));
      return out;
    }();
    return all.data();
  }
  template <class Real>
  static auto sums_of(std::span<Real> sums, const packed& at, std::int64_t cell, std::int64_t h) {
    return at.rows_of(cell, sums, S.heads).subspan(usize(h * at.n_rows(cell)), usize(at.n_rows(cell)));
  }

  /// The n queries, keys and values of a head as features.
  template <class Real>
  static kernel::feature_head<Real> features_of(const head<const Real>& x, std::int64_t n, room<Real>& r) {
    const std::int64_t m = features();
    const auto of_query = grown(r.of_query, n * m), of_key = grown(r.of_key, n * m), half = grown(r.half, n),
               top = grown(r.top, n);
    for (const auto& [from, to] : {std::pair{x.q, of_query}, std::pair{x.k, of_key}})
      kernel::gemm<S.precision, Real>(n, m, width, {from, row_in, 1}, {directions<Real>(), m, 1}, to.data(), m,
                                      kernel::into::overwrite,
                                      r.sums.product);  // [n, features]
    half_lengths<Real>(x.k, half);
    kernel::query_features<Real>(of_query, m);
    kernel::key_features<Real>(of_key, m, half, causal, top);
    return {n,
            m,
            width,
            of_query.data(),
            of_key.data(),
            x.v,
            row_in,
            causal ? std::span<const Real>(top) : std::span<const Real>()};
  }
  /// Half the squared lengths of keys, divided by sqrt(width) as their products with directions are.
  template <class Real>
  [[gnu::noinline]] static void half_lengths(const Real* k, std::span<Real> half) {
    for (Real& to : half) {
      Real sum = 0;
      for (int d = 0; d < width; ++d) sum += k[d] * k[d];
      to = sum / (2 * std::sqrt(Real{width}));
      k += row_in;
    }
  }
  /// Gradients of the exponents to those of the vectors.                                      d directions'    [n, width]
  template <class Real>
  static void to_vectors(std::span<const Real> d, std::int64_t n, Real* to, room<Real>& r) {
    const std::int64_t m = features();
    kernel::gemm<S.precision, Real>(n, width, m, {d.data(), m, 1}, {directions<Real>(), 1, m}, to, row_in,
                                    kernel::into::overwrite, r.sums.product);
  }
  /// What changes because a key's length stands in all of its exponents.
  template <class Real>
  [[gnu::noinline]] static void through_lengths(const Real* k, std::span<const Real> d_key, std::int64_t n, Real* dk) {
    const std::int64_t m = isize(d_key.size()) / n;
    const Real by = Real{1} / std::sqrt(Real{width});
    for (std::int64_t t = 0; t < n; ++t) {
      Real lane[16] = {};
      for (std::int64_t j = 0; j < m; ++j) lane[j % 16] += d_key[usize(t * m + j)];
      Real sum = 0;
      for (const Real v : lane) sum += v;
      for (int d = 0; d < width; ++d) dk[t * row_in + d] -= sum * by * k[t * row_in + d];
    }
  }
};

static_assert(row_layer<performer<performer_settings{}>>);

}  // namespace tepui::layer
