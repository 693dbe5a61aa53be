#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <tepui/corpus/shuffle_quality.hpp>

namespace test_corpus_shuffle_quality {
using namespace tepui;

/// 12 plates of 1,000 cells, one behind the other.
std::vector<std::int32_t> plates() {
  std::vector<std::int32_t> out;
  for (std::int32_t cell = 0; cell < 12'000; ++cell) out.push_back(cell / 1000);
  return out;
}

TEST_CASE("the expected entropy of random batches is exact") {
  CHECK(corpus::entropy_of(std::vector<std::int64_t>{2, 2}, 4) == doctest::Approx(1));
  CHECK(corpus::entropy_of(std::vector<std::int64_t>{4, 0}, 4) == 0);
  // Two of {a, a, b, b}: the same in 1 of 3 cases, entropy 0; else 1.
  CHECK(corpus::expected_entropy(std::vector<std::int64_t>{2, 2}, 2) == doctest::Approx(2.0 / 3));
  // All of them.
  CHECK(corpus::expected_entropy(std::vector<std::int64_t>{3, 1}, 4) ==
        doctest::Approx(corpus::entropy_of(std::vector<std::int64_t>{3, 1}, 4)));
}

TEST_CASE("single cells mixed without a limit are as good as random, and the interval says so") {
  const auto q =
      corpus::quality_of(corpus::cell_order(12'000, {.seed = 5, .batch = 64, .block = 1, .window = 1'024}), plates());
  CHECK(q.batches == 187);
  CHECK(q.windows == 12);
  CHECK(q.all == doctest::Approx(3.585).epsilon(0.001));
  CHECK(q.random == doctest::Approx(3.46).epsilon(0.01));
  CHECK(q.low < q.random);
  CHECK(q.high > q.random);
  CHECK(q.random_high - q.random_low < 0.02);
}

TEST_CASE("the interval holds what other seeds give, also where batches of a window are of the same few blocks") {
  std::vector<corpus::shuffle_quality> q;
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    q.push_back(corpus::quality_of(
        corpus::cell_order(12'000, {.seed = seed, .batch = 64, .block = 128, .window = 1024}), plates(), 100));
    mean += q.back().entropy / 60;
    CHECK(q.back().batches == 100);
    CHECK(q.back().windows == 12);  // all that there are, and not the first 7
  }
  const auto holds = std::ranges::count_if(q, [&](const auto& one) { return one.low < mean && mean < one.high; });
  CHECK(holds >= 54);
  CHECK(holds <= 60);
}

TEST_CASE("of one window no interval is known") {
  const corpus::cell_order order(12'000, {.seed = 5, .batch = 64, .block = 1, .window = 12'000});
  const auto q = corpus::quality_of(order, plates());
  CHECK(q.batches == 187);
  CHECK(q.windows == 1);
  CHECK(std::isnan(q.low));
  CHECK(std::isnan(q.high));
  CHECK(q.share() == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("measured batches lie in windows of the whole epoch, and are as many as were asked for") {
  for (const std::int64_t most : {1, 31, 33, 180, 186, 187, 1000}) {
    const auto q =
        corpus::quality_of(corpus::cell_order(12'000, {.seed = 5, .batch = 64, .block = 1, .window = 256}), plates(), most);
    CHECK(q.batches == std::min<std::int64_t>(most, 187));
    CHECK(q.windows == std::min(most, std::max<std::int64_t>(32, (q.batches + 3) / 4)));  // 4 batches fit in one
  }
}

TEST_CASE("longer blocks and smaller windows mix less") {
  const auto share = [](std::int64_t block, std::int64_t window) {
    return corpus::quality_of(corpus::cell_order(12'000, {.seed = 5, .batch = 64, .block = block, .window = window}),
                              plates())
        .share();
  };
  CHECK(share(16, 4096) > 0.97);
  CHECK(share(16, 4096) > share(16, 256));
  CHECK(share(16, 256) > share(64, 256));
  CHECK(share(64, 64) < 0.1);
  CHECK(share(1, 64) > 0.99);
}

TEST_CASE("cells without a label count as one more, and measuring needs a whole batch") {
  std::vector<std::int32_t> label(100, -1);
  for (std::size_t i = 0; i < 50; ++i) label[i] = 0;
  const auto q = corpus::quality_of(corpus::cell_order(100, {.batch = 10, .block = 1}), label, 3);
  CHECK(q.batches == 3);
  CHECK(q.all == doctest::Approx(1));
  CHECK_THROWS_WITH_AS((void)corpus::quality_of(corpus::cell_order(99, {}), label),
                       doctest::Contains("100 labels for 99 cells"), bad_option);
  CHECK_THROWS_WITH_AS((void)corpus::quality_of(corpus::cell_order(100, {.batch = 101}), label),
                       doctest::Contains("no whole batch of 101"), bad_option);
}

}  // namespace test_corpus_shuffle_quality
