#pragma once
/// Finds the few strongest directions of a table of how genes vary together, without working out the thousands of weak ones.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <tepui/encode/algebra.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::encode {

/// When to stop.
struct eigen_effort {
  double tolerance = 5e-6;  ///< ||a v - value v|| of each wanted vector, as a part of its value
  int products = 120;       ///< no more products with the matrix than this
};

/// The eigenvectors of the largest eigenvalues of a symmetric matrix without negative ones, which is known by its products alone.
/// Each round passes all directions that are followed through a polynomial that is small wherever the unwanted eigenvalues
/// are, and turns them to the best answers among their sums. Directions that are found are kept and taken out of the matrix,
/// so that they do not drown the others.
/// in     n: rows of a; product(x, y): y = a x, x and y [n, any number of columns] of float; product.take_out(v, value): from
///        now on without v diag(value) v', or false where it cannot; dims wanted, `followed` >= dims; start: a guess of the
///        directions [n, followed], such as krylov_start gives, or none: then they are drawn
/// out    [n, followed] orthonormal columns (zero where there are no more), strongest first
/// cost   products of a with `followed` vectors: 15 to 40 as a rule, the more the closer value `followed` is to value `dims`
/// errors none: where `products` are not enough, or float32 does not reach `tolerance`, the best so far is returned
/// repeat bit-equal where the product is
/// source Zhou and Saad 2007, A Chebyshev-Davidson algorithm; Zhou, Saad, Tiago and Chelikowsky 2006 (filtered subspaces)
template <class Real>
class basic_leading_eigen {
 public:
  using matrix = algebra::matrix<Real>;
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  using floats = algebra::matrix<float>;

  explicit basic_leading_eigen(eigen_effort effort = {}) : effort_(effort) {}

  template <class Product>
  [[nodiscard]] matrix operator()(std::int64_t n, std::int64_t dims, std::int64_t followed, Product&& product,
                                  const kernel::draws& random, const floats& start = {}) const {
    followed = std::min(followed, n);
    dims = std::min(dims, followed);
    const bool guessed = start.cols() == followed;
    matrix x(n, followed);
    floats in, w(n, followed);
    int products = 0;
    if (guessed) {
      x = algebra::orthonormal<Real>(start.template cast<Real>());
    } else {
      for (std::int64_t c = 0; c < n; ++c)
        for (std::int64_t d = 0; d < followed; ++d) x(c, d) = random.normal(c, static_cast<std::uint64_t>(d));
      in = x.template cast<float>();
      product(in, w);
      ++products;
      x = algebra::orthonormal<Real>(w.template cast<Real>());
    }
    kept_directions kept{matrix(n, 0), vector(0), 0};
    vector value;
    double worst_before = std::numeric_limits<double>::infinity(), in_matrix = 0;
    for (;;) {
      in = x.template cast<float>();
      w.resize(n, x.cols());
      product(in, w);
      ++products;
      kept.take_out(in, w);
      turn(x, w, value);
      in_matrix = std::max(in_matrix, value(0));
      const std::int64_t wanted = dims - kept.direction.cols();
      std::int64_t good = 0;
      double worst = 0;
      for (std::int64_t d = 0; d < wanted; ++d) {
        const double off = (w.col(d).template cast<Real>() - value(d) * x.col(d)).norm();
        const double part = value(d) > 0 ? off / value(d) : 0.0;
        worst = std::max(worst, part);
        // No product in float32 is nearer than this to the strongest direction that is still in the matrix.
        if (good == d && part <= std::max(effort_.tolerance, std::min(1e-5, 1.5e-7 * in_matrix / value(d)))) ++good;
      }
      const bool stalled = worst < 1e-4 && worst > 0.5 * worst_before;
      if (good == wanted || products >= effort_.products || stalled) break;
      worst_before = good > 0 ? std::numeric_limits<double>::infinity() : worst;
      keep(good, x, w, value, kept);
      // A good guess needs few products: the matrix is then only changed where its strongest direction drowns others.
      const bool drowns =
          in_matrix > 3 * value(0) && (!guessed || 1.5e-7 * in_matrix > 1e-5 * value(dims - kept.direction.cols() - 1));
      if (kept.direction.cols() > kept.out && drowns && product.take_out(kept.direction, kept.value)) {
        kept.out = kept.direction.cols();
        in_matrix = value(0);
      }
      products += filter(x, w, value, kept, dims - kept.direction.cols(), effort_.products - products, worst, product);
    }
    matrix out(n, kept.direction.cols() + x.cols());
    out << kept.direction, x;
    return out;
  }

 private:
  /// Directions that are found: the first `out` of them are no longer in the matrix.
  struct kept_directions {
    matrix direction;
    vector value;
    Eigen::Index out;
    /// in     y = a x            out    y = (a - what is kept) x
    void take_out(const floats& x, floats& y) const {
      const Eigen::Index rest = direction.cols() - out;
      if (rest == 0) return;
      const floats v = direction.rightCols(rest).template cast<float>();
      floats by = algebra::crossed<float>(v, x);
      for (Eigen::Index d = 0; d < rest; ++d) by.row(d) *= static_cast<float>(value(out + d));
      algebra::add_product<float>(v, by, -1.0F, y);
    }
    void take_off(matrix& x) const {
      if (direction.cols() > 0) algebra::add_product<Real>(direction, algebra::crossed<Real>(direction, x), Real(-1), x);
    }
  };

  /// The best answers among the sums of the columns of x: x' a x becomes diagonal, the largest first.
  static void turn(matrix& x, floats& w, vector& value) {
    const matrix h = algebra::crossed<Real>(x, w.template cast<Real>());
    auto ritz = algebra::eigen_of<Real>((h + h.transpose()) / 2);
    x = algebra::product<Real>(x, ritz.vector);
    w = algebra::product<float>(w, ritz.vector.template cast<float>());
    value = std::move(ritz.value);
  }

  /// Moves the first columns to those that are kept.
  static void keep(std::int64_t good, matrix& x, floats& w, vector& value, kept_directions& kept) {
    if (good == 0) return;
    const std::int64_t rest = x.cols() - good;
    kept.direction.conservativeResize(x.rows(), kept.direction.cols() + good);
    kept.direction.rightCols(good) = x.leftCols(good);
    kept.value.conservativeResize(kept.value.size() + good);
    kept.value.tail(good) = value.head(good);
    x = matrix(x.rightCols(rest));
    w = floats(w.rightCols(rest));
    value = vector(value.tail(rest));
  }

  /// x passes through a Chebyshev polynomial of a that stays within -1 and 1 between 0 and the weakest value that is followed.
  /// in     w = a x               out    x orthonormal, also to what is kept            -> products used
  template <class Product>
  int filter(matrix& x, const floats& w, const vector& value, const kept_directions& kept, std::int64_t wanted, int most,
             double worst, Product& product) const {
    const double top = value(0), half = std::max({static_cast<double>(value(value.size() - 1)), 1e-6 * top, 1e-30}) / 2;
    const auto growth = [&](double v) { return std::acosh(std::max(1.0 + 1e-9, v / half - 1)); };
    // Beyond a growth of 1e7 the strongest direction would drown the weakest in float32; and no more than is needed.
    const double bearable = std::log(1e7) / growth(top);
    const double needed = std::log(std::max(10.0, 4 * worst / effort_.tolerance)) / growth(value(wanted - 1));
    const int degree = static_cast<int>(std::clamp(std::min(bearable, needed) + 1, 2.0, std::clamp(1.0 + most, 2.0, 40.0)));
    const auto scale = static_cast<float>(1 / half);
    floats before = x.template cast<float>(), now = scale * w - before, next(x.rows(), x.cols());
    for (int k = 1; k < degree; ++k) {  // with t = a / half - 1: the next is 2 t now - before
      product(now, next);
      kept.take_out(now, next);
      before = 2 * (scale * next - now) - before;
      before.swap(now);
    }
    x = now.template cast<Real>();
    kept.take_off(x);
    for (Eigen::Index d = 0; d < x.cols(); ++d) x.col(d).normalize();  // a lost direction stays zero
    x = algebra::orthonormal<Real>(x);
    kept.take_off(x);
    x = algebra::orthonormal<Real>(x);
    return degree - 1;
  }

  eigen_effort effort_;
};

}  // namespace tepui::encode
