#include <tepui/sample/uniform.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_uniform {
namespace {
using sample::uniform;

TEST_CASE("uniform keeps the laws of a sampler, with round(fraction * cells) cells") {
  laws::sampler([](double fraction) { return uniform{fraction}; },
                [](const sample::population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(cells.n_cells));
                });
}

TEST_CASE("everything can be chosen, and nothing of nothing") {
  const kernel::draws random(1, "test");
  CHECK(uniform{1}(3, random) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(uniform{0.5}(0, random).empty());
}

TEST_CASE("every cell has the same chance") {
  std::vector<int> times(20, 0);
  for (std::uint64_t seed = 0; seed < 4000; ++seed)
    for (const std::int64_t row : uniform{0.25}(20, kernel::draws(seed, "test"))) ++times[usize(row)];
  for (const int t : times) CHECK(std::abs(t - 1000) < 140);  // 5 standard deviations
}

TEST_CASE("the description is the name and the share") { CHECK(uniform{0.1}.describe() == "uniform(0.1)"); }

TEST_CASE("a share that is none is refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)uniform{1.5}(3, kernel::draws()),
                       "sample::uniform: fraction is 1.5, but must be above 0 and at most 1; give the share of the cells to keep, such as 0.1", bad_option);
  CHECK_THROWS_AS((void)uniform{std::nan("")}(3, kernel::draws()), bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_uniform
