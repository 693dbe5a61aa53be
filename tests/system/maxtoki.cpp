#include <tepui/system/maxtoki.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::maxtoki_system {
namespace {

TEST_CASE("MaxToki's cell: the second Geneformer's ranks between <bos> and <eos>") {
  const auto data = golden::cells_of_rows({{4, 3, 0, 9}, {0, 0, 0, 0}});
  vocabulary words = golden::words_from(4, 4);
  golden::add_word(words, "<pad>", 0);
  golden::add_word(words, "<bos>", 2);
  golden::add_word(words, "<eos>", 3);
  const system::maxtoki system{words, golden::usual_levels({1, 0.5, 1, 3})};
  const auto got = golden::tokens(system, data);
  CHECK(golden::ids_of(got, 0) == golden::ids{2, 5, 4, 7, 3});
  CHECK(golden::ids_of(got, 1) == golden::ids{2, 3});
  CHECK(system.slots == 4096);
}

}  // namespace
}  // namespace tepui::tests::maxtoki_system
