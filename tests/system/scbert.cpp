#include <tepui/system/scbert.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::scbert_system {
namespace {

TEST_CASE("scBERT's cell: all genes of the list in its order, with the whole part of log2(1 + x), at most 5, and a 0") {
  // The list asks for genes 2, 9 (absent) and 0. Gene 1 is not in it and does not count: 2 and 2 of 4 are 5,000 of 10,000.
  const vocabulary words{{golden::gene_name(0), golden::gene_name(2), "G9"}, {2, 0, 1}, ""};
  const auto got =
      golden::tokens(system::scbert{.words = words}, golden::cells_of_rows({{2, 96, 2}, {0, 5, 0}, {1, 0, 29999}}));
  CHECK(golden::ids_of(got, 0) == golden::ids{0, 1, 2, 3});
  CHECK(golden::channel_of<channel::bin>(got, 0) == std::vector<double>{5, 0, 5, 0});
  CHECK(golden::channel_of<channel::bin>(got, 1) == std::vector<double>{0, 0, 0, 0});
  CHECK(golden::channel_of<channel::bin>(got, 2) == std::vector<double>{5, 0, 0, 0});  // log2(1 + 1/3) < 1
}

}  // namespace
}  // namespace tepui::tests::scbert_system
