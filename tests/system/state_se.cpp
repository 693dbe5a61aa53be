#include <tepui/system/state_se.hpp>

#include <set>

#include "system/golden_cells.hpp"

namespace tepui::tests::state_system {
namespace {

TEST_CASE("State's counts beside its tokens are percentages of the summed logs, and genes come highest first") {
  if (golden::missing()) return;
  const auto data = golden::counts();
  const auto got = golden::tokens(system::state_se{.words = golden::words_from(0), .slots = 41}, data);
  const auto file = golden::read("state_se_weights.json");
  for (const auto& record : file["records"]) {
    const auto c = record["row"].get<std::size_t>();
    const auto share = golden::numbers(record["expression_weights_x100"]), logged = golden::numbers(record["log_counts"]);
    const auto ids = golden::ids_of(got, c);
    const auto value = golden::channel_of<channel::value>(got, c);
    REQUIRE(ids.size() == 41);
    CHECK(ids[0] == 40);
    CHECK(value[0] == 0);
    CHECK(std::set(ids.begin(), ids.end()).size() == 41);  // genes without counts stand once each
    for (std::size_t k = 1; k < 41; ++k) {
      CHECK(value[k] == doctest::Approx(share[usize(ids[k])]).epsilon(1e-6));
      if (k > 1) CHECK(logged[usize(ids[k])] <= logged[usize(ids[k - 1])]);
    }
  }
}

TEST_CASE("more slots than genes: the expressed ones, then the others drawn again and again") {
  const auto data = golden::cells_of_rows({{0, 5, 0, 2}});
  const auto got = golden::tokens(system::state_se{.words = golden::words_from(0, 4), .slots = 20}, data);
  const auto ids = golden::ids_of(got, 0);
  REQUIRE(ids.size() == 20);
  CHECK(ids[1] == 1);
  CHECK(ids[2] == 3);
  for (std::size_t k = 3; k < 20; ++k) CHECK((ids[k] == 0 || ids[k] == 2));
}

TEST_CASE("genes of equal expression stand in another order in another cell") {
  const std::vector<double> row(30, 1.0);
  const auto got = golden::tokens(system::state_se{.words = golden::words_from(0, 30)}, golden::cells_of_rows({row, row}));
  auto one = golden::ids_of(got, 0), two = golden::ids_of(got, 1);
  one.resize(31);
  two.resize(31);
  CHECK(one != two);
}

}  // namespace
}  // namespace tepui::tests::state_system
