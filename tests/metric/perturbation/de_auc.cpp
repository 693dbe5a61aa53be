#include <tepui/metric/perturbation/de_auc.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <vector>

namespace tepui::tests::de_auc {
namespace {

TEST_CASE("areas by pencil") {
  // In order: hit, miss, hit, miss.
  const auto areas = metric::areas_of(std::vector<char>{1, 0, 1, 0}, std::vector<double>{0.1, 0.2, 0.3, 0.4});
  CHECK(areas.pr == doctest::Approx(0.5 * 1 + 0.5 * 2 / 3));
  CHECK(areas.roc == doctest::Approx(0.75));
  const auto tied = metric::areas_of(std::vector<char>{1, 0, 1, 0}, std::vector<double>{1, 1, 1, 1});
  CHECK(tied.pr == 0.5);
  CHECK(tied.roc == 0.5);
  CHECK(std::isnan(metric::areas_of(std::vector<char>{1, 1}, std::vector<double>{1, 2}).pr));
  CHECK(std::isnan(metric::areas_of(std::vector<char>{0}, std::vector<double>{1}).roc));
  CHECK(std::isnan(metric::areas_of({}, {}).roc));
}

TEST_CASE("the area of ROC is the share of pairs in the right order, ties a half") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(2, 30);
    const auto changed = *rc::gen::container<std::vector<char>>(n, rc::gen::element(char{0}, char{1}));
    const auto small = *rc::gen::container<std::vector<int>>(n, rc::gen::inRange(0, 8));
    const std::vector<double> rank(small.begin(), small.end());
    double right = 0, pairs = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (changed[i] == 1 && changed[j] == 0) {
          pairs += 1;
          right += rank[i] < rank[j] ? 1 : rank[i] == rank[j] ? 0.5 : 0;
        }
    const auto areas = metric::areas_of(changed, rank);
    if (pairs == 0)
      RC_ASSERT(std::isnan(areas.roc));
    else
      RC_ASSERT(std::abs(areas.roc - right / pairs) < 1e-12);
  }));
}

}  // namespace
}  // namespace tepui::tests::de_auc
