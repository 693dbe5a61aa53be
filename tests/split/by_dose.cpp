#include <tepui/split/by_dose.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "laws/split_laws.hpp"

namespace tepui::tests::split_by_dose {
namespace {
using rows = std::vector<std::int64_t>;
using split::by_dose;

/// Drug A at 0, 1, 10, 100 and drug B at 0, 5, 50; the doses not in order.
table seven_cells() {
  table obs;
  obs.index = {"a", "b", "c", "d", "e", "f", "g"};
  obs.columns.emplace_back("dose", std::vector<double>{10, 0, 100, 1, 50, 0, 5});
  obs.columns.emplace_back("drug", categorical{{0, 0, 0, 0, 1, 1, 1}, {"A", "B"}});
  return obs;
}

TEST_CASE("by dose keeps the laws of splits") {
  const auto as_labels = [](const table& obs) {
    categorical out;
    for (const double dose : std::get<std::vector<double>>(*obs.find("dose"))) {
      const std::string text = shortest(dose);
      const auto found = std::ranges::find(out.category, text);
      out.code.push_back(static_cast<std::int32_t>(found - out.category.begin()));
      if (found == out.category.end()) out.category.push_back(text);
    }
    return out;
  };
  laws::split([](const table& obs, std::uint64_t) { return by_dose(obs, {.n_lowest = 1, .n_validation = 1}); }, as_labels,
              {.seeded = false});
}

TEST_CASE("the highest dose is tested, the next validates, the rest and the untreated train") {
  const auto parts = by_dose(seven_cells(), {.n_validation = 1});
  CHECK(parts.test == rows{2});
  CHECK(parts.validation == rows{4});
  CHECK(parts.train == rows{0, 1, 3, 5, 6});
  CHECK(parts.how == "held out dose: 100, 50 (validation)");
}

TEST_CASE("the lowest dose is the lowest above the control, and where there is no control it is 0") {
  CHECK(by_dose(seven_cells(), {.n_highest = 0, .n_lowest = 1}).test == rows{3});
  CHECK(by_dose(seven_cells(), {.n_highest = 0, .n_lowest = 1, .control = std::nullopt}).test == rows{1, 5});
  CHECK(by_dose(seven_cells(), {.n_lowest = 1}).how == "held out dose: 1, 100");
}

TEST_CASE("within each drug the doses are its own") {
  const auto parts = by_dose(seven_cells(), {.within = "drug"});
  CHECK(parts.test == rows{2, 4});
  CHECK(parts.train == rows{0, 1, 3, 5, 6});
  CHECK(parts.how == "held out dose within drug: A 100, B 50");
  CHECK_THROWS_WITH_AS(
      (void)by_dose(seven_cells(), {.n_validation = 1, .within = "drug"}),
      "split: column 'dose' has 2 doses for drug 'B' beside the control, and 2 are to be held out with one left to train "
      "on; hold out fewer, or leave those cells out",
      bad_data);
}

TEST_CASE("doses may be whole numbers, text or categories, as long as they are numbers") {
  table obs = seven_cells();
  obs.columns[0].second = categorical{{3, 0, 4, 1, 2, 0, 1}, {"0.0", "1", "5e1", "10.0", "100"}};
  CHECK(by_dose(obs).test == rows{2});
  CHECK(by_dose(obs, {.n_highest = 2}).test == rows{2, 4});
  obs.columns[0].second = std::vector<std::optional<std::int64_t>>{10, 0, 100, 1, 50, 0, 5};
  CHECK(by_dose(obs).test == rows{2});
  obs.columns[0].second = std::vector<std::optional<std::string>>{"10", "0", "100", "1", "50 uM", "0", "5"};
  CHECK_THROWS_WITH_AS(
      (void)by_dose(obs),
      "split: column 'dose' has '50 uM' in row 4, but doses are finite numbers; give every cell a number, and untreated "
      "cells 0",
      bad_data);
  obs.columns[0].second = std::vector<std::optional<std::string>>{"10", std::nullopt, "100", "1", "50", "0", "5"};
  CHECK_THROWS_WITH_AS(
      (void)by_dose(obs),
      "split: column 'dose' has no value in row 1, but doses are finite numbers; give every cell a number, and untreated "
      "cells 0",
      bad_data);
  obs.columns[0].second = std::vector<double>{10, std::nan(""), 100, 1, 50, 0, 5};
  CHECK_THROWS_AS((void)by_dose(obs), bad_data);
  obs.columns[0].second = std::vector<double>{10, HUGE_VAL, 100, 1, 50, 0, 5};
  CHECK_THROWS_AS((void)by_dose(obs), bad_data);
}

TEST_CASE("a column that is not there, nothing to hold out, and nothing left are refused") {
  CHECK_THROWS_AS((void)by_dose(seven_cells(), {}, "dosage"), bad_data);
  CHECK_THROWS_AS((void)by_dose(seven_cells(), {.n_highest = 0}), bad_option);
  CHECK_THROWS_AS((void)by_dose(seven_cells(), {.n_highest = -1, .n_lowest = 2}), bad_option);
  CHECK_THROWS_WITH_AS(
      (void)by_dose(seven_cells(), {.n_highest = 5}),
      "split: column 'dose' has 5 doses beside the control, and 5 are to be held out with one left to train on; hold out "
      "fewer, or leave those cells out",
      bad_data);
  table obs = seven_cells();
  obs.columns[0].second = std::vector<double>(7, 0);
  CHECK_THROWS_AS((void)by_dose(obs), bad_data);
  CHECK_THROWS_AS((void)by_dose(obs, {.within = "drug"}), bad_data);
}

}  // namespace
}  // namespace tepui::tests::split_by_dose
