#include <tepui/kernel/cross_entropy.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace of_cross_entropy_kernel {
using namespace tepui;

TEST_CASE("two classes alike: a loss of log 2, and a gradient of a half either way") {
  std::vector<double> x{3, 3};
  const std::vector<std::int32_t> label{1};
  CHECK(kernel::cross_entropy_loss<double>(x, 2, label) == doctest::Approx(std::log(2.0)));
  CHECK(kernel::cross_entropy_rows<double>(x, 2, label) == doctest::Approx(std::log(2.0)));
  CHECK(x == std::vector<double>{0.5, -0.5});
}

TEST_CASE("scores far apart do not overflow, and a class that cannot be has no share") {
  std::vector<float> x{10000, -10000, -std::numeric_limits<float>::infinity(), 0, 0, 0};
  const std::vector<std::int32_t> label{0, 2};
  CHECK(kernel::cross_entropy_rows<float>(x, 3, label) == doctest::Approx(std::log(3.0)));
  CHECK(x[0] == 0);
  CHECK(x[1] == 0);
  CHECK(x[2] == 0);
  CHECK(x[5] == doctest::Approx(-2.0 / 3));
}

TEST_CASE("float is near double for any number of classes, and a row has the same bits alone") {
  const kernel::draws random(4, "cross entropy");
  for (const std::int64_t classes : {1, 2, 15, 16, 17, 63, 64, 65, 200, 25426}) {
    CAPTURE(classes);
    const std::int64_t rows = 3;
    std::vector<float> f(usize(rows * classes));
    for (std::int64_t i = 0; i < isize(f.size()); ++i) f[usize(i)] = static_cast<float>(3 * random.normal(i));
    const std::vector<std::int32_t> label{0, static_cast<std::int32_t>(classes - 1), static_cast<std::int32_t>(classes / 2)};
    std::vector<double> x(f.begin(), f.end());
    auto last = std::vector<float>(f.end() - classes, f.end());
    const double want = kernel::cross_entropy_rows<double>(x, classes, label);
    const double loss = kernel::cross_entropy_loss<float>(f, classes, label),
                 same = kernel::cross_entropy_rows<float>(f, classes, label);
    CHECK(loss == same);
    CHECK(loss == doctest::Approx(want).epsilon(2e-6));
    double off = 0;
    for (std::size_t i = 0; i < x.size(); ++i) off = std::max(off, std::abs(static_cast<double>(f[i]) - x[i]));
    CHECK(off < 1e-6);
    CHECK(kernel::cross_entropy_rows<float>(last, classes, std::span(label).last(1)) >= 0);
    CHECK(std::equal(last.begin(), last.end(), f.end() - classes));
  }
}

TEST_CASE("the gradient is that of finite differences") {
  const std::vector<double> at{0.5, -1, 2, 0.1};
  const std::vector<std::int32_t> label{3};
  auto gradient = at;
  CHECK(kernel::cross_entropy_rows<double>(gradient, 4, label) > 0);
  for (std::size_t i = 0; i < 4; ++i) {
    auto up = at, down = at;
    up[i] += 1e-6;
    down[i] -= 1e-6;
    const double slope =
        (kernel::cross_entropy_loss<double>(up, 4, label) - kernel::cross_entropy_loss<double>(down, 4, label)) / 2e-6;
    CHECK(gradient[i] == doctest::Approx(slope).epsilon(1e-7));
  }
}

}  // namespace of_cross_entropy_kernel
