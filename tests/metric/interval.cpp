/// Intervals: what is written down agrees with what is drawn.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <tepui/metric/interval.hpp>

namespace intervals_of_metrics {

using namespace tepui;

using numbers = std::vector<double>;
numbers some(std::int64_t n, int power = 1) {
  const kernel::draws random(5, "values");
  numbers out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(std::pow(random.uniform(i), power));
  return out;
}
metric::interval drawn_mean(const numbers& of, const metric::score_options& options,
                            std::span<const std::int32_t> group = {}) {
  return metric::interval_by_resampling(isize(of.size()), group, options, [&](std::span<const std::int64_t> rows) {
    double sum = 0;
    for (const std::int64_t r : rows) sum += of[usize(r)];
    return sum / static_cast<double>(rows.size());
  });
}
/// Both ends agree within a share of the width.
void agree(const metric::interval& a, const metric::interval& b, double share) {
  const double width = b.high.value - b.low.value;
  CAPTURE(a.low.value);
  CAPTURE(b.low.value);
  CAPTURE(a.high.value);
  CAPTURE(b.high.value);
  CHECK(width > 0);
  CHECK(std::abs(a.low.value - b.low.value) < share * width);
  CHECK(std::abs(a.high.value - b.high.value) < share * width);
}

TEST_CASE("metric.interval: quantiles lie between neighbours in proportion") {
  CHECK(metric::quantile({3, 1, 2}, 0.5).value == 2);
  CHECK(metric::quantile({0, 10}, 0.25).value == 2.5);
  CHECK(metric::quantile({NAN, 4}, 0.9).value == 4);
  CHECK_FALSE(metric::quantile({NAN}, 0.9).known());
}

TEST_CASE("metric.interval: rows drawn again stay in their groups, which keep their sizes") {
  const std::vector<std::int32_t> group{2, 0, 2, 2, 0, 5};
  metric::row_resampler draw(6, group, 1);
  std::vector<int> seen(6, 0);
  for (std::int64_t b = 0; b < 200; ++b) {
    const auto rows = draw(b);
    for (std::size_t i = 0; i < 6; ++i) {
      REQUIRE(group[usize(rows[i])] == group[i]);
      ++seen[usize(rows[i])];
    }
  }
  CHECK(seen[5] == 200);
  CHECK(seen[0] > 150);
  CHECK(seen[0] < 250);
  // Other codes for the same groups draw the same rows.
  const std::vector<std::int32_t> other{0, 7, 0, 0, 7, 1};
  metric::row_resampler again(6, other, 1);
  const auto rows = draw(3);
  const std::vector<std::int64_t> kept(rows.begin(), rows.end());
  const auto same = again(3);
  CHECK(std::vector<std::int64_t>(same.begin(), same.end()) == kept);
  CHECK_THROWS_AS(metric::row_resampler(5, group, 1), bad_data);
  const std::vector<std::int32_t> missing{0, -1};
  CHECK_THROWS_AS(metric::row_resampler(2, missing, 1), bad_data);
}

TEST_CASE("metric.interval: every cell is drawn equally often") {
  metric::row_resampler draw(10, {}, 3);
  std::vector<int> seen(10, 0);
  for (std::int64_t b = 0; b < 1000; ++b)
    for (const std::int64_t r : draw(b)) ++seen[usize(r)];
  for (const int s : seen) CHECK(std::abs(s - 1000) < 150);
}

TEST_CASE("metric.interval: the mean of many cells is written down as it would be drawn") {
  const metric::score_options options{.resamples = 4000};
  for (const int power : {1, 4}) {
    const numbers many = some(5001, power);
    const auto written = metric::expanded_interval_of_mean(many, 0.95);
    CHECK(written.certain);
    agree(written.range, drawn_mean(many, options), 0.03);
    const auto used = metric::interval_of_mean(many, options);
    CHECK(used.low.value == written.range.low.value);
    CHECK(used.high.value == written.range.high.value);
  }
  // With groups, differences between groups do not count.
  numbers values = some(4000);
  std::vector<std::int32_t> group;
  for (std::size_t i = 0; i < values.size(); ++i) {
    group.push_back(static_cast<std::int32_t>(i % 3));
    values[i] += 5 * static_cast<double>(i % 3);
  }
  agree(metric::interval_of_mean(values, options, group), drawn_mean(values, options, group), 0.03);
  const auto free = metric::interval_of_mean(values, options), tied = metric::interval_of_mean(values, options, group);
  CHECK(free.high.value - free.low.value > 5 * (tied.high.value - tied.low.value));
}

TEST_CASE("metric.interval: a mean that few cells decide is drawn, however many cells there are") {
  numbers rare(5000, 0.0);
  rare[17] = rare[18] = rare[4000] = 1;
  CHECK_FALSE(metric::expanded_interval_of_mean(rare, 0.95).certain);
  const metric::score_options options{.resamples = 500};
  const auto used = metric::interval_of_mean(rare, options), drawn = drawn_mean(rare, options);
  CHECK(used.low.value == drawn.low.value);
  CHECK(used.high.value == drawn.high.value);
  CHECK(used.low.value >= 0);
}

TEST_CASE("metric.interval: equal values have no width, no cells no interval") {
  const numbers same(3000, 0.5);
  const auto none = metric::interval_of_mean(same, {});
  CHECK(none.low.value == 0.5);
  CHECK(none.high.value == 0.5);
  CHECK_FALSE(metric::interval_of_mean({}, {}).low.known());
  CHECK_FALSE(metric::interval_of_median({}, {}).low.known());
  CHECK(metric::interval_of_mean(same, {.resamples = 0}).low.reason == "no resamples were asked for");
  CHECK(metric::interval_of_median(same, {.resamples = 0}).low.reason == "no resamples were asked for");
  CHECK_THROWS_AS((void)metric::interval_of_mean(same, {.level = 1}), bad_option);
}

TEST_CASE("metric.interval: the median of many cells is written down as it would be drawn") {
  const metric::score_options options{.resamples = 1500};
  for (const std::int64_t n : {2001, 4000}) {
    const numbers many = some(n, 3);
    numbers again(many.size());
    const auto drawn = metric::interval_by_resampling(n, {}, options, [&](std::span<const std::int64_t> rows) {
      for (std::size_t i = 0; i < rows.size(); ++i) again[i] = many[usize(rows[i])];
      return metric::quantile(again, 0.5).value;
    });
    agree(metric::interval_of_median(many, options), drawn, 0.06);
  }
  // Below, it is drawn.
  const auto small = metric::interval_of_median(some(9), options);
  CHECK(small.low.value < small.high.value);
}

}  // namespace intervals_of_metrics
