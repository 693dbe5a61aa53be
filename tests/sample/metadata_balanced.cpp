#include <tepui/sample/metadata_balanced.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_metadata_balanced {
namespace {
using sample::column;
using sample::effective_levels;
using sample::metadata_balanced;
using codes = std::vector<std::int32_t>;

TEST_CASE("metadata balancing keeps the laws of a sampler, with round(fraction * cells) cells") {
  laws::sampler([](double fraction) { return metadata_balanced{.fraction = fraction, .columns = {"donor"}}; },
                [](const sample::population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(cells.n_cells));
                });
}

// Donors 0 and 1 have 6 and 1 cells of tissue 0, 2 and 3 of tissue 1. Equal sums keep the ratio 6 * 3 / (2 * 1) = 9, so the
// diagonal holds 3/8 + 3/8 of the weight.
TEST_CASE("two donors, two tissues: weights by hand") {
  const codes donor{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, tissue{0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1};
  const std::vector<column> columns{{"donor", donor}, {"tissue", tissue}};
  const sample::raked out = sample::rake(columns, 12);
  CHECK(out.miss <= 1e-6);
  CHECK(std::accumulate(out.weight.begin(), out.weight.end(), 0.0) == doctest::Approx(1));
  for (std::size_t i = 0; i < 12; ++i) CHECK(out.weight[i] == doctest::Approx(i < 8 ? 1.0 / 16 : 1.0 / 8).epsilon(1e-6));
}

TEST_CASE("the levels of every column weigh the same, whatever the table, as long as all combinations occur") {
  CHECK(rc::check([] {
    const auto n_donors = *rc::gen::inRange<std::int32_t>(1, 5), n_tissues = *rc::gen::inRange<std::int32_t>(1, 4);
    codes donor, tissue, assay;
    for (std::int32_t d = 0; d < n_donors; ++d)
      for (std::int32_t t = 0; t < n_tissues; ++t)
        for (std::int32_t a = 0; a < 2; ++a) {
          const auto n = *rc::gen::inRange<std::size_t>(1, 30);
          donor.insert(donor.end(), n, d);
          tissue.insert(tissue.end(), n, t);
          assay.insert(assay.end(), n, a);
        }
    const std::vector<column> columns{{"donor", donor}, {"tissue", tissue}, {"assay", assay}};
    const sample::raked out = sample::rake(columns, isize(donor.size()));
    RC_ASSERT(out.miss <= 1e-6);
    for (const column& c : columns) {
      std::vector<double> sum(sample::cells_of_label(c.code).size(), 0.0);
      for (std::size_t i = 0; i < c.code.size(); ++i) sum[usize(c.code[i])] += out.weight[i];
      for (const double s : sum) RC_ASSERT(std::abs(s * static_cast<double>(sum.size()) - 1) < 1e-5);
    }
  }));
}

TEST_CASE("a choice is more even than chance in every column at once") {
  codes donor, tissue;
  const kernel::draws random(1, "cells");
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const double u = random.uniform(i, 0), v = random.uniform(i, 1);
    donor.push_back(static_cast<std::int32_t>(10 * u * u * u));
    tissue.push_back(static_cast<std::int32_t>(6 * v * v));
  }
  const std::vector<column> columns{{"donor", donor}, {"tissue", tissue}};
  const auto chosen = metadata_balanced{.fraction = 0.02}({.n_cells = 20'000, .columns = columns}, kernel::draws(1, "test"));
  CHECK(chosen.size() == 400);
  CHECK(effective_levels(donor) < 8.3);
  CHECK(effective_levels(donor, chosen) > 9.5);
  CHECK(effective_levels(tissue) < 5.7);
  CHECK(effective_levels(tissue, chosen) > 5.8);
}

TEST_CASE("a level with few cells is chosen nearly whole") {
  codes study(10'000, 0);
  for (std::size_t i = 0; i < 5; ++i) study[1000 * i] = 1;
  const std::vector<column> columns{{"study", study}};
  const auto chosen = metadata_balanced{.fraction = 0.05}({.n_cells = 10'000, .columns = columns}, kernel::draws(1, "test"));
  CHECK(std::count_if(chosen.begin(), chosen.end(), [&](std::int64_t row) { return study[usize(row)] == 1; }) == 5);
}

TEST_CASE("effective levels: two of equal share are two, one is one") {
  CHECK(effective_levels(codes{0, 1, 0, 1}) == doctest::Approx(2));
  CHECK(effective_levels(codes{3, 3, -1}) == doctest::Approx(1));
  CHECK(effective_levels(codes{0, 1, 1, 1}, std::vector<std::int64_t>{0, 3}) == doctest::Approx(2));
  CHECK(effective_levels(codes{-1}) == 0);
}

// Donor 0 is all of study 0, donors 1 and 2 are study 1: with equal donors study 1 weighs twice as much as study 0.
TEST_CASE("levels that cannot all weigh the same are said to be so") {
  const codes donor{0, 0, 1, 2, 2}, study{0, 0, 1, 1, 1};
  const std::vector<column> columns{{"donor", donor}, {"study", study}};
  const sample::population cells{.n_cells = 5, .columns = columns};
  CHECK_THROWS_WITH_AS(
      (void)(metadata_balanced{.fraction = 0.5}(cells, kernel::draws())),
      "sample::metadata_balanced: the levels cannot all weigh the same: after 1000 rounds level 0 of column donor misses "
      "its equal share "
      "by 50 %, since levels of one column occur with few of another; balance fewer columns, or allow it with most_miss",
      bad_data);
  const metadata_balanced any{.fraction = 0.5, .most_miss = std::numeric_limits<double>::infinity()};
  const sample::raked out = any.weights(cells);
  CHECK(out.weight[0] + out.weight[1] == doctest::Approx(0.5));  // the last column comes out equal
  CHECK(any(cells, kernel::draws()).size() == 2);
  CHECK(metadata_balanced{.fraction = 1, .most_miss = 1}(cells, kernel::draws()).size() == 5);
}

TEST_CASE("missing values are refused, or a level of their own") {
  const codes donor{0, -1, 1, -1, 1, 1};
  const std::vector<column> columns{{"donor", donor}};
  const sample::population cells{.n_cells = 6, .columns = columns};
  CHECK_THROWS_WITH_AS(
      (void)metadata_balanced{}(cells, kernel::draws()),
      "sample::metadata_balanced: column donor has no value in row 1; leave such cells out, or set missing_is_a_level",
      bad_data);
  const sample::raked out = metadata_balanced{.missing_is_a_level = true}.weights(cells);
  CHECK(out.weight[0] == doctest::Approx(1.0 / 3));
  CHECK(out.weight[1] == doctest::Approx(1.0 / 6));
}

TEST_CASE("columns that are not there are named") {
  const codes donor{0, 1}, few{0};
  const std::vector<column> columns{{"donor", donor}, {"few", few}};
  const sample::population cells{.n_cells = 2, .columns = columns};
  CHECK_THROWS_WITH_AS(
      (void)(metadata_balanced{.columns = {"tissue"}}(cells, kernel::draws())),
      "sample::metadata_balanced: there is no column tissue; give it in population::columns, which has donor, few",
      bad_option);
  CHECK_THROWS_WITH_AS((void)(metadata_balanced{.columns = {"few"}}(cells, kernel::draws())),
                       "sample::metadata_balanced: column few has 1 codes for 2 cells; give one code a cell", bad_option);
  CHECK_THROWS_WITH_AS(
      (void)metadata_balanced{}({.n_cells = 2}, kernel::draws()),
      "sample::metadata_balanced: there are no columns to balance; give population::columns, such as donor and tissue",
      bad_option);
}

TEST_CASE("the description names the columns") {
  CHECK(metadata_balanced{.fraction = 0.1, .columns = {"donor", "tissue"}}.describe() ==
        "metadata_balanced(0.1, donor + tissue)");
  CHECK(metadata_balanced{.fraction = 0.1, .missing_is_a_level = true, .most_miss = 1}.describe() ==
        "metadata_balanced(0.1, missing is a level, miss up to 1)");
}

}  // namespace
}  // namespace tepui::tests::sample_metadata_balanced
