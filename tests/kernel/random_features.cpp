#include <tepui/kernel/random_features.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace of_random_features {
using namespace tepui;

TEST_CASE("directions of a block stand at right angles, and are as long as normal vectors on average") {
  const std::int64_t width = 8, count = 4000;
  const auto all = kernel::orthogonal_directions(count, width, kernel::draws(1, "directions"));
  const auto product = [&](std::int64_t i, std::int64_t j) {
    double sum = 0;
    for (std::int64_t d = 0; d < width; ++d) sum += all[usize(i * width + d)] * all[usize(j * width + d)];
    return sum;
  };
  double squares = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    squares += product(i, i);
    for (std::int64_t j = i - i % width; j < i; ++j) CHECK(std::abs(product(i, j)) < 1e-9);
  }
  CHECK(squares / static_cast<double>(count) == doctest::Approx(8).epsilon(0.03));
  CHECK(kernel::orthogonal_directions(20, width, kernel::draws(1, "directions")) ==
        std::vector<double>(all.begin(), all.begin() + 20 * width));
}

TEST_CASE("features of queries are counted from their own largest, those of keys from the largest of all or so far") {
  std::vector<double> query{1, 2, 5, 3}, key{0, 1, 3, 0, 2, 2};
  kernel::query_features<double>(query, 2);
  CHECK(query == std::vector<double>{std::exp(-1.0), 1, 1, std::exp(-2.0)});
  const std::vector<double> half{0, 1, 0};
  std::vector<double> top(3);
  auto so_far = key;
  kernel::key_features<double>(so_far, 2, half, true, top);
  CHECK(top == std::vector<double>{1, 2, 2});
  CHECK(so_far == std::vector<double>{std::exp(-1.0), 1, 1, std::exp(-3.0), 1, 1});
  kernel::key_features<double>(key, 2, half, false, top);
  CHECK(top == std::vector<double>{2, 2, 2});
  CHECK(key == std::vector<double>{std::exp(-2.0), std::exp(-1.0), 1, std::exp(-3.0), 1, 1});
}

}  // namespace of_random_features
