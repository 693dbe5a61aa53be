#include <tepui/metric/partition/agreement.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

#include <tepui/metric/partition/ami.hpp>
#include <tepui/metric/partition/ari.hpp>
#include <tepui/metric/partition/homogeneity.hpp>
#include <tepui/metric/partition/nmi.hpp>

#include "metric/partition/partition_pairs.hpp"

namespace tepui::tests::partition_agreement {
namespace {

using metric::contingency;
using metric::mean_entropy;
using partition_pairs::codes;

TEST_CASE("agreement of partitions equals scikit-learn's and scib's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto close = [](double ours, double theirs) { return std::abs(ours - theirs) <= 1e-10; };
  for (const auto& pair : partition_pairs::golden(shared)) {
    CAPTURE(pair.name);
    const contingency& c = pair.table;
    auto wanted = pair.wanted;
    CHECK(close(metric::mutual_information(c), wanted.at("mi_nats")));
    CHECK(close(metric::normalized_information(c), wanted.at("nmi_arith")));
    CHECK(close(metric::normalized_information(c, mean_entropy::geometric), wanted.at("nmi_geo")));
    CHECK(close(metric::normalized_information(c, mean_entropy::smaller), wanted.at("nmi_min")));
    CHECK(close(metric::normalized_information(c, mean_entropy::larger), wanted.at("nmi_max")));
    CHECK(close(metric::adjusted_rand(c), wanted.at("ari_sklearn")));
    CHECK(close(metric::adjusted_information(c), wanted.at("ami")));
    const measured scib = metric::adjusted_rand_scib(c);
    CHECK(scib.known() == (wanted.count("ari_scib") == 1));
    if (scib.known())
      CHECK(close(scib.value, wanted.at("ari_scib")));
    else
      CHECK(!scib.reason.empty());
    const metric::shared_shares shares(c);
    CHECK(close(shares.homogeneity, pair.hcv[0]));
    CHECK(close(shares.completeness, pair.hcv[1]));
    CHECK(close(shares.v, pair.hcv[2]));
  }
}

TEST_CASE("two halves against two halves, by pencil") {
  // Labels aabb, clusters xyxy: no pair is together in both; 2 pairs in labels only, 2 in clusters only, 2 in none.
  const std::vector<std::int32_t> truth{0, 0, 1, 1}, found{0, 1, 0, 1};
  const contingency c(truth, found);
  CHECK(metric::mutual_information(c) == 0);
  CHECK(metric::entropy(c.truth) == doctest::Approx(std::log(2.0)));
  CHECK(metric::adjusted_rand(c) == doctest::Approx(2.0 * (0 * 2 - 2 * 2) / (2 * 4 + 2 * 4)));
  // The overlap of both first groups is 0, 1 or 2 with chances 1/6, 4/6, 1/6: the two ends tell log 2, the middle nothing.
  CHECK(metric::expected_information(c) == doctest::Approx(std::log(2.0) / 3).epsilon(1e-14));
  CHECK(metric::adjusted_information(c) == doctest::Approx(-0.5).epsilon(1e-14));
}

TEST_CASE("the expected information is the mean over deals of the labels") {
  const auto truth = codes(60, 3, 1);
  auto found = codes(60, 7, 2);
  const kernel::draws random(3, "tests: deals");
  double sum = 0, squares = 0;
  constexpr int deals = 3000;
  for (int d = 0; d < deals; ++d) {
    for (std::int64_t i = 59; i > 0; --i)
      std::swap(found[usize(i)], found[usize(random.below(i + 1, i, static_cast<std::uint64_t>(d)))]);
    const double mi = metric::mutual_information(contingency(truth, found));
    sum += mi;
    squares += mi * mi;
  }
  const double mean = sum / deals, error = std::sqrt((squares / deals - mean * mean) / deals);
  CHECK(std::abs(metric::expected_information(contingency(truth, found)) - mean) < 4 * error);
}

TEST_CASE("10 million cells overflow nothing") {
  contingency c(codes(4, 2, 1), codes(4, 2, 2));
  c.place = {{0, 0, 4'000'000}, {0, 1, 1'000'000}, {1, 0, 1'000'000}, {1, 1, 4'000'000}};
  c.recount(std::vector<std::int64_t>{4'000'000, 1'000'000, 1'000'000, 4'000'000});
  const double share = 0.8 * std::log(1.6) + 0.2 * std::log(0.4);
  CHECK(metric::normalized_information(c) == doctest::Approx(share / std::log(2.0)).epsilon(1e-12));
  CHECK(metric::adjusted_rand(c) == doctest::Approx(0.36).epsilon(1e-6));
  // One degree of freedom: about 1 / (2 n) nats by chance.
  CHECK(metric::expected_information(c) == doctest::Approx(0.5e-7).epsilon(1e-4));
  const metric::interval ends =
      metric::interval_of_table(c, {}, [](const contingency& t) { return metric::adjusted_rand(t); });
  CHECK(ends.low.value < 0.36);
  CHECK(ends.high.value > 0.36);
  CHECK(ends.high.value - ends.low.value < 0.003);
}

TEST_CASE("agreement is symmetric, at most 1, and does not see how labels are numbered") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(2, 60);
    const auto a = codes(n, *rc::gen::inRange<std::int32_t>(1, 6), *rc::gen::arbitrary<std::uint64_t>());
    const auto b = codes(n, *rc::gen::inRange<std::int32_t>(1, 9), *rc::gen::arbitrary<std::uint64_t>());
    auto renamed = a;
    for (auto& l : renamed) l = 17 - 2 * l;
    const contingency c(a, b), turned(b, a), other(renamed, b);
    RC_ASSERT(std::abs(metric::normalized_information(c) - metric::normalized_information(turned)) < 1e-12);
    RC_ASSERT(metric::normalized_information(c) == metric::normalized_information(other));
    RC_ASSERT(metric::adjusted_rand(c) == metric::adjusted_rand(other));
    RC_ASSERT(std::abs(metric::adjusted_rand(c) - metric::adjusted_rand(turned)) < 1e-12);
    RC_ASSERT(metric::adjusted_information(c) == metric::adjusted_information(other));
    RC_ASSERT(metric::adjusted_rand(c) <= 1 && metric::adjusted_information(c) <= 1);
    const double nmi = metric::normalized_information(c);
    RC_ASSERT(nmi >= 0 && nmi <= 1);
    RC_ASSERT(metric::normalized_information(contingency(a, renamed)) > 1 - 1e-12);
    const metric::shared_shares shares(c);
    if (metric::entropy(c.truth) > 0 || metric::entropy(c.found) > 0) RC_ASSERT(std::abs(shares.v - nmi) < 1e-12);
  }));
}

TEST_CASE("heads give value, floor, ceiling and interval") {
  auto truth = codes(400, 4, 5), found = truth;
  for (std::size_t i = 0; i < 100; ++i) found[i] = static_cast<std::int32_t>(i % 6);
  const metric::two_partitions of(truth, found);
  const auto scores = metric::measure(of, {.prefix = "p."}, metric::nmi{}, metric::nmi{mean_entropy::larger}, metric::ari{},
                                      metric::ami{}, metric::homogeneity_completeness{});
  REQUIRE(scores.size() == 7);
  CHECK(scores[0].name == "p.nmi");
  CHECK(scores[1].name == "p.nmi[max]");
  CHECK(scores[2].name == "p.ari");
  CHECK(scores[6].name == "p.v_measure");
  for (const auto& s : scores) {
    CAPTURE(s.name);
    CHECK(s.n == 400);
    CHECK(s.floor.value < s.value.value);
    CHECK(s.low.value < s.value.value);
    CHECK(s.high.value > s.value.value);
    CHECK(s.ceiling.value == 1);
    CHECK((s.unit == "share") == (s.name != "p.ari" && s.name != "p.ami"));
  }
  CHECK(scores[0].floor.value > 0);
  CHECK(scores[2].floor.value == 0);
}

TEST_CASE("the interval of labels and clusters that have nothing in common holds 0") {
  int held = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto truth = codes(300, 5, 2 * seed), found = codes(300, 8, 2 * seed + 1);
    const auto s = metric::ami{}(metric::two_partitions(truth, found), {.resamples = 200})[0];
    CHECK(s.low.value <= s.value.value);
    CHECK(s.high.value >= s.value.value);
    held += s.low.value <= 0 && s.high.value >= 0;
  }
  CHECK(held >= 17);
}

TEST_CASE("one label and no cells give the reason; one cluster is a poor answer, not a missing one") {
  const std::vector<std::int32_t> one(20, 0), two = codes(20, 2, 1);
  for (const auto& s : metric::measure(metric::two_partitions(one, two), {}, metric::nmi{}, metric::ari{}, metric::ami{}))
    CHECK(s.value.reason ==
          "all cells have the same label, so that no grouping can agree with the labels more than another");
  for (const auto& s : metric::measure(
           metric::two_partitions(std::span<const std::int32_t>{}, std::span<const std::int32_t>{}), {}, metric::nmi{}))
    CHECK(s.value.reason == "there are no cells to score");
  for (const auto& s : metric::measure(metric::two_partitions(two, one), {}, metric::nmi{}, metric::ari{}, metric::ami{}))
    CHECK(s.value.value == 0);
  const auto none = metric::nmi{}(metric::two_partitions(two, one), {.resamples = 0});
  CHECK(none[0].low.reason == "no resamples were asked for");
}

TEST_CASE("cells drawn again by group are as many, and spread as binomials do") {
  const kernel::draws random(9, "tests: again");
  const std::vector<std::int64_t> cells{3, 40, 957, 4000};
  std::vector<std::int64_t> again;
  std::vector<double> sum(4, 0), squares(4, 0);
  constexpr int times = 4000;
  for (int t = 0; t < times; ++t) {
    metric::draw_again(cells, random, t, again);
    REQUIRE(std::accumulate(again.begin(), again.end(), std::int64_t{0}) == 5000);
    for (std::size_t g = 0; g < 4; ++g) {
      const auto apart = static_cast<double>(again[g] - cells[g]);
      sum[g] += apart;
      squares[g] += apart * apart;
    }
  }
  for (std::size_t g = 0; g < 4; ++g) {
    const double share = static_cast<double>(cells[g]) / 5000, variance = 5000 * share * (1 - share);
    CHECK(std::abs(sum[g] / times) < 4 * std::sqrt(variance / times));
    CHECK(squares[g] / times == doctest::Approx(variance).epsilon(0.12));
  }
}

}  // namespace
}  // namespace tepui::tests::partition_agreement
