#pragma once
/// A first guess of the strongest directions of a matrix, from what a few vectors become when they pass through it again and again.

#include <algorithm>
#include <cstdint>

#include <tepui/encode/algebra.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::encode {

/// The best answers among all sums of q, a q, a a q, ... where q are 12 vectors drawn at random: each passes through the matrix alone,
/// so that this costs far fewer products than a subspace of all directions does, but memory for all that has passed.
/// in     n: rows of a, which is symmetric without negative eigenvalues; product(x, y): y = a x, x and y [n, any columns] of float;
///        wanted directions, 4.5 times as many as at most n are looked through
/// out    [n, wanted], nearly orthonormal, the strongest first; residuals are 1e-3 of their values as a rule: basic_leading_eigen
///        makes them small
/// cost   products with 4.5 wanted vectors, 12 at a time; 80 n wanted^2 multiply-adds and 20 n wanted bytes
/// repeat bit-equal where the product is
/// source Golub and Underwood 1977 (block Lanczos), every vector made orthogonal to all before it
template <class Real, class Product>
[[nodiscard]] algebra::matrix<float> krylov_start(std::int64_t n, std::int64_t wanted, Product&& product,
                                                  const kernel::draws& random) {
  using floats = algebra::matrix<float>;
  constexpr std::int64_t block = 12;
  const std::int64_t steps = std::min(n / block, (9 * wanted + 2 * block - 1) / (2 * block)), all = steps * block;
  floats basis(n, all), h = floats::Zero(all, all), next(n, block), now(n, block);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t d = 0; d < block; ++d) now(i, d) = static_cast<float>(random.normal(i, static_cast<std::uint64_t>(d)));
  product(now, next);
  for (std::int64_t s = 0; s < steps; ++s) {
    now = algebra::orthonormal<Real>(next.template cast<Real>()).template cast<float>();
    if (s > 0) {  // what rounding has left of the vectors before
      const algebra::view<float> before = basis.leftCols(s * block);
      algebra::add_product<float>(before, algebra::crossed<float>(before, now), -1.0F, now);
      now = algebra::orthonormal<Real>(now.template cast<Real>()).template cast<float>();
    }
    basis.middleCols(s * block, block) = now;
    product(now, next);
    const algebra::view<float> before = basis.leftCols((s + 1) * block);
    const floats part = algebra::crossed<float>(before, next);
    h.block(s * block, 0, block, (s + 1) * block) = part.transpose();
    algebra::add_product<float>(before, part, -1.0F, next);
  }
  const auto ritz = algebra::eigen_of<Real>(h.template cast<Real>());
  return algebra::product<float>(basis, ritz.vector.leftCols(std::min(wanted, all)).template cast<float>());
}

}  // namespace tepui::encode
