#include <tepui/coverage/rarefaction.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace tepui::tests::coverage_rarefaction {
namespace {
using coverage::chance_seen;
using coverage::label_counts;
using coverage::log_chance_unseen;
using coverage::rarefaction;
using sizes = std::vector<std::int64_t>;

TEST_CASE("of 4 cells, 2 are drawn: one of a single cell is missed half of the time, one of two cells once in six") {
  CHECK(chance_seen(4, 1, 2) == doctest::Approx(0.5));
  CHECK(chance_seen(4, 2, 2) == doctest::Approx(1 - 1.0 / 6));
  CHECK(chance_seen(4, 3, 2) == 1);
  CHECK(chance_seen(4, 0, 2) == 0);
  CHECK(chance_seen(4, 4, 0) == 0);
}

TEST_CASE("types of 2, 1 and 1 cells: two cells hold 1 + 5/6 types on average, never more than two") {
  const auto r = rarefaction(label_counts{{2, 0, 1, 1}, 3}, sizes{0, 1, 2, 4});
  REQUIRE(r.size() == 4);
  CHECK(r[0].types.value.value == 0);
  CHECK(r[1].types.value.value == doctest::Approx(1));
  CHECK(r[1].types.low.value == doctest::Approx(1));
  CHECK(r[1].types.high.value == doctest::Approx(1));
  CHECK(r[2].types.value.value == doctest::Approx(11.0 / 6));
  CHECK(r[2].types.high.value == 2);
  CHECK(r[2].types.ceiling.value == 3);
  CHECK(r[3].types.value.value == doctest::Approx(3));
  CHECK(r[3].types.low.value == doctest::Approx(3));
  CHECK(r[2].types.n == 4);
}

TEST_CASE("a size that there is not is refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)rarefaction(label_counts{{2, 1}, 9}, sizes{4}),
                       "coverage::rarefaction: a size is 4, and 3 cells have a label; ask for sizes from 0 to that number",
                       bad_option);
}

/// All draws of `size` cells from few, one by one.
void each_draw(const std::vector<std::int64_t>& type, std::size_t size, std::size_t from, std::vector<std::int64_t>& chosen,
               auto&& visit) {
  if (chosen.size() == size) return visit(chosen);
  for (std::size_t i = from; i < type.size(); ++i) {
    chosen.push_back(type[i]);
    each_draw(type, size, i + 1, chosen, visit);
    chosen.pop_back();
  }
}

TEST_CASE("mean and interval are those of all draws there are") {
  const std::vector<std::int64_t> cells{4, 3, 1, 1, 1};
  std::vector<std::int64_t> type;
  for (std::size_t t = 0; t < cells.size(); ++t) type.insert(type.end(), usize(cells[t]), isize(t));
  for (const std::int64_t size : {2, 4, 5, 7}) {
    double n = 0, sum = 0, squares = 0;
    std::vector<std::int64_t> room;
    each_draw(type, usize(size), 0, room, [&](std::vector<std::int64_t> chosen) {
      std::sort(chosen.begin(), chosen.end());
      const auto seen = static_cast<double>(std::unique(chosen.begin(), chosen.end()) - chosen.begin());
      n += 1, sum += seen, squares += seen * seen;
    });
    const double mean = sum / n, sd = std::sqrt(squares / n - mean * mean);
    const auto r = rarefaction(label_counts{cells, 0}, sizes{size});
    CHECK(r[0].types.value.value == doctest::Approx(mean));
    CHECK(r[0].types.low.value == doctest::Approx(std::max(1.0, mean - 1.96 * sd)));
    CHECK(r[0].types.high.value ==
          doctest::Approx(std::min(static_cast<double>(std::min<std::int64_t>(5, size)), mean + 1.96 * sd)));
  }
}

TEST_CASE("more cells never show fewer types, and all of them show all") {
  CHECK(rc::check([] {
    const auto cells = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 3000));
    const label_counts counts{cells, 0};
    const std::int64_t all = counts.labelled();
    RC_PRE(all > 0);
    double last = 0;
    for (const auto& r : rarefaction(counts, coverage::rarefaction_sizes(all))) {
      RC_ASSERT(r.types.value.value >= last - 1e-9);
      RC_ASSERT(r.types.low.value <= r.types.value.value + 1e-9);
      RC_ASSERT(r.types.high.value >= r.types.value.value - 1e-9);
      last = r.types.value.value;
    }
    RC_ASSERT(std::abs(last - static_cast<double>(counts.labels_seen())) < 1e-9);
  }));
}

TEST_CASE("the short form agrees with the long product, also among 22 million cells") {
  for (const std::int64_t all : {2000L, 100'000L, 22'189'056L})
    for (const std::int64_t kind : {256L, 300L, 777L})
      for (const std::int64_t drawn : {256L, 400L, 1000L}) {
        long double product = 0;
        for (std::int64_t i = 0; i < std::min(kind, drawn); ++i)
          product += std::log1p(-static_cast<long double>(std::max(kind, drawn)) / static_cast<long double>(all - i));
        CHECK(log_chance_unseen(all, kind, drawn) == doctest::Approx(static_cast<double>(product)).epsilon(1e-11));
      }
  // A type of 1,000 cells in half of 22 million: 2^-1000 within what the draw without replacement takes off.
  CHECK(log_chance_unseen(22'189'056, 1000, 11'094'528) == doctest::Approx(-693.17).epsilon(1e-4));
  CHECK(log_chance_unseen(22'189'056, 1, 11'094'528) == doctest::Approx(std::log(0.5)).epsilon(1e-13));
  CHECK(chance_seen(22'189'056, 11'000'000, 11'000'000) == 1);
  CHECK(chance_seen(10'000'000'000, 5, 1'000'000) == doctest::Approx(5e-4).epsilon(1e-3));
  CHECK(chance_seen(600, 300, 300) == 1);  // as many drawn as are not of the kind: one draw of very many has none of it
}

TEST_CASE("two of three donors: type 0 is in all, type 1 in two, type 2 in one") {
  const std::vector<std::int32_t> label{0, 0, 0, 1, 1, 2, -1, 9}, donor{5, 6, 7, 5, 6, 5, 8, -1};
  const auto r = coverage::types_by_donors(label, donor, sizes{0, 1, 2, 3});
  CHECK(r[0].types.value.value == 0);
  CHECK(r[1].types.value.value == doctest::Approx(2));  // 3, 2 and 1 types
  // Two donors: 5 and 6 have 3 types, 5 and 7 have 3, 6 and 7 have 2.
  CHECK(r[2].types.value.value == doctest::Approx(8.0 / 3));
  CHECK(r[2].types.low.value == doctest::Approx(8.0 / 3 - 1.96 * std::sqrt(2.0 / 9)));
  CHECK(r[2].types.high.value == 3);
  CHECK(r[3].types.value.value == doctest::Approx(3));
  CHECK(r[3].types.low.value == doctest::Approx(3));
  CHECK_THROWS_AS((void)coverage::types_by_donors(label, donor, sizes{4}), bad_option);
  CHECK_THROWS_AS((void)coverage::types_by_donors(label, {}, sizes{1}), bad_data);
}

TEST_CASE("sizes are ascending, each once, and end with all cells") {
  CHECK(coverage::rarefaction_sizes(1) == sizes{1});
  CHECK(coverage::rarefaction_sizes(3, 10) == sizes{1, 2, 3});
  CHECK(coverage::rarefaction_sizes(1000, 4) == sizes{1, 10, 100, 1000});
  CHECK(coverage::rarefaction_sizes(0).empty());
}

}  // namespace
}  // namespace tepui::tests::coverage_rarefaction
