#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <tepui/corpus/cell_order.hpp>
#include <tepui/train/loop.hpp>

namespace test_corpus_cell_order {
using namespace tepui;

std::vector<std::int64_t> epoch_of(const corpus::cell_order& order, std::int64_t epoch) {
  std::vector<std::int64_t> all, window;
  for (std::int64_t w = 0; w < order.n_windows(); ++w) {
    order.window(epoch, w, window);
    all.insert(all.end(), window.begin(), window.end());
  }
  return all;
}

TEST_CASE("every cell comes once an epoch, in another order each time and the same for a seed") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 600);
    const corpus::order_settings how{.seed = *rc::gen::arbitrary<std::uint64_t>(),
                                     .batch = *rc::gen::inRange<std::int64_t>(1, 40),
                                     .block = *rc::gen::inRange<std::int64_t>(1, 40),
                                     .window = *rc::gen::inRange<std::int64_t>(1, 300)};
    const corpus::cell_order order(n, how);
    for (const std::int64_t epoch : {0, 1, 1000}) {
      const auto cells = epoch_of(order, epoch);
      RC_ASSERT(isize(cells.size()) == n);
      const std::set<std::int64_t> different(cells.begin(), cells.end());
      RC_ASSERT(isize(different.size()) == n);
      RC_ASSERT(*different.begin() == 0);
      RC_ASSERT(*different.rbegin() == n - 1);
      RC_ASSERT(epoch_of(corpus::cell_order(n, how), epoch) == cells);
    }
    if (n > 50) RC_ASSERT(epoch_of(order, 0) != epoch_of(order, 1));
    RC_ASSERT(order.settings().window % how.batch == 0);
    RC_ASSERT(order.batches_per_epoch() == (n + how.batch - 1) / how.batch);
  }));
}

TEST_CASE("a window holds cells of as many blocks as fit, mixed") {
  const corpus::cell_order order(1000, {.seed = 3, .batch = 10, .block = 10, .window = 100});
  std::vector<std::int64_t> window;
  order.window(0, 2, window);
  CHECK(window.size() == 100);
  std::int64_t side_by_side = 0;
  for (std::size_t i = 1; i < window.size(); ++i) side_by_side += window[i] == window[i - 1] + 1 ? 1 : 0;
  CHECK(side_by_side < 10);
  std::ranges::sort(window);
  std::int64_t runs = 1;
  for (std::size_t i = 1; i < window.size(); ++i) runs += window[i] != window[i - 1] + 1 ? 1 : 0;
  CHECK(runs <= 11);  // one block may go over the end of the corpus
}

TEST_CASE("a window larger than the corpus mixes all of it, and says no more than it does") {
  const corpus::cell_order order(100, {.batch = 32, .block = 16, .window = 1 << 20});
  CHECK(order.settings().window == 128);
  CHECK(order.n_windows() == 1);
  CHECK(order.batches_per_epoch() == 4);
  CHECK(order.describe() == "each of 100 cells once an epoch, batches of 32, blocks of 16, mixed by 128, seed 0, order 1");
}

TEST_CASE("draws by weight and by class are orders too, and are not mixed once more") {
  const std::vector<double> weight{1, 0, 3};
  const corpus::cell_order by_weight(corpus::by_weight(weight, 1000), {.seed = 1, .batch = 7, .window = 50});
  const auto drawn = epoch_of(by_weight, 0);
  CHECK(drawn.size() == 1000);
  CHECK(std::ranges::count(drawn, 1) == 0);
  CHECK(std::ranges::count(drawn, 2) == doctest::Approx(750).epsilon(0.1));
  CHECK(epoch_of(by_weight, 0) == drawn);
  CHECK(epoch_of(by_weight, 1) != drawn);
  const corpus::cell_order by_class(corpus::by_class(categorical{{0, 0, 1}, {"a", "b"}, false}, 10),
                                    {.batch = 4, .window = 4});
  const auto turns = epoch_of(by_class, 5);
  for (std::size_t i = 0; i < turns.size(); i += 2) CHECK((turns[i] == 2) != (turns[i + 1] == 2));
}

TEST_CASE("a rank's part of a batch is the same wherever it is asked, and parts are all of it") {
  CHECK(rc::check([] {
    const auto m = *rc::gen::inRange<std::int64_t>(0, 200), ranks = *rc::gen::inRange<std::int64_t>(1, 20);
    std::int64_t next = 0;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const auto [first, n] = corpus::part_of_batch({.rank = rank, .ranks = ranks}, m);
      RC_ASSERT(first == next);
      RC_ASSERT(n >= m / ranks);
      RC_ASSERT(n <= m / ranks + 1);
      next = first + n;
    }
    RC_ASSERT(next == m);
  }));
}

TEST_CASE("an order keeps its version, which what goes on in it names") {
  const corpus::cell_order order(40, {.seed = 7, .batch = 4, .block = 4, .window = 8});
  std::vector<std::int64_t> window;
  order.window(2, 1, window);
  // Another list here needs another cell_order::version: old checkpoints would go on in another order.
  CHECK(window == std::vector<std::int64_t>{32, 34, 35, 10, 33, 8, 9, 11});
  const std::string version = "order " + std::to_string(corpus::cell_order::version);
  CHECK(order.describe().find(version) != std::string::npos);
  CHECK(train::training_options{}.describe().find(version) != std::string::npos);
}

TEST_CASE("a description tells weights, labels and numbers of cells apart") {
  const auto weighted = [](const std::vector<double>& w) {
    return corpus::cell_order(corpus::by_weight(w, 10), {}).describe();
  };
  CHECK(weighted({1, 2}) == weighted({1, 2}));
  CHECK(weighted({1, 2}) != weighted({2, 1}));
  CHECK(weighted({1, 2}) != weighted({1, 2, 0}));
  const auto classes = [](const std::vector<std::int32_t>& code) {
    return corpus::cell_order(corpus::by_class(categorical{code, {"a", "b"}, false}, 10), {}).describe();
  };
  CHECK(classes({0, 1, 1}) == classes({0, 1, 1}));
  CHECK(classes({0, 1, 1}) != classes({0, 1, 0}));
  CHECK(classes({0, 1, 1}) != classes({0, 1, 1, -1}));
  CHECK(classes({0, 1, 1, -1}).find("of 4 cells") != std::string::npos);
}

TEST_CASE("blocks and windows of any size mean the whole corpus, and batches too large to count are refused") {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const corpus::cell_order whole(30, {.seed = 1, .batch = 8, .block = 30, .window = 30}),
      more(30, {.seed = 1, .batch = 8, .block = largest, .window = largest});
  CHECK(epoch_of(more, 1) == epoch_of(whole, 1));
  CHECK(more.describe() == whole.describe());
  const corpus::cell_order one_batch(30, {.batch = std::int64_t{1} << 62U, .window = largest});
  CHECK(one_batch.batches_per_epoch() == 1);
  CHECK(one_batch.n_windows() == 1);
  CHECK(epoch_of(one_batch, 0).size() == 30);
  CHECK_THROWS_WITH_AS(corpus::cell_order(30, {.batch = largest}),
                       "cells cannot be read in batches of 9223372036854775807; give at most 2^62", bad_option);
  const std::vector<double> weight{1, 1};
  const corpus::cell_order endless(corpus::by_weight(weight, largest), {.batch = 8, .window = 16});
  CHECK(endless.n_windows() == largest / 16 + 1);
}

TEST_CASE("settings that order nothing are refused") {
  CHECK_THROWS_WITH_AS(corpus::cell_order(5, {.block = 0}), "cells cannot be read in blocks of 0; give 1 or more",
                       bad_option);
  CHECK_THROWS_WITH_AS(corpus::cell_order(5, {.batch = -1}), "cells cannot be read in batches of -1; give 1 or more",
                       bad_option);
  CHECK_THROWS_WITH_AS(corpus::cell_order(5, {.window = 0}), "cells cannot be read in windows of 0; give 1 or more",
                       bad_option);
  CHECK_THROWS_WITH_AS(corpus::cell_order(0, {}), doctest::Contains("there are no cells to put in an order"), bad_data);
  const corpus::cell_order order(130, {.batch = 64, .window = 64});
  std::vector<std::int64_t> window;
  CHECK_THROWS_WITH_AS(order.window(0, 3, window), doctest::Contains("an epoch has 3 windows"), bad_option);
  CHECK_THROWS_WITH_AS(
      order.check({.epoch = 2, .batch = 3}),
      "batch 3 of epoch 2 was asked for, and an epoch has 3 batches; resume with the corpus and the settings that the "
      "place is from",
      bad_option);
  CHECK_THROWS_WITH_AS(corpus::check_share({.rank = 2, .ranks = 2}), doctest::Contains("rank 2 of 2"), bad_option);
}

}  // namespace test_corpus_cell_order
