#include <tepui/system/cellfm.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::cellfm_system {
namespace {

TEST_CASE("CellFM's cell: genes in the order of the list with logged values of the list's counts") {
  const vocabulary words{{golden::gene_name(0), golden::gene_name(2), golden::gene_name(3)}, {3, 1, 2}, ""};
  const auto got = golden::tokens(system::cellfm{.words = words}, golden::cells_of_rows({{1, 50, 3, 0}, {0, 5, 0, 0}}));
  CHECK(golden::ids_of(got, 0) == golden::ids{1, 3});
  const auto value = golden::channel_of<channel::value>(got, 0);
  CHECK(value[0] == doctest::Approx(std::log1p(7500.0)).epsilon(1e-6));
  CHECK(value[1] == doctest::Approx(std::log1p(2500.0)).epsilon(1e-6));
  CHECK(golden::ids_of(got, 1).empty());
}

TEST_CASE("where there are too many genes, the more expressed are likelier, and they stay in order") {
  std::vector<double> row(20, 1.0);
  for (std::size_t g = 10; g < 20; ++g) row[g] = 1000;
  const auto got =
      golden::tokens(system::cellfm{golden::words_from(1, 20), 10}, golden::cells_of_rows(std::vector(200, row)));
  int high = 0;
  for (std::size_t c = 0; c < 200; ++c) {
    const auto ids = golden::ids_of(got, c);
    CHECK(ids.size() == 10);
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    for (const std::int32_t id : ids) high += id > 10 ? 1 : 0;
  }
  CHECK(high > 1500);  // of 2,000; half of them would be 1,000
}

}  // namespace
}  // namespace tepui::tests::cellfm_system
