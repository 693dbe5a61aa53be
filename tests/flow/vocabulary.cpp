#include <doctest/doctest.h>

#include <tepui/flow/vocabulary.hpp>

namespace test_flow_vocabulary {
TEST_CASE("a vocabulary counts its words, whatever their ids are") {
  const tepui::vocabulary words{{"<cls>", "ENSG00000010610", "CD8A"}, {0, 60697, 7}, "a file"};
  CHECK(words.size() == 3);
  CHECK(tepui::vocabulary{}.size() == 0);
}
}  // namespace test_flow_vocabulary
