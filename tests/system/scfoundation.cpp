#include <tepui/system/scfoundation.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::scfoundation_system {
namespace {

TEST_CASE("scFoundation's cell: expressed genes of the list by place, then the target depth and its own") {
  const vocabulary words{{golden::gene_name(0), golden::gene_name(2), "G9"}, {2, 0, 1}, ""};
  const system::scfoundation system{.words = words};
  const auto got = golden::tokens(system, golden::cells_of_rows({{1, 50, 99}, {0, 5, 0}}));
  CHECK(golden::ids_of(got, 0) == golden::ids{0, 2, 3, 4});
  const auto value = golden::channel_of<channel::value>(got, 0);
  CHECK(value[0] == doctest::Approx(std::log1p(9900.0)).epsilon(1e-6));
  CHECK(value[1] == doctest::Approx(std::log1p(100.0)).epsilon(1e-6));
  CHECK(value[2] == 4);
  CHECK(value[3] == 2);  // 100 counts of the list
  CHECK(golden::ids_of(got, 1) == golden::ids{3, 4});
  CHECK(golden::channel_of<channel::value>(got, 1) == std::vector<double>{4, 0});
  CHECK(system.pads(3) == system::padding{5, 103});
}

}  // namespace
}  // namespace tepui::tests::scfoundation_system
