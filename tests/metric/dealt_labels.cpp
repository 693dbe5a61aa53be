#include <tepui/metric/dealt_labels.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

namespace tepui::tests::dealt_labels {
namespace {

TEST_CASE("labels dealt anew are the same labels, each as often in its group, whatever the order of the cells") {
  CHECK(rc::check("dealt", [](std::uint16_t seed) {
    const kernel::draws random(seed, "test"), dealer(5, "p");
    const std::int64_t n = random.below(50, 0);
    std::vector<std::int32_t> label, group;
    std::vector<std::int64_t> id(usize(n));
    std::iota(id.begin(), id.end(), 7);
    for (std::int64_t i = 0; i < n; ++i) {
      label.push_back(static_cast<std::int32_t>(random.below(4, i, 1)));
      group.push_back(static_cast<std::int32_t>(random.below(3, i, 2)));
    }
    const auto count = [&](const std::vector<std::int32_t>& of) {
      std::vector<int> out(12, 0);
      for (std::size_t i = 0; i < of.size(); ++i) ++out[usize(3 * of[i] + group[i])];
      return out;
    };
    const auto dealt = metric::dealt_labels(label, id, dealer, group);
    RC_ASSERT(count(dealt) == count(label));
    const auto reversed = [](auto v) {
      std::reverse(v.begin(), v.end());
      return v;
    };
    RC_ASSERT(reversed(metric::dealt_labels(reversed(label), reversed(id), dealer, reversed(group))) == dealt);
    auto renamed = group;
    for (std::int32_t& g : renamed) g = 2 - g;
    RC_ASSERT(metric::dealt_labels(label, id, dealer, renamed) == dealt);
    auto sorted = metric::dealt_labels(label, id, dealer, {}, 3), before = label;
    std::sort(sorted.begin(), sorted.end());
    std::sort(before.begin(), before.end());
    RC_ASSERT(sorted == before);
  }));
}

TEST_CASE("another seed and another deal deal otherwise") {
  std::vector<std::int32_t> label;
  std::vector<std::int64_t> id;
  for (int i = 0; i < 100; ++i) {
    label.push_back(i % 2);
    id.push_back(i);
  }
  const kernel::draws one(1, "p"), two(2, "p");
  CHECK(metric::dealt_labels(label, id, one) != metric::dealt_labels(label, id, two));
  CHECK(metric::dealt_labels(label, id, one) != metric::dealt_labels(label, id, one, {}, 1));
  CHECK(metric::dealt_labels(label, id, one) != label);
}

TEST_CASE("cells of one id are dealt labels too, and drawn by lot") {
  std::vector<std::int32_t> label;
  for (int i = 0; i < 400; ++i) label.push_back(i % 2);
  const kernel::draws random(1, "p");
  for (const std::int64_t ids : {1, 3, 200}) {  // all 0, or each id several times
    std::vector<std::int64_t> id;
    for (int i = 0; i < 400; ++i) id.push_back(i % ids);
    const auto dealt = metric::dealt_labels(label, id, random);
    int kept = 0;
    for (std::size_t i = 0; i < label.size(); ++i) kept += dealt[i] == label[i];
    CHECK(kept > 150);
    CHECK(kept < 250);
    const auto row = metric::dealt_rows(id, random);
    std::vector<std::int64_t> sorted(row);
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) CHECK(sorted[i] == isize(i));
    const auto some = metric::some_cells(id, 100, random);
    CHECK(some.size() == 100);
    CHECK(some.back() > 300);  // not the first rows
  }
}

TEST_CASE("some cells are as many of each group as there are, at most so many, by lot and in order") {
  const std::vector<std::int64_t> id{9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
  const std::vector<std::int32_t> group{0, 0, 0, 0, 0, 0, 0, 1, 1, 2};
  const kernel::draws random(1, "p");
  const auto some = metric::some_cells(id, 2, random, group);
  CHECK(std::is_sorted(some.begin(), some.end()));
  std::vector<int> of_group(3, 0);
  for (const std::int64_t r : some) ++of_group[usize(group[usize(r)])];
  CHECK(of_group == std::vector<int>{2, 2, 1});
  CHECK(metric::some_cells(id, 100, random).size() == 10);
  CHECK(metric::some_cells(id, 0, random).empty());
  CHECK(metric::some_cells({}, 3, random).empty());
}

}  // namespace
}  // namespace tepui::tests::dealt_labels
