#include <tepui/system/published.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::published_systems {
namespace {

const vocabulary words{{"B", "<pad>", "A"}, {7, 0, 3}, "'w'"};

TEST_CASE("words are found, added behind the last id, and put in order") {
  CHECK(system::id_of(words, "A") == 3);
  CHECK_THROWS_WITH_AS(
      (void)system::id_of(words, "<cls>"),
      "the vocabulary 'w' has no token '<cls>', which this system needs; add it to the file, or read the system's own file",
      bad_data);
  const vocabulary more = system::with_words(words, {"<pad>", "<cls>", "<eoc>"});
  CHECK(system::id_of(more, "<pad>") == 0);
  CHECK(system::id_of(more, "<cls>") == 8);
  CHECK(system::id_of(more, "<eoc>") == 9);
  CHECK(system::in_order_of_ids(words) == std::vector<std::string>{"<pad>", "A", "B"});
}
TEST_CASE("special tokens leave room for a gene, or are refused") {
  CHECK(system::slots_beside("x", 5, 2) == 3);
  CHECK_THROWS_WITH_AS((void)system::slots_beside("x", 2, 2),
                       "x was given 2 slots, of which its special tokens take 2; give at least 3", bad_option);
}

}  // namespace
}  // namespace tepui::tests::published_systems
