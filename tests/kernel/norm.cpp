#include <tepui/kernel/norm.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace of_norm {
using namespace tepui;

template <class Real>
std::vector<Real> drawn(std::size_t n, std::uint64_t purpose) {
  const kernel::draws random(purpose, "norm");
  std::vector<Real> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<Real>(static_cast<float>(random.normal(isize(i)) + 3));
  return x;
}

template <class Real>
struct normed {
  std::vector<Real> y, dx, d_gain, d_shift;
};
template <bool Centred, class Real>
normed<Real> norm_of(std::size_t rows, std::size_t dims) {
  const auto x = drawn<Real>(rows * dims, 1), gain = drawn<Real>(dims, 2), shift = drawn<Real>(dims, 3),
             dy = drawn<Real>(rows * dims, 4);
  normed<Real> out{std::vector<Real>(x.size(), 7), dy, std::vector<Real>(dims, 1), std::vector<Real>(dims, 2)};
  std::vector<Real> mean(Centred ? rows : 0), scale(rows);
  kernel::norm_forward<Centred, Real>(x, isize(dims), gain, shift, Real(1e-5), out.y, mean, scale);
  kernel::norm_backward<Centred, Real>(x, isize(dims), gain, mean, scale, out.dx, out.dx, out.d_gain, out.d_shift);  // in place
  return out;
}
double apart(const std::vector<float>& a, const std::vector<double>& b) {
  double off = 0;
  for (std::size_t i = 0; i < b.size(); ++i) off = std::max(off, std::abs(static_cast<double>(a[i]) - b[i]));
  return off;
}

TEST_CASE("norms in float are near those in double for any number of dims, forward and back") {
  for (const std::size_t dims : {1U, 2U, 7U, 8U, 15U, 16U, 17U, 31U, 32U, 33U, 100U, 128U, 257U, 1000U}) {
    CAPTURE(dims);
    const auto centred = norm_of<true, float>(5, dims), by_size = norm_of<false, float>(5, dims);
    const auto centred_d = norm_of<true, double>(5, dims), by_size_d = norm_of<false, double>(5, dims);
    for (const auto& [f, d] : {std::pair{&centred, &centred_d}, std::pair{&by_size, &by_size_d}}) {
      CHECK(apart(f->y, d->y) < 3e-5);
      CHECK(apart(f->dx, d->dx) < 3e-4);
      CHECK(apart(f->d_gain, d->d_gain) < 3e-5);
      CHECK(apart(f->d_shift, d->d_shift) < 1e-5);
    }
  }
}

TEST_CASE("a row of equal numbers is 0 times its gain, and a row of zeros stays finite") {
  const std::vector<float> x{4, 4, 4, 0, 0, 0}, gain{1, 2, 3}, shift{0, 0, 1};
  std::vector<float> y(6), mean(2), scale(2);
  kernel::norm_forward<true, float>(x, 3, gain, shift, 1e-5F, y, mean, scale);
  CHECK(y == std::vector<float>{0, 0, 1, 0, 0, 1});
  kernel::norm_forward<false, float>(x, 3, {}, {}, 1e-12F, y, {}, scale);
  CHECK(y[0] == 1);
  CHECK(y[3] == 0);
}

TEST_CASE("a row has the same bits wherever it stands") {
  const std::size_t dims = 45, rows = 9;
  const auto x = drawn<float>(rows * dims, 1);
  std::vector<float> y(x.size()), one(dims), mean(rows), scale(rows);
  kernel::norm_forward<true, float>(x, isize(dims), {}, {}, 1e-5F, y, mean, scale);
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<float> m(1), s(1);
    kernel::norm_forward<true, float>(std::span(x).subspan(r * dims, dims), isize(dims), {}, {}, 1e-5F, one, m, s);
    CHECK(std::equal(one.begin(), one.end(), y.begin() + static_cast<std::ptrdiff_t>(r * dims)));
    CHECK(m[0] == mean[r]);
    CHECK(s[0] == scale[r]);
  }
}

}  // namespace of_norm
