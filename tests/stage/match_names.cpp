#include <tepui/stage/match_names.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::names {
namespace {

const gene_table genes{{"ENSG01", "", "ENSG03", "ENSG04.2"}, {"A", "B", "", "D"}};

TEST_CASE("versions are taken off Ensembl ids, never off symbols") {
  CHECK(without_version("ENSG00000141510.17") == "ENSG00000141510");
  CHECK(without_version("RP11-34P13.7") == "RP11-34P13.7");
}

TEST_CASE("a gene is found by its id, else by its symbol; a name that stands twice means its first place") {
  const std::vector<std::string> list{"B", "ENSG01.7", "A", "B", "ENSG04"};
  const auto match = match_names(genes, list, 0.5, "list", "");
  CHECK(match.place == std::vector<std::int32_t>{1, 0, -1, 4});
  CHECK(match.describe() == "3 of 4 genes (75.0 %), 2 by Ensembl id and 1 by symbol");
}

TEST_CASE("too few genes are refused with an example of each side") {
  const std::vector<std::string> list{"<pad>", "Z"};
  CHECK_THROWS_WITH_AS((void)match_names(genes, list, 0.5, "vocabulary", "words.json"),
                       doctest::Contains("only 0 of 4 genes (0.0 %, wanted 50.0 %) of the cells are in the vocabulary words.json: it "
                                         "knows genes such as 'Z', the cells have 'ENSG01 A'"),
                       bad_data);
  CHECK(match_names(genes, list, 0.0, "vocabulary", "").n_matched == 0);
}

}  // namespace
}  // namespace tepui::tests::names
