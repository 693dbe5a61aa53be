#include <tepui/system/nicheformer.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::nicheformer_system {
namespace {

TEST_CASE("Nicheformer's tokens: ranks by the mean of the technology, thirty ids later") {
  if (golden::missing()) return;
  const auto file = golden::read("nicheformer_rank.json");
  const auto got = golden::tokens(system::nicheformer{golden::words_from(0), golden::medians(), {}, 24}, golden::counts());
  for (std::size_t c = 0; c < 6; ++c) {
    CAPTURE(c);
    CHECK(golden::padded(golden::ids_of(got, c), 24, 0) == golden::whole(file["stable"][c]));
    CHECK(golden::padded(golden::ids_of(got, c), 24, 0) == golden::whole(file["numba_argsort_default"][c]));
  }
}

TEST_CASE("context tokens stand before the genes and take their slots; a mean of 0 counts as 1") {
  const auto data = golden::cells_of_rows({{1, 3, 2}});
  const system::nicheformer system{golden::words_from(0, 3), golden::usual_levels({0, 1, 0.5}), {5, 3}, 4};
  CHECK(golden::ids_of(golden::tokens(system, data), 0) == golden::ids{5, 3, 32, 31});
  CHECK(system.pads(3).id == 1);
  CHECK_THROWS_AS((void)system::nicheformer({golden::words_from(0, 3), golden::usual_levels({1, 1, 1}), {30}}).stages(),
                  bad_option);
}

}  // namespace
}  // namespace tepui::tests::nicheformer_system
