#include <tepui/system/genept.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::genept_system {
namespace {

TEST_CASE("GenePT-w: genes that have a vector, with logged values; GenePT-s: names by expression, ties by the lower gene") {
  auto data = golden::cells_of_rows({{3, 1, 4, 3, 0}});
  data.genes.symbol = {"a", "b", "C", "d", "e"};
  const auto weighted = golden::tokens(system::genept_w{.words = {{"C", "a", "e"}, {0, 1, 2}, ""}}, data);
  CHECK(golden::ids_of(weighted, 0) == golden::ids{1, 0});
  CHECK(golden::channel_of<channel::value>(weighted, 0)[1] == doctest::Approx(std::log1p(4.0 / 11.0 * 1e4)).epsilon(1e-6));
  const auto sentence = golden::tokens(system::genept_s{}, data);
  CHECK(system::cell_text(sentence.view(), 0, data.genes, system::genept_s::writes_text) == "C a d b");
}

}  // namespace
}  // namespace tepui::tests::genept_system
