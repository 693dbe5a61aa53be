#include <tepui/metric/probe/folds.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace tepui::tests::folds {
namespace {

TEST_CASE("every class is spread evenly, and so are the cells") {
  CHECK(rc::check("fold sizes differ by at most one, in all and by class", [] {
    const auto label = *rc::gen::container<std::vector<std::int32_t>>(rc::gen::inRange<std::int32_t>(-1, 4));
    const auto k = *rc::gen::inRange<std::int32_t>(2, 7);
    const auto labelled = std::count_if(label.begin(), label.end(), [](auto l) { return l >= 0; });
    RC_PRE(labelled >= k);
    const auto fold = metric::stratified_fold_of(label, 4, k, 3);
    for (std::int32_t c = -1; c < 4; ++c) {  // -1: all classes together
      std::vector<std::int64_t> size(usize(k), 0);
      for (std::size_t i = 0; i < label.size(); ++i) {
        RC_ASSERT((label[i] < 0) == (fold[i] < 0));
        if (label[i] >= 0 && (c < 0 || label[i] == c)) ++size[usize(fold[i])];
      }
      RC_ASSERT(*std::max_element(size.begin(), size.end()) - *std::min_element(size.begin(), size.end()) <= 1);
    }
  }));
}

TEST_CASE("every labelled cell is predicted once, by a probe that did not see it") {
  const std::vector<std::int32_t> label{0, 1, 0, -1, 1, 0, 1, 0, 2};
  const auto folds = metric::stratified_folds(label, 3, 3, 1);
  REQUIRE(folds.size() == 3);
  std::vector<int> tested(9, 0);
  for (const auto& f : folds) {
    CHECK(f.train.size() + f.test.size() == 8);
    for (const auto row : f.test) {
      ++tested[usize(row)];
      CHECK(std::find(f.train.begin(), f.train.end(), row) == f.train.end());
    }
  }
  CHECK(tested == std::vector<int>{1, 1, 1, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("the seed decides, and what cannot be divided is refused") {
  const std::vector<std::int32_t> label(40, 0), two{0, 0};
  CHECK(metric::stratified_fold_of(label, 1, 5, 1) == metric::stratified_fold_of(label, 1, 5, 1));
  CHECK(metric::stratified_fold_of(label, 1, 5, 1) != metric::stratified_fold_of(label, 1, 5, 2));
  CHECK_THROWS_AS(static_cast<void>(metric::stratified_fold_of(label, 1, 1)), bad_option);
  CHECK_THROWS_AS(static_cast<void>(metric::stratified_fold_of(two, 1, 5)), bad_data);
  CHECK_THROWS_AS(static_cast<void>(metric::stratified_fold_of(label, 0, 5)), bad_data);
}

}  // namespace
}  // namespace tepui::tests::folds
