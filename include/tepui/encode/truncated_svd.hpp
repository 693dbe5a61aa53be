#pragma once
/// Finds the few directions along which cells differ most, without ever writing the zeros of their matrix down.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/sparse_product.hpp>

namespace tepui::encode {

/// invariants  directions are orthonormal columns, or zero where the matrix has fewer; strength descending
struct right_singular {
  Eigen::MatrixXd direction;         ///< [columns, dims]
  std::vector<double> strength;      ///< [dims] singular values
};

/// How hard the search is. The defaults agree with an exact decomposition where the wanted directions stand out at all.
struct svd_effort {
  int iterations = 7;     ///< passes of subspace iteration, two readings of the rows each
  int oversample = 10;    ///< at least so many further directions that are followed and thrown away
  std::int64_t exact_columns = 192;  ///< no more columns than this: exact, in one pass
};

/// The first right singular vectors of b = (a - 1 mean') diag(scale).
/// in     rows: a [rows, columns] sparse, by `n_rows()` and `each_block(visit)`; mean, scale [columns], each may be empty
/// out    [columns, dims]; strength 0 and direction 0 where b has fewer directions above 1e-5 of the first
/// signs  the entry of largest magnitude of each direction is positive        ties   lower column
/// cost   O(entries (dims + 10) 15) and 4 (dims + 10) bytes per row and column; float products, float64 where rows are summed up
/// repeat bit-equal for any number of threads
/// source Halko, Martinsson and Tropp 2011, with Rayleigh-Ritz at the end
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
class basic_truncated_svd {
 public:
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

  basic_truncated_svd(std::int64_t columns, std::span<const double> mean, std::span<const double> scale, int threads, svd_effort effort = {})
      : columns_(columns), mean_(mean), scale_(scale), threads_(threads), effort_(effort) {}

  template <class Rows>
  [[nodiscard]] right_singular operator()(const Rows& rows, std::int64_t dims, const kernel::draws& random) const {
    const bool exact = columns_ <= effort_.exact_columns;
    const std::int64_t followed = exact ? columns_ : std::min<std::int64_t>(columns_, padded(dims + effort_.oversample));
    matrix q(columns_, followed);
    if (exact) {
      q.setIdentity();
    } else {
      for (std::int64_t c = 0; c < columns_; ++c)
        for (std::int64_t d = 0; d < followed; ++d)
          q(c, d) = (random.bits(c, static_cast<std::uint64_t>(d / 64)) >> (d % 64)) & 1 ? 1.0 : -1.0;
      for (int i = 0; i < effort_.iterations; ++i) q = orthonormal(there_and_back(rows, q));
      q = orthonormal(q);  // the last one must be orthonormal to the last digit
    }
    const Eigen::SelfAdjointEigenSolver<matrix> ritz(gram(rows, q));
    right_singular out;
    matrix direction = matrix::Zero(columns_, dims);
    out.strength.assign(usize(dims), 0.0);
    const double first = followed == 0 ? 0.0 : std::sqrt(std::max(0.0, ritz.eigenvalues()(followed - 1)));
    for (std::int64_t d = 0; d < std::min(dims, followed); ++d) {
      const double strength = std::sqrt(std::max(0.0, ritz.eigenvalues()(followed - 1 - d)));
      if (!(strength > 1e-5 * first)) break;
      out.strength[usize(d)] = strength;
      direction.col(d).noalias() = q * ritz.eigenvectors().col(followed - 1 - d);
      Eigen::Index largest = 0;
      direction.col(d).cwiseAbs().maxCoeff(&largest);
      if (direction(largest, d) < 0) direction.col(d) = -direction.col(d);
    }
    out.direction = std::move(direction);
    return out;
  }

 private:
  static std::int64_t padded(std::int64_t n) { return (n + kernel::panels::width - 1) / kernel::panels::width * kernel::panels::width; }

  double scale_of(std::int64_t c) const { return scale_.empty() ? 1.0 : scale_[usize(c)]; }

  /// diag(scale) q as panels, and mean' of it.
  kernel::panels scaled(const matrix& q, std::vector<double>& shift) const {
    kernel::panels x(columns_, q.cols());
    shift.assign(usize(q.cols()), 0.0);
    for (std::int64_t d = 0; d < q.cols(); ++d)
      for (std::int64_t c = 0; c < columns_; ++c) {
        x.at(c, d) = static_cast<float>(scale_of(c) * q(c, d));
        if (!mean_.empty()) shift[usize(d)] += mean_[usize(c)] * static_cast<double>(x.at(c, d));
      }
    return x;
  }

  /// b' b q.
  template <class Rows>
  matrix there_and_back(const Rows& rows, const matrix& q) const {
    std::vector<double> shift, y_sum(usize(q.cols()), 0.0);
    const kernel::panels x = scaled(q, shift);
    kernel::panels y, z(columns_, q.cols());
    rows.each_block([&](const kernel::sparse_rows& block) {
      kernel::times(block, x, shift, y, threads_);
      kernel::add_transposed_times(block, y, z, y_sum, threads_);
    });
    matrix out(columns_, q.cols());
    for (std::int64_t d = 0; d < q.cols(); ++d)
      for (std::int64_t c = 0; c < columns_; ++c)
        out(c, d) = scale_of(c) * (static_cast<double>(z.at(c, d)) - (mean_.empty() ? 0.0 : mean_[usize(c)] * y_sum[usize(d)]));
    return out;
  }

  /// (b q)' (b q), summed over 256 rows at a time.
  template <class Rows>
  matrix gram(const Rows& rows, const matrix& q) const {
    std::vector<double> shift;
    const kernel::panels x = scaled(q, shift);
    kernel::panels y;
    matrix sum = matrix::Zero(q.cols(), q.cols());
    matrix part(256, q.cols());
    std::int64_t filled = 0;
    const auto flush = [&] {
      sum.template selfadjointView<Eigen::Lower>().rankUpdate(part.topRows(filled).transpose());
      filled = 0;
    };
    rows.each_block([&](const kernel::sparse_rows& block) {
      kernel::times(block, x, shift, y, threads_);
      for (std::int64_t r = 0; r < block.n_rows(); ++r) {
        for (std::int64_t d = 0; d < q.cols(); ++d) part(filled, d) = static_cast<double>(y.at(r, d));
        if (++filled == part.rows()) flush();
      }
    });
    flush();
    return sum.template selfadjointView<Eigen::Lower>();
  }

  /// An orthonormal basis of the columns; a direction that is lost in rounding becomes a zero column.
  static matrix orthonormal(const matrix& z) {
    matrix g = matrix::Zero(z.cols(), z.cols());
    g.template selfadjointView<Eigen::Lower>().rankUpdate(z.transpose());
    const Eigen::SelfAdjointEigenSolver<matrix> eigen(g);
    matrix turn = matrix::Zero(z.cols(), z.cols());
    const double largest = eigen.eigenvalues()(z.cols() - 1);
    for (Eigen::Index d = 0; d < z.cols(); ++d)
      if (eigen.eigenvalues()(d) > 1e-14 * largest && largest > 0)
        turn.col(d) = eigen.eigenvectors().col(d) / std::sqrt(eigen.eigenvalues()(d));
    return z * turn;
  }

  std::int64_t columns_;
  std::span<const double> mean_, scale_;
  int threads_;
  svd_effort effort_;
};

using truncated_svd = basic_truncated_svd<double>;

}  // namespace tepui::encode
