#pragma once
/// Random directions at right angles that turn the similarity of two vectors into a product of numbers above 0.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/exponential_sum.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::kernel {

/// `count` directions of `width` numbers: at right angles within blocks of `width` directions, as long as normal vectors are.
/// out     [count, width]            cost  count width^2            repeat  as draws::normal
/// source  Choromanski et al. 2021, section 2.4 (orthogonal random features)
[[nodiscard]] inline std::vector<double> orthogonal_directions(std::int64_t count, std::int64_t width, const draws& random) {
  std::vector<double> out(usize(count * width));
  const auto row = [&](std::int64_t i) { return std::span(out).subspan(usize(i * width), usize(width)); };
  const auto product = [](std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d) sum += a[d] * b[d];
    return sum;
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const auto v = row(i);
    double length = 0;  // of another normal vector
    for (std::int64_t d = 0; d < width; ++d) {
      v[usize(d)] = random.normal(i, usize(d));
      const double other = random.sub(1).normal(i, usize(d));
      length += other * other;
    }
    for (std::int64_t before = i - i % width; before < i; ++before) {
      const auto u = row(before);
      const double along = product(v, u) / product(u, u);
      for (std::size_t d = 0; d < v.size(); ++d) v[d] -= along * u[d];
    }
    const double by = std::sqrt(length / product(v, v));
    for (double& x : v) x *= by;
  }
  return out;
}

inline namespace HWY_NAMESPACE {

/// exp(x - largest of the row): features of queries, of which any factor cancels.
/// in, out  x [rows, features]            repeat  a row does not depend on those beside it
template <class Real>
void query_features(std::span<Real> x, std::int64_t features) {
  for (std::size_t i = 0; i < x.size(); i += usize(features)) {
    const auto row = x.subspan(i, usize(features));
    exponentials<Real>(row, largest<Real>(row));
  }
}

/// exp(x - half - top): features of keys. half is half the squared length of a key, top the largest exponent.
/// in, out  x [rows, features]; half [rows]
/// out      top [rows]: causal: the largest exponent of this row and those in front of it; else: of all rows
template <class Real>
void key_features(std::span<Real> x, std::int64_t features, std::span<const Real> half, bool causal, std::span<Real> top) {
  const auto row = [&](std::size_t r) { return x.subspan(r * usize(features), usize(features)); };
  for (std::size_t r = 0; r < half.size(); ++r) {
    const Real here = largest<Real>(row(r)) - half[r];
    top[r] = r == 0 || here > top[r - 1] ? here : top[r - 1];
  }
  for (std::size_t r = 0; r < half.size(); ++r) {
    if (!causal) top[r] = top[half.size() - 1];
    exponentials<Real>(row(r), half[r] + top[r]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
