#pragma once
/// The Vendi score: how many wholly different cells would be as diverse as these.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <tepui/coverage/batches.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::coverage {

/// The order that looks at the most common direction alone.
inline constexpr double order_infinity = std::numeric_limits<double>::infinity();

/// The effective number of kinds whose shares these are (Hill number): exp of the entropy of order q.
/// in     shares >= 0; those that are not above 0 are left out
/// out    >= 1 where the shares add up to 1; NaN without any        cost   O(shares)
/// source Hill 1973; Renyi 1961
[[nodiscard]] inline double effective_number(std::span<const double> share, double order) {
  double sum = 0, largest = 0;
  for (const double p : share) {
    if (!(p > 0)) continue;
    largest = std::max(largest, p);
    sum += order == 1 ? -p * std::log(p) : std::isinf(order) ? 0 : std::pow(p, order);
  }
  if (!(largest > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (order == 1) return std::exp(sum);
  return std::isinf(order) ? 1 / largest : std::pow(sum, 1 / (1 - order));
}

/// The sum of x x' over cells, each row x brought to length 1: all that the Vendi score needs to know of cells, however
/// many. Sums of batches add up, so that the score of any union of batches is known without reading a cell again. A template
/// only so that a program that includes this file does not compile Eigen's products unless it uses them.
template <class Real>
class basic_vendi_sum {
 public:
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  explicit basic_vendi_sum(std::int64_t dims = 0) : sum_(matrix::Zero(dims, dims)) {}

  [[nodiscard]] std::int64_t n_cells() const { return n_; }
  [[nodiscard]] std::int64_t dims() const { return sum_.rows(); }
  [[nodiscard]] std::int64_t zero_rows() const { return zero_rows_; }

  /// in     value [cells, dims], row after row         cost   O(cells dims^2), 16 sums of dims^2 while it works
  /// errors bad_data where a number is not finite
  /// repeat bit-equal for any number of threads
  void add(std::span<const float> value, int threads = 1) {
    if (dims() == 0 || value.empty()) return;
    check_finite(value, dims());
    const std::int64_t n = isize(value.size()) / dims(), parts = std::min<std::int64_t>(16, (n + 255) / 256);
    std::vector<matrix> sum(usize(parts));
    std::vector<std::int64_t> zero(usize(parts), 0);
    kernel::parallel_chunks(parts, threads, [&](std::int64_t part, int) {
      zero[usize(part)] = sum_of(value, n * part / parts, n * (part + 1) / parts, sum[usize(part)]);
    });
    for (std::size_t part = 0; part < sum.size(); ++part) sum_ += sum[part], zero_rows_ += zero[part];
    n_ += n;
  }
  basic_vendi_sum& operator+=(const basic_vendi_sum& other) {
    sum_ += other.sum_;
    n_ += other.n_;
    zero_rows_ += other.zero_rows_;
    return *this;
  }

  /// The Vendi score of the cells that were added, NaN where there are none or all are zero.   cost  O(dims^3)
  [[nodiscard]] double value(double order = 1) const {
    if (n_ == 0 || dims() == 0) return std::numeric_limits<double>::quiet_NaN();
    const matrix mean = sum_.template selfadjointView<Eigen::Lower>();
    const Eigen::SelfAdjointEigenSolver<matrix> eigen(mean / static_cast<Real>(n_), Eigen::EigenvaluesOnly);
    std::vector<double> share;
    // What rounding leaves of an eigenvalue 0 would count as a direction of its own where the order is below 1.
    const double least = 1e-14 * static_cast<double>(eigen.eigenvalues()(dims() - 1));
    for (std::int64_t d = 0; d < dims(); ++d)
      if (const auto v = static_cast<double>(eigen.eigenvalues()(d)); v > least) share.push_back(v);
    return effective_number(share, order);
  }

 private:
  std::int64_t sum_of(std::span<const float> value, std::int64_t begin, std::int64_t end, matrix& sum) const {
    constexpr std::int64_t block = 256;
    sum = matrix::Zero(dims(), dims());
    matrix rows(dims(), block);  // a cell is a column here: side by side in memory
    std::int64_t filled = 0, zero = 0;
    const auto flush = [&] {
      if (filled > 0) sum.template selfadjointView<Eigen::Lower>().rankUpdate(rows.leftCols(filled));
      filled = 0;
    };
    for (std::int64_t cell = begin; cell < end; ++cell) {
      const Eigen::Map<const Eigen::VectorXf> row(value.data() + cell * dims(), dims());
      auto unit = rows.col(filled);
      unit = row.template cast<Real>();
      const Real length = unit.norm();
      if (!(length > 0)) {
        ++zero;
        continue;  // a row of zeros adds nothing, and counts as a cell
      }
      unit /= length;
      if (++filled == block) flush();
    }
    flush();
    return zero;
  }

  matrix sum_;
  std::int64_t n_ = 0, zero_rows_ = 0;
};
using vendi_sum = basic_vendi_sum<double>;

struct vendi_options {
  double order = 1;  ///< 0.5 counts rare directions more, 2 less; order_infinity sees the most common one alone
  int threads = 1;
};

/// The name of a Vendi score in tables: vendi, vendi_q0.5, vendi_qinf.
[[nodiscard]] inline std::string vendi_name(double order) {
  return order == 1 ? "vendi" : "vendi_q" + (std::isinf(order) ? std::string("inf") : shortest(order));
}

/// What a sum of cells says, as a score.                errors  bad_option where the order is not above 0
template <class Real>
[[nodiscard]] score vendi(const basic_vendi_sum<Real>& sum, double order = 1) {
  if (!(order > 0))
    throw bad_option("coverage::vendi: order is " + shortest(order) +
                     ", but must be above 0; 0.5, 1, 2 and order_infinity are usual");
  score out;
  out.name = vendi_name(order);
  out.unit = "effective cells";
  out.n = sum.n_cells();
  if (const double v = sum.value(order); !std::isnan(v))
    out.value = v;
  else
    out.value = measured::missing(sum.n_cells() == 0 ? "there are no cells"
                                                     : "every cell is a row of zeros, which has no direction");
  out.low = out.high = measured::missing("a Vendi score has no interval without resamples of its cells");
  out.floor = 1;
  if (sum.n_cells() > 0)
    out.ceiling = static_cast<double>(std::min(sum.n_cells(), sum.dims()));
  else
    out.ceiling = measured::missing("there are no cells");
  return out;
}

/// The effective number of different cells: exp of the entropy of the eigenvalues of X'X / cells, each row of X of length 1.
/// in     embedding [cells, dims]                        out    score
/// floor  1: all cells point the same way               ceiling  min(cells, dims)
/// order  1: Shannon; 2: Simpson; 0.5 and infinity beside them; never below 1 where no row is zero
/// empty  no cells, or zeros alone: missing, with the reason; single rows of zeros stay zero: the eigenvalues then do not
///        add up to 1
/// errors bad_option where order is not above 0; bad_data where a number is not finite
/// cost   O(cells dims^2 + dims^3), in double
/// repeat bit-equal for any number of threads
/// source Friedman and Dieng 2023 (score_dual); Pasarkar and Dieng 2024 (orders)
[[nodiscard]] inline auto vendi(const auto& embedding, const vendi_options& options = {}) requires requires {
  embedding.n_columns;
  embedding.value;
}
{
  vendi_sum sum(embedding.n_columns);
  sum.add(embedding.value, options.threads);
  return vendi(sum, options.order);
}

}  // namespace tepui::coverage
