#pragma once
/// Makes one vector of a cell out of those of its tokens.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// to [dims] += by from [dims].            repeat  never inlined: the same bits whatever calls it
template <int Dims, class Real>
[[gnu::noinline]] void add_scaled(const Real* from, Real by, Real* to) {
  for (int d = 0; d < Dims; ++d) to[d] += by * from[d];
}
/// Sum of a [dims] times b [dims], in order.
template <int Dims, class Real>
[[nodiscard, gnu::noinline]] Real sum_of_products(const Real* a, const Real* b) {
  Real sum = 0;
  for (int d = 0; d < Dims; ++d) sum += a[d] * b[d];
  return sum;
}

/// The mean over the rows of a cell, behind the first `Skip` of them.
/// in      x [rows, Dims]            out  y [cells, Dims]; zeros where a cell has no rows behind the first `Skip`
/// keeps   nothing                   cost O(rows Dims); rows are added in order
template <int Dims, int Skip = 0>
struct mean_pool {
  static_assert(Dims > 0 && Skip >= 0,
                "tepui: a mean over rows needs dims above 0; write mean_pool<128>, or mean_pool<128, 1> behind a "
                "<cls>");
  static constexpr int dims_in = Dims, dims_out = Dims;

  [[nodiscard]] std::string describe() const { return Skip == 0 ? "mean" : "mean behind " + std::to_string(Skip); }

  template <class Real>
  void forward(std::span<const Real>, const packed& at, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    std::fill(y.begin(), y.end(), Real{0});
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto rows = at.rows_of(c, x, Dims);
      const std::int64_t n = at.n_rows(c);
      for (std::int64_t i = Skip; i < n; ++i) add_scaled<Dims>(rows.data() + i * Dims, Real{1}, y.data() + c * Dims);
      if (n <= Skip) continue;
      const Real share = Real{1} / static_cast<Real>(n - Skip);
      for (int d = 0; d < Dims; ++d) y[usize(c * Dims + d)] *= share;
    }
  }
  template <class Real>
  void backward(std::span<const Real>, const packed& at, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, nothing&) const {
    if (dx.empty()) return;
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto rows = at.rows_of(c, dx, Dims);
      const std::int64_t n = at.n_rows(c);
      std::fill_n(rows.begin(), std::min<std::int64_t>(Skip, n) * Dims, Real{0});
      const Real share = n > Skip ? Real{1} / static_cast<Real>(n - Skip) : Real{0};
      for (std::int64_t i = Skip; i < n; ++i)
        for (int d = 0; d < Dims; ++d) rows[usize(i * Dims + d)] = share * dy[usize(c * Dims + d)];
    }
  }
};

/// The first row of a cell, where a special token (<cls>) stands that says nothing itself.
/// in      x [rows, Dims]            out  y [cells, Dims]; zeros for a cell without rows            keeps  nothing
template <int Dims>
struct first_pool {
  static_assert(Dims > 0, "tepui: a pool needs dims above 0; write first_pool<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;

  [[nodiscard]] std::string describe() const { return "first"; }

  template <class Real>
  void forward(std::span<const Real>, const packed& at, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    std::fill(y.begin(), y.end(), Real{0});
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      if (at.n_rows(c) > 0) std::copy_n(at.rows_of(c, x, Dims).begin(), Dims, y.begin() + c * Dims);
  }
  template <class Real>
  void backward(std::span<const Real>, const packed& at, std::span<const Real>, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, nothing&) const {
    if (dx.empty()) return;
    std::fill(dx.begin(), dx.end(), Real{0});
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      if (at.n_rows(c) > 0) std::copy_n(dy.begin() + c * Dims, Dims, at.rows_of(c, dx, Dims).begin());
  }
};

/// The mean over the rows of a cell, weighted by what each row says to a learned vector: shares = softmax(x score).
/// shapes  score [Dims, 1]
/// in      x [rows, Dims]            out  y [cells, Dims]; zeros for a cell without rows
/// keeps   the share of each row     cost O(rows Dims); rows are added in order
/// source  Ilse et al. 2018, without a hidden layer
template <int Dims>
struct weighted_pool {
  static_assert(Dims > 0, "tepui: a pool needs dims above 0; write weighted_pool<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  template <class Real>
  struct saved {
    memory<Real> share;
  };

  [[nodiscard]] std::string describe() const { return "weighted mean"; }
  void each_weight(auto&& visit) const { visit("score", multiplies(Dims, 1)); }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               nothing&) const {
    const auto shares = grown(s.share, at.n_rows());
    std::fill(y.begin(), y.end(), Real{0});
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto share = at.rows_of(c, shares, 1);
      const Real* const rows = at.rows_of(c, x, Dims).data();
      if (share.empty()) continue;
      for (std::size_t i = 0; i < share.size(); ++i) share[i] = sum_of_products<Dims>(rows + i * usize(Dims), w.data());
      const Real top = *std::max_element(share.begin(), share.end());
      Real sum = 0;
      for (Real& v : share) sum += v = std::exp(v - top);
      for (std::size_t i = 0; i < share.size(); ++i) {
        share[i] /= sum;
        add_scaled<Dims>(rows + i * usize(Dims), share[i], y.data() + c * Dims);
      }
    }
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, nothing&) const {
    const std::span<const Real> shares = grown(s.share, at.n_rows());
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto share = at.rows_of(c, shares, 1);
      const Real *const rows = at.rows_of(c, x, Dims).data(), *const d_cell = dy.data() + c * Dims;
      Real whole = 0;  // dy y
      for (std::size_t i = 0; i < share.size(); ++i) whole += share[i] * sum_of_products<Dims>(rows + i * usize(Dims), d_cell);
      for (std::size_t i = 0; i < share.size(); ++i) {
        const Real* const row = rows + i * usize(Dims);
        const Real d_score = share[i] * (sum_of_products<Dims>(row, d_cell) - whole);
        add_scaled<Dims>(row, d_score, dw.data());
        if (dx.empty()) continue;
        Real* const to = at.rows_of(c, dx, Dims).data() + i * usize(Dims);
        for (int d = 0; d < Dims; ++d) to[d] = share[i] * d_cell[d];
        add_scaled<Dims>(w.data(), d_score, to);
      }
    }
  }
};

static_assert(row_layer<mean_pool<8>> && row_layer<first_pool<8>> && row_layer<weighted_pool<8>>);

}  // namespace tepui::layer
