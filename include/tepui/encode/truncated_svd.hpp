#pragma once
/// Finds the few directions along which cells differ most, without ever writing the zeros of their matrix down.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <tepui/encode/algebra.hpp>
#include <tepui/encode/krylov_start.hpp>
#include <tepui/encode/leading_eigen.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/sparse_gram.hpp>
#include <tepui/kernel/sparse_product.hpp>

namespace tepui::encode {

/// invariants  directions are orthonormal columns, or zero where the matrix has fewer; strength descending
struct right_singular {
  Eigen::MatrixXd direction;     ///< [columns, dims]
  std::vector<double> strength;  ///< [dims] singular values
};

/// How hard the search is, and where it is exact.
struct svd_effort {
  int oversample = 10;                 ///< at least so many further directions that are followed and thrown away
  std::int64_t exact_columns = 192;    ///< no more columns than this: all directions, in one pass
  std::int64_t gram_columns = 5000;    ///< no more than this and no more than rows: b'b is written down, in one pass; 0: never
  std::int64_t few_rows_a_column = 4;  ///< no more rows than so many times the columns: directions are guessed first; 0: never
  double tolerance = 5e-6;             ///< see eigen_effort; float32 may stop the search before
  int products_with_gram = 120;        ///< the most products with b'b where it is written down
  int products_with_rows = 10;         ///< the same where it is not: two readings of the rows each
};

/// The first right singular vectors of b = (a - 1 mean') diag(scale).
/// in     rows: a [rows, columns] sparse, by `n_rows()` and `each_block(visit)`; mean, scale [columns], each may be empty
/// out    [columns, dims]; strength 0 and direction 0 where b has fewer directions above 1e-5 of the first
/// signs  the entry of largest magnitude of each direction is positive        ties   lower column
/// exact  with b'b written down, strengths to 1e-6 and the space of the directions to 2e-4 (radians) where the first that is
///        left out is weaker by 1 in 1,000; otherwise as near as products_with_rows come
/// cost   b'b written down: entries columns / 4 to / 2 multiply-adds, then 30 to 70 products of it with dims + 10 vectors,
///        fewer where they are guessed first;
///        20 bytes a pair of columns. Otherwise O(entries (dims + 10) 21) and 4 (dims + 10) bytes per row and column.
///        Float products, float64 where rows are summed up
/// repeat bit-equal for any number of threads
/// source sums over cells of products of genes, as in any PCA; eigenvectors: see basic_leading_eigen
/// A template only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
class basic_truncated_svd {
 public:
  using matrix = algebra::matrix<Real>;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  using floats = algebra::matrix<float>;

  basic_truncated_svd(std::int64_t columns, std::span<const double> mean, std::span<const double> scale, int threads,
                      svd_effort effort = {})
      : columns_(columns), mean_(mean), scale_(scale), threads_(threads), effort_(effort) {}

  template <class Rows>
  [[nodiscard]] right_singular operator()(const Rows& rows, std::int64_t dims, const kernel::draws& random) const {
    return of_rows({rows.n_rows(), [&rows](const row_visit& visit) { rows.each_block(visit); }}, dims, random);
  }

 private:
  using row_visit = std::function<void(const kernel::sparse_rows&)>;
  /// Any rows, behind one type, so that all pipelines of a program share what follows.
  struct blocks {
    std::int64_t n_rows;
    std::function<void(const row_visit&)> each;
  };

  [[nodiscard]] right_singular of_rows(const blocks& rows, std::int64_t dims, const kernel::draws& random) const {
    matrix q;
    vector value;
    const std::int64_t followed = std::min<std::int64_t>(columns_, padded(dims + effort_.oversample));
    if (columns_ <= effort_.exact_columns) {
      q = matrix::Identity(columns_, columns_);
    } else if (columns_ <= effort_.gram_columns && columns_ <= rows.n_rows) {
      value = from_gram(rows, dims, followed, random, q);
    } else {
      by_rows product{*this, rows};
      q = basic_leading_eigen<Real>({effort_.tolerance, effort_.products_with_rows})(columns_, dims, followed, product, random);
    }
    if (value.size() == 0) value = ritz(gram(rows, q), q);
    right_singular out;
    matrix direction = matrix::Zero(columns_, dims);
    out.strength.assign(usize(dims), 0.0);
    const double first = value.size() == 0 ? 0.0 : std::sqrt(std::max(0.0, value(0)));
    for (std::int64_t d = 0; d < std::min<std::int64_t>(dims, value.size()); ++d) {
      const double strength = std::sqrt(std::max(0.0, value(d)));
      if (!(strength > 1e-5 * first)) break;
      out.strength[usize(d)] = strength;
      direction.col(d) = q.col(d);
      Eigen::Index largest = 0;
      direction.col(d).cwiseAbs().maxCoeff(&largest);
      if (direction(largest, d) < 0) direction.col(d) = -direction.col(d);
    }
    out.direction = std::move(direction);
    return out;
  }

  /// Products with b'b, by two readings of the rows.
  struct by_rows {
    const basic_truncated_svd& svd;
    const blocks& rows;
    void operator()(const floats& x, floats& y) const { y = svd.there_and_back(rows, x); }
    [[nodiscard]] bool take_out(const matrix&, const vector&) const { return false; }
  };

  /// Products with b'b, which is written down: in float64, and packed in float32 without the directions that have been found.
  class by_gram {
   public:
    by_gram(std::vector<double> sum, std::int64_t columns, int threads)
        : sum_(std::move(sum)), columns_(columns), threads_(threads), rooms_(usize(std::max(threads, 1))) {
      pack(matrix(columns, 0), vector(0));
    }
    void operator()(const floats& x, floats& y) {
      // y' = x' c: the columns of x are shared out, and the bits of each do not depend on how.
      const std::int64_t chunks = std::min<std::int64_t>(std::max(threads_, 1), (x.cols() + 11) / 12);
      const std::int64_t each = chunks == 0 ? 0 : ((x.cols() + chunks - 1) / chunks + 11) / 12 * 12;
      kernel::parallel_chunks(chunks, threads_, [&](std::int64_t chunk, int worker) {
        const std::int64_t first = chunk * each, m = std::min<std::int64_t>(each, x.cols() - first);
        if (m > 0)
          kernel::gemm(m, columns_, columns_, kernel::strided<float>{x.data() + first * columns_, columns_, 1}, packed_,
                       y.data() + first * columns_, columns_, kernel::into::overwrite, rooms_[usize(worker)]);
      });
    }
    [[nodiscard]] bool take_out(const matrix& found, const vector& value) {
      pack(found, value);
      return true;
    }
    /// b'b q in float64.
    [[nodiscard]] matrix times(const matrix& q) const { return algebra::product<Real>(whole(), q); }

   private:
    [[nodiscard]] Eigen::Map<const matrix> whole() const { return {sum_.data(), columns_, columns_}; }
    void pack(const matrix& found, const vector& value) {
      matrix weighted = found.transpose();
      for (Eigen::Index d = 0; d < value.size(); ++d) weighted.row(d) *= value(d);
      floats rest(columns_, columns_);
      constexpr std::int64_t some = 128;  // so that what is in float64 is small
      for (std::int64_t c = 0; c < columns_; c += some) {
        const std::int64_t n = std::min(some, columns_ - c);
        matrix part = whole().middleCols(c, n);
        if (found.cols() > 0) algebra::add_product<Real>(found, weighted.middleCols(c, n), Real(-1), part);
        rest.middleCols(c, n) = part.template cast<float>();
      }
      packed_.pack({rest.data(), columns_, 1}, columns_, columns_);
    }

    std::vector<double> sum_;
    std::int64_t columns_;
    int threads_;
    kernel::packed_factor<kernel::precision::float32, float> packed_;
    std::vector<kernel::gemm_room<float>> rooms_;
  };

  /// The directions from b'b.             out    q [columns, followed]        -> eigenvalues, or none where they are too unlike
  vector from_gram(const blocks& rows, std::int64_t dims, std::int64_t followed, const kernel::draws& random, matrix& q) const {
    kernel::sparse_gram sums(columns_, mean_, threads_);
    rows.each([&](const kernel::sparse_rows& block) { sums.add(block); });
    std::vector<double> sum = sums.finish();
    if (!scale_.empty())
      for (std::int64_t i = 0; i < columns_; ++i)
        for (std::int64_t j = 0; j < columns_; ++j) sum[usize(i * columns_ + j)] *= scale_of(i) * scale_of(j);
    by_gram product(std::move(sum), columns_, threads_);
    // Of few cells the sums are soon there, and the directions cost more: they are guessed first.
    floats start;
    if (rows.n_rows <= effort_.few_rows_a_column * columns_) start = krylov_start<Real>(columns_, followed, product, random);
    q = basic_leading_eigen<Real>({effort_.tolerance, effort_.products_with_gram})(columns_, dims, followed, product, random,
                                                                                   start);
    const vector value = ritz(algebra::crossed<Real>(q, product.times(q)), q);
    // b'b squares strengths: what is below a thousandth of the first is lost in its rounding, and is measured on the rows.
    const std::int64_t last = std::min<std::int64_t>(dims, value.size()) - 1;
    return last >= 0 && value(last) < 1e-5 * value(0) ? vector(0) : value;
  }

  /// q is turned so that h = q' b'b q becomes diagonal, the largest first.                    -> the diagonal
  static vector ritz(const matrix& h, matrix& q) {
    auto of = algebra::eigen_of<Real>(h);
    q = algebra::product<Real>(q, of.vector);
    return std::move(of.value);
  }

  static std::int64_t padded(std::int64_t n) {
    return (n + kernel::panels::width - 1) / kernel::panels::width * kernel::panels::width;
  }

  double scale_of(std::int64_t c) const { return scale_.empty() ? 1.0 : scale_[usize(c)]; }

  /// diag(scale) q as panels, and mean' of it.
  template <class Matrix>
  kernel::panels scaled(const Matrix& q, std::vector<double>& shift) const {
    kernel::panels x(columns_, q.cols());
    shift.assign(usize(q.cols()), 0.0);
    for (std::int64_t d = 0; d < q.cols(); ++d)
      for (std::int64_t c = 0; c < columns_; ++c) {
        x.at(c, d) = static_cast<float>(scale_of(c) * static_cast<double>(q(c, d)));
        if (!mean_.empty()) shift[usize(d)] += mean_[usize(c)] * static_cast<double>(x.at(c, d));
      }
    return x;
  }

  /// b' b q.
  floats there_and_back(const blocks& rows, const floats& q) const {
    std::vector<double> shift, y_sum(usize(q.cols()), 0.0);
    const kernel::panels x = scaled(q, shift);
    kernel::panels y, z(columns_, q.cols());
    rows.each([&](const kernel::sparse_rows& block) {
      kernel::times(block, x, shift, y, threads_);
      kernel::add_transposed_times(block, y, z, y_sum, threads_);
    });
    floats out(columns_, q.cols());
    for (std::int64_t d = 0; d < q.cols(); ++d)
      for (std::int64_t c = 0; c < columns_; ++c)
        out(c, d) = static_cast<float>(
            scale_of(c) * (static_cast<double>(z.at(c, d)) - (mean_.empty() ? 0.0 : mean_[usize(c)] * y_sum[usize(d)])));
    return out;
  }

  /// (b q)' (b q), summed over 256 rows at a time.
  matrix gram(const blocks& rows, const matrix& q) const {
    std::vector<double> shift;
    const kernel::panels x = scaled(q, shift);
    kernel::panels y;
    matrix sum = matrix::Zero(q.cols(), q.cols());
    matrix part(256, q.cols());
    std::int64_t filled = 0;
    const auto flush = [&] {
      sum += algebra::crossed<Real>(part.topRows(filled), part.topRows(filled));
      filled = 0;
    };
    rows.each([&](const kernel::sparse_rows& block) {
      kernel::times(block, x, shift, y, threads_);
      for (std::int64_t r = 0; r < block.n_rows(); ++r) {
        for (std::int64_t d = 0; d < q.cols(); ++d) part(filled, d) = static_cast<double>(y.at(r, d));
        if (++filled == part.rows()) flush();
      }
    });
    flush();
    return sum;
  }

  std::int64_t columns_;
  std::span<const double> mean_, scale_;
  int threads_;
  svd_effort effort_;
};

using truncated_svd = basic_truncated_svd<double>;

}  // namespace tepui::encode
