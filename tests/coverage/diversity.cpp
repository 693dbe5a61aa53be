#include <tepui/coverage/diversity.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

namespace tepui::tests::coverage_diversity {
namespace {
using coverage::count_labels;
using coverage::diversity;
using codes = std::vector<std::int32_t>;

TEST_CASE("two cells of one type and one each of two others") {
  const auto d = diversity(codes{0, 2, 0, 3, -1, -1});
  CHECK(d.types == 3);
  CHECK(d.missing == 2);
  CHECK(d.shannon.value.value == doctest::Approx(1.5));
  CHECK(d.effective_types.value.value == doctest::Approx(std::exp2(1.5)));
  CHECK(d.gini_simpson.value.value == doctest::Approx(1 - (0.25 + 0.0625 + 0.0625)));
  CHECK(d.inverse_simpson.value.value == doctest::Approx(1 / 0.375));
  for (const score& s : d.all()) {
    CHECK(s.n == 4);
    CHECK(s.floor.value <= s.value.value);
    CHECK(s.value.value <= s.ceiling.value);
    CHECK(!s.low.reason.empty());
  }
}

TEST_CASE("one type is the floor, types that are equally common the ceiling") {
  for (const score& s : diversity(codes{4, 4, 4}).all()) CHECK(s.value.value == doctest::Approx(s.floor.value));
  for (const score& s : diversity(codes{0, 1, 2, 3}).all()) CHECK(s.value.value == doctest::Approx(s.ceiling.value));
}

TEST_CASE("without a labelled cell every number says why it is missing") {
  for (const score& s : diversity(codes{-1, -1}).all()) CHECK(s.value.reason == "no cell has a label");
  CHECK(diversity(codes{}).types == 0);
}

TEST_CASE("a code below -1 is refused") {
  CHECK_THROWS_WITH_AS(
      (void)count_labels(codes{0, -2}),
      "coverage::count_labels: cell 1 has the label code -2; codes are 0 and above, and -1 where the label is missing",
      bad_data);
}

TEST_CASE("cells without a label change nothing but their number; renaming types changes nothing") {
  CHECK(rc::check([] {
    const auto label = *rc::gen::container<codes>(rc::gen::inRange<std::int32_t>(0, 6));
    RC_PRE(!label.empty());
    codes more;
    for (const std::int32_t c : label) more.insert(more.end(), {-1, 7 - c});
    const auto a = diversity(label), b = diversity(more);
    RC_ASSERT(b.missing == isize(label.size()));
    RC_ASSERT(a.types == b.types);
    for (std::size_t i = 0; i < 4; ++i) RC_ASSERT(std::abs(a.all()[i].value.value - b.all()[i].value.value) < 1e-12);
  }));
}

// source  numpy on the cell types of the published re-weighting (24 types, 16,276 cells)
TEST_CASE("24 types: the published numbers") {
  const coverage::label_counts counts{
      {7059, 2850, 2689, 1430, 796, 182, 182, 176, 174, 113, 79, 79, 77, 73, 62, 52, 52, 45, 30, 28, 18, 12, 10, 8}, 0};
  const auto d = diversity(counts);
  CHECK(std::abs(d.shannon.value.value - 2.564862588969568) < 1e-12);
  CHECK(std::abs(d.inverse_simpson.value.value - 3.893485748283112) < 1e-12);
  CHECK(std::abs(d.gini_simpson.value.value - 0.7431607395915178) < 1e-12);
}

}  // namespace
}  // namespace tepui::tests::coverage_diversity
