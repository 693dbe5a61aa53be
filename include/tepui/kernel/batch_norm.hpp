#pragma once
/// Brings every column of a batch to mean 0 and spread 1 over its cells, and says how a loss changes with what went in.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// Moments of a batch are: rows; mean [dims]; spread [dims], the sum of squares from the mean. In double, so that those of
/// parts of a batch can be joined to those of the whole.
///
/// How a network uses what follows, where x is a batch or its parts have been joined:
///     forward     batch_moments, (join_moments ...), batch_scale, batch_norm_forward, keep_moments
///     backward    batch_norm_sums, (sums of the parts added), batch_norm_backward
///     evaluation  running_scale, batch_norm_forward with the running mean
/// source  Ioffe and Szegedy 2015; joined: Chan, Golub and LeVeque 1979

/// to[d] += the sum of term(place of (row, d) in [rows, dims], d) over rows, in order.
/// order  16 rows in Real, and these sums in double: as good as double where Real is float, at the cost of float
template <class Real, class Term>
void add_columns(std::int64_t rows, std::int64_t dims, std::span<double> to, Term&& term) {
  constexpr std::size_t rows_at_once = 16, columns_at_once = 256;
  std::array<Real, columns_at_once> sum;
  for (std::size_t first = 0; first < usize(rows); first += rows_at_once) {
    const std::size_t last = std::min(usize(rows), first + rows_at_once);
    for (std::size_t column = 0; column < usize(dims); column += columns_at_once) {
      const std::size_t n = std::min(columns_at_once, usize(dims) - column);
      std::fill_n(sum.begin(), n, Real{0});
      for (std::size_t r = first; r < last; ++r)
        for (std::size_t d = 0; d < n; ++d) sum[d] += term(r * usize(dims) + column + d, column + d);
      for (std::size_t d = 0; d < n; ++d) to[column + d] += static_cast<double>(sum[d]);
    }
  }
}

/// The mean of every column, and the sum of squares from it.
/// in     x [rows, dims]            out    mean, spread [dims], overwritten            empty  no rows: zeros
/// errors float: relative 1e-7 of the mean of |x|, and of the spread            cost   two readings of x
template <class Real>
[[gnu::noinline]] void batch_moments(std::span<const Real> x, std::int64_t dims, std::span<double> mean,
                                     std::span<double> spread) {
  const std::int64_t rows = dims == 0 ? 0 : isize(x.size()) / dims;
  std::fill(mean.begin(), mean.end(), 0.0);
  std::fill(spread.begin(), spread.end(), 0.0);
  if (rows == 0) return;
  add_columns<Real>(rows, dims, mean, [&](std::size_t i, std::size_t) { return x[i]; });
  for (double& m : mean) m /= static_cast<double>(rows);
  add_columns<Real>(rows, dims, spread, [&](std::size_t i, std::size_t d) {
    const Real away = x[i] - static_cast<Real>(mean[d]);
    return away * away;
  });
}

/// Moments of two parts of a batch become those of both.
/// in     rows, mean, spread of both            out    those of the first are overwritten; its new rows are returned
/// repeat the same bits for the same tree of joins
inline std::int64_t join_moments(std::int64_t rows, std::span<double> mean, std::span<double> spread, std::int64_t more_rows,
                                 std::span<const double> more_mean, std::span<const double> more_spread) {
  const std::int64_t all = rows + more_rows;
  if (more_rows == 0) return all;
  const double share = static_cast<double>(more_rows) / static_cast<double>(all);
  for (std::size_t d = 0; d < mean.size(); ++d) {
    const double apart = more_mean[d] - mean[d];
    mean[d] += share * apart;
    spread[d] += more_spread[d] + apart * apart * share * static_cast<double>(rows);
  }
  return all;
}

/// 1 / sqrt(variance + epsilon) of each column, with the variance of the batch itself: spread / rows.
/// out    scale [dims]            errors bad_data: fewer than two rows, which have no spread
template <class Real>
void batch_scale(std::int64_t rows, std::span<const double> spread, double epsilon, std::span<Real> scale) {
  if (rows < 2)
    throw bad_data("a batch norm learns from the spread of a batch, and a batch of " + std::to_string(rows) +
                   (rows == 1 ? " row" : " rows") +
                   " has none; give at least 2 rows, or take the running mean and variance");
  for (std::size_t d = 0; d < spread.size(); ++d)
    scale[d] = static_cast<Real>(1.0 / std::sqrt(spread[d] / static_cast<double>(rows) + epsilon));
}
/// The same with a variance that was kept.            in     variance [dims]
template <class Real>
void running_scale(std::span<const Real> variance, double epsilon, std::span<Real> scale) {
  for (std::size_t d = 0; d < variance.size(); ++d)
    scale[d] = static_cast<Real>(1.0 / std::sqrt(static_cast<double>(variance[d]) + epsilon));
}

/// Moves the running mean and variance towards those of a batch, by a share of `momentum`.
/// in     moments of at least two rows; the variance kept is that of the cells behind the batch: spread / (rows - 1)
/// write  torch's momentum is 0.1 with an epsilon of 1e-5; scVI's 0.01 with 1e-3
template <class Real>
void keep_moments(std::int64_t rows, std::span<const double> mean, std::span<const double> spread, double momentum,
                  std::span<Real> running_mean, std::span<Real> running_variance) {
  const auto towards = [&](Real& kept, double now) {
    kept = static_cast<Real>((1 - momentum) * static_cast<double>(kept) + momentum * now);
  };
  for (std::size_t d = 0; d < mean.size(); ++d) {
    towards(running_mean[d], mean[d]);
    towards(running_variance[d], spread[d] / static_cast<double>(rows - 1));
  }
}

/// y = (x - mean) scale gain + shift.
/// in     x [rows, dims]; mean, scale [dims]; gain, shift [dims], both or neither (1 and 0)
/// out    y [rows, dims], may be x
/// repeat a row does not depend on those beside it, once mean and scale are given
template <class Real>
[[gnu::noinline]] void batch_norm_forward(std::span<const Real> x, std::int64_t dims, std::span<const Real> mean,
                                          std::span<const Real> scale, std::span<const Real> gain,
                                          std::span<const Real> shift, std::span<Real> y) {
  for (std::size_t at = 0; at < x.size(); at += usize(dims))
    if (gain.empty())
      for (std::size_t d = 0; d < usize(dims); ++d) y[at + d] = (x[at + d] - mean[d]) * scale[d];
    else
      for (std::size_t d = 0; d < usize(dims); ++d) y[at + d] = (x[at + d] - mean[d]) * (scale[d] * gain[d]) + shift[d];
}

/// What a loss that changes with y by dy makes of gain and shift; backward needs the same sums over the whole batch.
/// in     x, mean, scale as forward; dy [rows, dims]
/// out    d_gain, d_shift [dims], in double: the sums of dy (x - mean) scale and of dy over these rows; added to
template <class Real>
[[gnu::noinline]] void batch_norm_sums(std::span<const Real> x, std::int64_t dims, std::span<const Real> mean,
                                       std::span<const Real> scale, std::span<const Real> dy, std::span<double> d_gain,
                                       std::span<double> d_shift) {
  const std::int64_t rows = dims == 0 ? 0 : isize(dy.size()) / dims;
  add_columns<Real>(rows, dims, d_shift, [&](std::size_t i, std::size_t) { return dy[i]; });
  add_columns<Real>(rows, dims, d_gain, [&](std::size_t i, std::size_t d) { return dy[i] * ((x[i] - mean[d]) * scale[d]); });
}

/// How a loss changes with x, which moves the mean and the spread of its batch as well:
///     dx = gain scale (dy - d_shift / rows - (x - mean) scale d_gain / rows)
/// in     rows of the whole batch, and its d_gain and d_shift [dims]; both empty in an evaluation, whose moments do not move
/// out    dx [these rows, dims], overwritten, may be dy
template <class Real>
[[gnu::noinline]] void batch_norm_backward(std::span<const Real> x, std::int64_t dims, std::span<const Real> mean,
                                           std::span<const Real> scale, std::span<const Real> gain, std::span<const Real> dy,
                                           std::int64_t rows, std::span<const double> d_gain,
                                           std::span<const double> d_shift, std::span<Real> dx) {
  constexpr std::size_t columns_at_once = 128;
  std::array<Real, columns_at_once> steep, middle, along;
  for (std::size_t column = 0; column < usize(dims); column += columns_at_once) {
    const std::size_t n = std::min(columns_at_once, usize(dims) - column);
    const auto share = [&](std::span<const double> of, std::size_t d) {
      return of.empty() ? Real{0} : static_cast<Real>(of[column + d] / static_cast<double>(rows));
    };
    for (std::size_t d = 0; d < n; ++d) {
      steep[d] = scale[column + d] * (gain.empty() ? Real{1} : gain[column + d]);
      middle[d] = share(d_shift, d);
      along[d] = share(d_gain, d) * scale[column + d];
    }
    for (std::size_t at = column; at < x.size(); at += usize(dims))
      for (std::size_t d = 0; d < n; ++d)
        dx[at + d] = steep[d] * (dy[at + d] - middle[d] - (x[at + d] - mean[column + d]) * along[d]);
  }
}

}  // namespace tepui::kernel
