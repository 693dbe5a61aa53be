#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <vector>

#include <tepui/train/communicator.hpp>

namespace test_train_communicator {
namespace {
using namespace tepui;

TEST_CASE("alone, the numbers of a process are the sum, and nothing waits") {
  train::alone ranks;
  std::vector<float> x{1, 2};
  ranks.sum(std::span<float>(x));
  ranks.broadcast(std::span<float>(x));
  ranks.barrier();
  CHECK(x == std::vector<float>{1, 2});
  CHECK(ranks.rank() == 0);
  CHECK(ranks.size() == 1);
}
TEST_CASE("ranks are a power of two") {
  for (const int good : {1, 2, 4, 64}) CHECK_NOTHROW(train::check_ranks(good));
  for (const int wrong : {-1, 0, 3, 6}) CHECK_THROWS_AS(train::check_ranks(wrong), bad_option);
  CHECK_THROWS_WITH_AS(train::check_ranks(6), doctest::Contains("6 ranks make no binary tree"), bad_option);
}
TEST_CASE("what lacks a part is no communicator") {
  struct deaf {
    int rank() const { return 0; }
    int size() const { return 1; }
  };
  CHECK_FALSE(train::communicator<deaf>);
  CHECK(train::communicator<train::alone>);
}
}  // namespace
}  // namespace test_train_communicator
