#pragma once
/// Lets every token of a cell take up what it needs from the others, as learned weights say.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/attention.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/rotary.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// Whether attention is told where tokens stand.
enum class turned : std::int32_t { no, rotary };

/// The compile-time shape of softmax attention.
struct attention_settings {
  int dims = 128;
  int heads = 4;
  kernel::sees sees = kernel::sees::all;  ///< `before`: a token sees itself and those in front of it (causal)
  turned position = turned::no;           ///< `rotary` turns queries and keys by their place in the cell
  kernel::precision precision = kernel::precision::float32;
};

/// y = attention(x in_weight + in_bias) out_weight + out_bias, cell by cell; no padding, and no scores larger than a tile.
/// shapes  in: weight [dims, 3 dims] (queries, keys, values), bias; out: weight [dims, dims], bias
/// bias    `at.key_bias` [rows], where there is one, is added to the score of each token that is looked at
/// keeps   queries, keys and values (3 dims a row), what attention gave (dims), and the sum of each token's scores (heads)
/// cost    8 rows dims^2 + 4 rows^2 dims operations a cell forward, twice that backward, and the scores once more
/// source  Vaswani et al. 2017; in tiles as Dao et al. 2022; rotary positions Su et al. 2021
template <attention_settings S>
struct self_attention {
  static_assert(S.dims > 0 && S.heads > 0 && S.dims % S.heads == 0,
                "tepui: attention cuts every token vector into heads; give a number of dims that the heads divide, such as "
                "attention_settings{.dims = 128, .heads = 4}");
  static_assert(S.position == turned::no || (S.dims / S.heads) % 2 == 0,
                "tepui: rotary positions turn pairs of numbers; give heads an even width (dims / heads)");
  static constexpr int dims_in = S.dims, dims_out = S.dims, width = S.dims / S.heads;
  using in_layer = linear<S.dims, 3 * S.dims, bias::with, S.precision>;
  using out_layer = linear<S.dims, S.dims, bias::with, S.precision>;

  [[no_unique_address]] in_layer in{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct saved {
    memory<Real> qkv, mixed, log_sum;
  };
  template <class Real>
  struct room {
    kernel::attention_room<Real> attention;
    typename in_layer::template room<Real> in;
    typename out_layer::template room<Real> out;
    memory<Real> d_mixed, d_qkv, key_bias;
  };

  /// Scores and their mixture; half of them where tokens look back only.
  [[nodiscard]] static double between_rows(std::int64_t rows) {
    const double n = static_cast<double>(rows);
    return (S.sees == kernel::sees::all ? 4.0 * n : 2.0 * (n + 1)) * n * S.dims;
  }
  [[nodiscard]] std::string describe() const {
    return "attention(" + std::to_string(S.dims) + ", heads " + std::to_string(S.heads) +
           (S.sees == kernel::sees::before ? ", causal" : "") + (S.position == turned::rotary ? ", rotary" : "") + (S.precision == kernel::precision::bf16 ? ", bf16)" : ")");
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
    const auto qkv = grown(s.qkv, rows * 3 * S.dims), mixed = grown(s.mixed, rows * S.dims), log_sum = grown(s.log_sum, rows * S.heads);
    nothing none;
    in.forward(cut.of(in), at, x, qkv, none, r.in);                                          // [rows, 3 dims]
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto of_cell = at.rows_of(c, qkv, 3 * S.dims);
      if constexpr (S.position == turned::rotary) kernel::rotate(of_cell, S.heads, width, 0, kernel::turn::forward);
      kernel::attention_forward<S.precision, Real>(shape, of_cell, bias_of(at, c, r), at.rows_of(c, mixed, S.dims),
                                                   at.rows_of(c, log_sum, S.heads), r.attention);
    }
    out.forward(cut.of(out), at, std::span<const Real>(mixed), y, none, r.out);              // [rows, dims]
  }

  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const std::int64_t rows = at.n_rows();
    const auto w_in = cut.of(in), w_out = cut.of(out);
    const auto dw_in = cut_d.of(in), dw_out = cut_d.of(out);
    const std::span<const Real> qkv = grown(s.qkv, rows * 3 * S.dims), mixed = grown(s.mixed, rows * S.dims),
                                log_sum = grown(s.log_sum, rows * S.heads);
    const auto d_mixed = grown(r.d_mixed, rows * S.dims), d_qkv = grown(r.d_qkv, rows * 3 * S.dims);
    nothing none;
    out.backward(w_out, at, mixed, dy, dw_out, d_mixed, none, r.out);
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto d_cell = at.rows_of(c, d_qkv, 3 * S.dims);
      kernel::attention_backward<S.precision, Real>(shape, at.rows_of(c, qkv, 3 * S.dims), bias_of(at, c, r),
                                                    at.rows_of(c, mixed, S.dims), at.rows_of(c, log_sum, S.heads),
                                                    at.rows_of(c, std::span<const Real>(d_mixed), S.dims), d_cell, r.attention);
      if constexpr (S.position == turned::rotary) kernel::rotate(d_cell, S.heads, width, 0, kernel::turn::back);
    }
    in.backward(w_in, at, x, std::span<const Real>(d_qkv), dw_in, dx, none, r.in);
  }

 private:
  static constexpr kernel::attention_shape shape{S.heads, width, S.sees};

  template <class Real>
  static kernel::attention_bias<Real> bias_of(const packed& at, std::int64_t cell, room<Real>& r) {
    if (at.key_bias.empty()) return {};
    const auto from = at.rows_of(cell, at.key_bias, 1);
    const auto to = grown(r.key_bias, isize(from.size()));
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<Real>(from[i]);
    return {to, {}};
  }
};

static_assert(row_layer<self_attention<attention_settings{}>>);

}  // namespace tepui::layer
