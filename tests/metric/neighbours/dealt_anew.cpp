#include <tepui/metric/neighbours/dealt_anew.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

namespace tepui::tests::dealt_anew {
namespace {

TEST_CASE("labels dealt anew are the same labels, each as often in its group, whatever the order of the cells") {
  CHECK(rc::check("dealt", [](std::uint16_t seed) {
    const kernel::draws random(seed, "test");
    const std::int64_t n = random.below(50, 0);
    std::vector<std::int32_t> label, group;
    std::vector<std::int64_t> id(usize(n)), back(usize(n));
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
    const auto dealt = metric::dealt_anew(label, id, 5, "p", group);
    RC_ASSERT(count(dealt) == count(label));
    auto reversed = [](auto v) {
      std::reverse(v.begin(), v.end());
      return v;
    };
    RC_ASSERT(reversed(metric::dealt_anew(reversed(label), reversed(id), 5, "p", reversed(group))) == dealt);
    auto sorted = metric::dealt_anew(label, id, 5, "p"), before = label;
    std::sort(sorted.begin(), sorted.end());
    std::sort(before.begin(), before.end());
    RC_ASSERT(sorted == before);
  }));
}

TEST_CASE("another seed deals otherwise") {
  std::vector<std::int32_t> label;
  std::vector<std::int64_t> id;
  for (int i = 0; i < 100; ++i) {
    label.push_back(i % 2);
    id.push_back(i);
  }
  CHECK(metric::dealt_anew(label, id, 1, "p") != metric::dealt_anew(label, id, 2, "p"));
  CHECK(metric::dealt_anew(label, id, 1, "p") != label);
}

}  // namespace
}  // namespace tepui::tests::dealt_anew
