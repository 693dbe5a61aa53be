#include <tepui/metric/integration/totals.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tepui::tests::totals {
namespace {

score known(std::string name, double value, double floor, double ceiling, std::int64_t n = 10) {
  score out;
  out.name = std::move(name);
  out.value = value;
  out.low = value - 0.125;
  out.high = value + 0.125;
  out.floor = floor;
  out.ceiling = ceiling;
  out.n = n;
  return out;
}
score unknown(std::string name, const std::string& why) {
  score out;
  out.name = std::move(name);
  out.value = out.low = out.high = out.floor = out.ceiling = measured::missing(why);
  return out;
}

constexpr std::array<std::string_view, 2> parts{"nmi", "ari"};

TEST_CASE("the mean of parts: values, ends, floors and ceilings each by themselves, other scores left alone") {
  const std::vector<score> scores{known("nmi", 0.5, 0.25, 1, 7), known("other", 0, 0, 0, 99), known("ari", 0.75, 0, 0.5, 9)};
  const score s = metric::mean_of_parts("bio", scores, parts);
  CHECK(s.name == "bio");
  CHECK(s.value.value == 0.625);
  CHECK(s.low.value == 0.5);
  CHECK(s.high.value == 0.75);
  CHECK(s.floor.value == 0.125);
  CHECK(s.ceiling.value == 0.75);
  CHECK(s.n == 9);
  CHECK(s.unit == "mean of 2 of 2 shares");
}

TEST_CASE("the prefix stands before the parts and before the mean, and parts of another prefix are not taken") {
  const std::vector<score> scores{known("a.nmi", 0.5, 0, 1), known("b.nmi", 1, 0, 1), known("a.ari", 0.25, 0, 1)};
  const score s = metric::mean_of_parts("bio", scores, parts, "a.");
  CHECK(s.name == "a.bio");
  CHECK(s.value.value == 0.375);
}

TEST_CASE("a part without a value, and one that was not measured, are named in the unit with the reason") {
  const std::vector<score> one{known("nmi", 0.5, 0, 1), unknown("ari", "all cells are of one label")};
  const score s = metric::mean_of_parts("bio", one, parts);
  CHECK(s.value.value == 0.5);
  CHECK(s.unit == "mean of 1 of 2 shares; without ari (all cells are of one label)");
  const std::vector<score> none{unknown("ari", "why")};
  const score nothing = metric::mean_of_parts("bio", none, parts);
  CHECK(!nothing.value.known());
  CHECK(nothing.unit == "mean of 0 of 2 shares; without nmi (not measured), ari (why)");
  CHECK(nothing.value.reason == "only 0 of its 2 parts have a value; without nmi (not measured), ari (why)");
  CHECK(nothing.floor.reason == nothing.value.reason);
  CHECK(metric::mean_of_parts("bio", {}, parts).n == 0);
}

TEST_CASE("a floor that one part lacks is missing by that part's reason; the value is there") {
  std::vector<score> scores{known("nmi", 0.5, 0, 1), known("ari", 0.25, 0, 1)};
  scores[1].floor = measured::missing("nothing before integration");
  scores[0].high = measured::missing("no resamples were asked for");
  const score s = metric::mean_of_parts("bio", scores, parts);
  CHECK(s.value.value == 0.375);
  CHECK(s.floor.reason == "ari: nothing before integration");
  CHECK(s.high.reason == "nmi: no resamples were asked for");
  CHECK(s.low.known());
  CHECK(s.ceiling.value == 1);
}

TEST_CASE("scIB's total is 0.6 of biology and 0.4 of mixing, in every field") {
  const score bio = known("bio", 0.5, 0.25, 1, 7), batch = known("batch", 0.75, 0.5, 0.875, 5);
  const score s = metric::scib_total(bio, batch);
  CHECK(s.name == "scib_total");
  CHECK(s.unit == "0.6 bio + 0.4 batch");
  CHECK(s.n == 7);
  CHECK(s.value.value == doctest::Approx(0.6).epsilon(1e-15));
  CHECK(s.low.value == doctest::Approx(0.475).epsilon(1e-15));
  CHECK(s.high.value == doctest::Approx(0.725).epsilon(1e-15));
  CHECK(s.floor.value == doctest::Approx(0.35).epsilon(1e-15));
  CHECK(s.ceiling.value == doctest::Approx(0.95).epsilon(1e-15));
  const score half = metric::scib_total(bio, unknown("batch", "the cells come without batches"), "total");
  CHECK(half.name == "total");
  CHECK(half.value.reason == "batch: the cells come without batches");
  CHECK(half.ceiling.reason == half.value.reason);
}

TEST_CASE("a mean of parts lies between its parts, whatever their order") {
  CHECK(rc::check("between", [](std::uint8_t a, std::uint8_t b) {
    const std::vector<score> scores{known("nmi", a / 256.0, 0, 1), known("ari", b / 256.0, 0, 1)},
        turned{scores[1], scores[0]};
    const double mean = metric::mean_of_parts("bio", scores, parts).value.value;
    RC_ASSERT(mean >= std::min(a, b) / 256.0);
    RC_ASSERT(mean <= std::max(a, b) / 256.0);
    RC_ASSERT(metric::mean_of_parts("bio", turned, parts).value.value == mean);
  }));
}

TEST_CASE("scIB's and scGPT's parts are named once each") {
  const auto once = [](const auto& of) {
    for (std::size_t i = 0; i < std::size(of); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (of[i] == of[j]) return false;
    return true;
  };
  CHECK(once(metric::scib_parts::bio));
  CHECK(once(metric::scib_parts::batch));
  CHECK(once(metric::scgpt_parts::bio));
  CHECK(once(metric::scgpt_parts::batch));
}

}  // namespace
}  // namespace tepui::tests::totals
