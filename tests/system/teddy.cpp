#include <tepui/system/teddy.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::teddy_system {
namespace {

TEST_CASE("TEDDY: labels before Geneformer's ranks, or before the highest genes with their bins") {
  vocabulary words = golden::words_from(10, 4);
  golden::add_word(words, "<pad>", 0);
  golden::add_word(words, "<lung>", 1);
  const auto data = golden::cells_of_rows({{2, 1, 0, 7}});
  const auto g = golden::tokens(system::teddy_g{words, golden::usual_levels({1, 1, 1, 1}), {"<lung>"}, 3}, data);
  CHECK(golden::ids_of(g, 0) == golden::ids{1, 13, 10});
  const auto x = golden::tokens(system::teddy_x{words, {"<lung>"}, 3}, data);
  CHECK(golden::ids_of(x, 0) == golden::ids{1, 10, 13});
  CHECK(golden::channel_of<channel::bin>(x, 0)[2] == 50);
  CHECK_THROWS_AS((void)golden::tokens(system::teddy_g{words, golden::usual_levels({1, 1, 1, 1}), {"<heart>"}}, data),
                  bad_data);
}

}  // namespace
}  // namespace tepui::tests::teddy_system
