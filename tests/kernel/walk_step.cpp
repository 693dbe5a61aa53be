#include <tepui/kernel/walk_step.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::walk_step {
namespace {

TEST_CASE("a walk goes along an edge with a chance in proportion to its weight") {
  // 0 - 1 (1), 1 - 2 (3): from cell 1 a quarter goes to 0 and three quarters to 2.
  const std::vector<std::int64_t> begin{0, 1, 3, 4};
  const std::vector<std::int32_t> neighbour{1, 0, 2, 1};
  const std::vector<float> weight{1, 1, 3, 3}, degree{1, 4, 3};
  std::vector<float> share(48, 0), next(48), sum(48, 0);
  share[16] = 1.0F / 4;
  kernel::walk_step({begin, neighbour, weight, degree}, share, next, sum);
  CHECK(sum[0] == 0.25F);
  CHECK(sum[16] == 0.0F);
  CHECK(sum[32] == 0.75F);
  CHECK(next[32] == 0.25F);
  CHECK(sum[33] == 0.0F);  // the second walk is nowhere
}

TEST_CASE("several walks at once give the bits of the plain reference") {
  CHECK(rc::check("plain", [](std::uint16_t seed) {
    const kernel::draws random(seed, "walks");
    const std::int64_t n = 1 + random.below(40, 0);
    std::vector<std::int64_t> begin{0};
    std::vector<std::int32_t> neighbour;
    std::vector<float> weight, degree;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t e = random.below(20, i, 1); e >= 0; --e) {
        neighbour.push_back(static_cast<std::int32_t>(random.below(n, 100 * i + e, 2)));
        weight.push_back(static_cast<float>(random.uniform(100 * i + e, 3)));
      }
      begin.push_back(isize(neighbour.size()));
      degree.push_back(static_cast<float>(1 + random.uniform(i, 4)));
    }
    std::vector<float> share, sum;
    for (std::int64_t i = 0; i < n * kernel::walks_together; ++i) {
      share.push_back(static_cast<float>(random.uniform(i, 5)));
      sum.push_back(static_cast<float>(random.uniform(i, 6)));
    }
    std::vector<float> plain_sum = sum, next(share.size()), plain_next(share.size());
    const kernel::walked_graph g{begin, neighbour, weight, degree};
    kernel::walk_step(g, share, next, sum);
    kernel::plain_walk_step(g, share, plain_next, plain_sum);
    RC_ASSERT(sum == plain_sum);
    RC_ASSERT(next == plain_next);
  }));
}

}  // namespace
}  // namespace tepui::tests::walk_step
