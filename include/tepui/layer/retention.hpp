#pragma once
/// Lets every token of a cell take up what it needs from a summary of all of them, at a cost in step with their number.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/bend.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/norm.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// The compile-time shape of retention.
struct retention_settings {
  int dims = 128;
  int heads = 4;
  kernel::precision precision = kernel::precision::float32;
};

/// CellFM's linear attention: Q = relu(x Wq) / sqrt(width), K = relu(x Wk) / sqrt(width), V = x Wv and U = silu(x Wu), then
/// y = (norm(Q (K' V)) * U) Wo head by head, where norm divides by the root mean square over the width of a head.
/// shapes  in: weight [dims, 4 dims] (queries, keys, values, gates); out: weight [dims, dims]; width = dims / heads
/// keeps   the four parts (4 dims a row), Q (K' V) (dims), its norm (heads a row) and K' V (dims width a cell)
/// cost    10 rows dims^2 + 4 rows dims width operations forward, twice that backward            repeat as kernel::gemm
/// source  Zeng et al. 2025 (CellFM); Sun et al. 2023; the norm: Qin et al. 2023
template <retention_settings S>
struct retention {
  static_assert(S.dims > 0 && S.heads > 0 && S.dims % S.heads == 0,
                "tepui: retention cuts every token vector into heads; give a number of dims that the heads divide, such as "
                "retention_settings{.dims = 128, .heads = 4}");
  static constexpr int dims_in = S.dims, dims_out = S.dims, width = S.dims / S.heads;
  using in_layer = linear<S.dims, 4 * S.dims, bias::without, S.precision>;
  using out_layer = linear<S.dims, S.dims, bias::without, S.precision>;

  [[no_unique_address]] in_layer in{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct saved {
    memory<Real> parts, mixed, scale, summary;
  };
  template <class Real>
  struct room {
    typename in_layer::template room<Real> in;
    typename out_layer::template room<Real> out;
    kernel::gemm_room<Real> product;
    memory<Real> normed, passed, d_passed, d_mixed, d_parts, d_summary;
  };

  [[nodiscard]] static double between_rows(std::int64_t rows) { return 4.0 * static_cast<double>(rows) * S.dims * width; }
  [[nodiscard]] std::string describe() const {
    return "retention(" + std::to_string(S.dims) + ", heads " + std::to_string(S.heads) + ")";
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
    const auto parts = grown(s.parts, rows * 4 * S.dims), mixed = grown(s.mixed, rows * S.dims),
               summary = grown(s.summary, at.n_cells() * S.dims * width);
    nothing none;
    in.forward(cut.of(in), at, x, parts, none, r.in);  // [rows, 4 dims]
    bend_ends<Real>(parts);
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      for (std::int64_t h = 0; h < S.heads; ++h) {
        const std::int64_t n = at.n_rows(c);
        const auto [q, k, v] = head_of(parts.data(), at, c, h);
        Real* const kv = summary.data() + (c * S.heads + h) * width * width;
        kernel::gemm<S.precision, Real>(width, width, n, {k, 1, 4 * S.dims}, {v, 4 * S.dims, 1}, kv, width,
                                        kernel::into::overwrite,
                                        r.product);  // K' V    [width, width]
        kernel::gemm<S.precision, Real>(n, width, width, {q, 4 * S.dims, 1}, {kv, width, 1}, of_head(mixed.data(), at, c, h),
                                        S.dims, kernel::into::overwrite, r.product);  // Q (K' V)    [rows of the cell, width]
      }
    out.forward(cut.of(out), at, passed<Real>(rows, s, r), y, none, r.out);
  }

  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const std::int64_t rows = at.n_rows();
    const auto w_in = cut.of(in), w_out = cut.of(out);
    const auto dw_in = cut_d.of(in), dw_out = cut_d.of(out);
    const std::span<const Real> parts = grown(s.parts, rows * 4 * S.dims), mixed = grown(s.mixed, rows * S.dims),
                                summary = grown(s.summary, at.n_cells() * S.dims * width),
                                scale = grown(s.scale, rows * S.heads);
    const auto d_passed = grown(r.d_passed, rows * S.dims), d_mixed = grown(r.d_mixed, rows * S.dims),
               d_parts = grown(r.d_parts, rows * 4 * S.dims), d_kv = grown(r.d_summary, width * width);
    nothing none;
    out.backward(w_out, at, passed<Real>(rows, s, r), dy, dw_out, d_passed, none, r.out);
    if (rows > 0)  // else there is no memory to point into
      kernel::gate_backward<kernel::bend::silu, Real>(rows, S.dims, {parts.data() + 3 * S.dims, 4 * S.dims},
                                                    {r.normed.data(), S.dims}, {d_passed.data(), S.dims},
                                                    {d_parts.data() + 3 * S.dims, 4 * S.dims}, {d_passed.data(), S.dims});
    kernel::norm_backward<false, Real>(mixed, width, {}, {}, scale, d_passed, d_mixed, {}, {});
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      for (std::int64_t h = 0; h < S.heads; ++h) {
        const std::int64_t n = at.n_rows(c);
        const auto [q, k, v] = head_of(parts.data(), at, c, h);
        const auto [dq, dk, dv] = head_of(d_parts.data(), at, c, h);
        const Real *const kv = summary.data() + (c * S.heads + h) * width * width, *const d_o =
                                                                                       of_head(d_mixed.data(), at, c, h);
        const auto product = [&](std::int64_t m, std::int64_t deep, kernel::strided<Real> a, kernel::strided<Real> b, Real* to,
                                 std::int64_t to_row) {
          kernel::gemm<S.precision, Real>(m, width, deep, a, b, to, to_row, kernel::into::overwrite, r.product);
        };
        product(n, width, {d_o, S.dims, 1}, {kv, 1, width}, dq, 4 * S.dims);          // dO (K' V)'
        product(width, n, {q, 1, 4 * S.dims}, {d_o, S.dims, 1}, d_kv.data(), width);  // Q' dO
        product(n, width, {v, 4 * S.dims, 1}, {d_kv.data(), 1, width}, dk, 4 * S.dims);
        product(n, width, {k, 4 * S.dims, 1}, {d_kv.data(), width, 1}, dv, 4 * S.dims);
      }
    unbend_ends<Real>(parts, d_parts);
    in.backward(w_in, at, x, std::span<const Real>(d_parts), dw_in, dx, none, r.in);
  }

 private:
  template <class Real>
  struct head {
    Real *q, *k, *v;
  };
  template <class Real>
  static head<Real> head_of(Real* parts, const packed& at, std::int64_t cell, std::int64_t h) {
    Real* const q = parts + at.cell_begin[usize(cell)] * 4 * S.dims + h * width;
    return {q, q + S.dims, q + 2 * S.dims};
  }
  template <class Real>
  static Real* of_head(Real* rows, const packed& at, std::int64_t cell, std::int64_t h) {
    return rows + at.cell_begin[usize(cell)] * S.dims + h * width;
  }

  /// Queries and keys above 0 remain. That both are divided by sqrt(width) cancels in the norm, but for its epsilon.
  template <class Real>
  static void bend_ends(std::span<Real> parts) {
    for (std::size_t i = 0; i < parts.size(); i += usize(4 * S.dims)) {
      const auto ends = parts.subspan(i, usize(2 * S.dims));
      kernel::bend_forward<kernel::bend::relu, Real>(ends, ends);
    }
  }
  template <class Real>
  static void unbend_ends(std::span<const Real> parts, std::span<Real> d_parts) {
    for (std::size_t i = 0; i < parts.size(); i += usize(4 * S.dims)) {
      const auto d_ends = d_parts.subspan(i, usize(2 * S.dims));
      kernel::bend_backward<kernel::bend::relu, Real>(parts.subspan(i, usize(2 * S.dims)), d_ends, d_ends);
    }
  }
  static constexpr double epsilon = 1e-12 * width * width;
  /// norm(Q (K' V)) * U, which backward makes again.            -> [rows, dims]
  template <class Real>
  static std::span<const Real> passed(std::int64_t rows, saved<Real>& s, room<Real>& r) {
    const auto normed = grown(r.normed, rows * S.dims), to = grown(r.passed, rows * S.dims);
    kernel::norm_forward<false, Real>(grown(s.mixed, rows * S.dims), width, {}, {}, Real(epsilon), normed, {},
                                      grown(s.scale, rows * S.heads));
    if (rows > 0)  // else there is no memory to point into
      kernel::gate_forward<kernel::bend::silu, Real>(rows, S.dims, {s.parts.data() + 3 * S.dims, 4 * S.dims},
                                                   {normed.data(), S.dims}, {to.data(), S.dims});
    return to;
  }
};

static_assert(row_layer<retention<retention_settings{}>>);

}  // namespace tepui::layer
