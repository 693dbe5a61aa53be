#include <doctest/doctest.h>

#include <tepui/study/ladder.hpp>

namespace test_study_ladder {
namespace {
using tepui::study::ladder;

TEST_CASE("a ladder's steps ascend and begin with the untrained twin") {
  const ladder steps{.fractions = {1.0, 0.1, 0.5}};
  CHECK(steps.steps() == std::vector<double>{0.0, 0.1, 0.5, 1.0});
  const ladder trained_only{.fractions = {1.0, 0.1}, .untrained = false};
  CHECK(trained_only.steps() == std::vector<double>{0.1, 1.0});
}

TEST_CASE("seeds of different bases share nothing") {
  CHECK(ladder{.seeds = 3, .base_seed = 7}.seed_ids() == std::vector<std::uint64_t>{7000, 7001, 7002});
  CHECK(ladder{.seeds = 1000, .base_seed = 6}.seed_ids().back() == 6999);
}

TEST_CASE("a ladder that cannot be climbed is refused in words") {
  CHECK_THROWS_AS((void)ladder{.fractions = {}}.steps(), tepui::bad_option);
  CHECK_THROWS_AS((void)ladder{.fractions = {0.0}}.steps(), tepui::bad_option);
  CHECK_THROWS_AS((void)ladder{.fractions = {1.5}}.steps(), tepui::bad_option);
  CHECK_THROWS_AS((void)(ladder{.fractions = {0.5, 0.5}}.steps()), tepui::bad_option);
  CHECK_THROWS_AS((void)ladder{.seeds = 0}.steps(), tepui::bad_option);
  CHECK_THROWS_AS((void)ladder{.seeds = 1001}.steps(), tepui::bad_option);
  CHECK_THROWS_AS((void)ladder{.base_seed = 10'000'000'000'000'000ULL}.seed_ids(), tepui::bad_option);
}

}  // namespace
}  // namespace test_study_ladder
