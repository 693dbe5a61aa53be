#include <tepui/tokenize/identity/named.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::named_identity {
namespace {

const gene_table genes{{"ENSG01", "", "ENSG03"}, {"A", "B", ""}};

TEST_CASE("genes are found by Ensembl id, whatever the version, else by symbol") {
  const tokenize::identity::named stage{{{"<cls>", "ENSG01.7", "B", "ENSG03"}, {2, 9, 4, 5}, "words.json"}};
  const std::vector<std::string> specials{"<cls>"};
  const auto bound = stage.bind(genes, specials);
  CHECK(bound.id_of_column == std::vector<std::int32_t>{9, 4, 5});
  CHECK(bound.id_of_special == std::vector<std::int32_t>{2});
  CHECK(bound.n_ids == 10);
  CHECK(bound.n_matched == 3);
}

TEST_CASE("too few known genes, a missing special token, a negative id and an empty vocabulary are each one sentence") {
  using tokenize::identity::named;
  CHECK_THROWS_WITH_AS((void)(named{{{"Z", "ENSG01"}, {0, 1}, "words.json"}}.bind(genes, {})),
                       "only 1 of 3 genes (33.3 %, wanted 50.0 %) of the cells are in the vocabulary words.json: it knows genes such as "
                       "'Z', the cells have 'ENSG01 A'; check the species and whether genes are named by Ensembl id or by symbol, or "
                       "lower min_share",
                       bad_data);
  const std::vector<std::string> specials{"<eos>"};
  CHECK_THROWS_WITH_AS((void)(named{{{"A", "B"}, {0, 1}, "words.json"}}.bind(genes, specials)),
                       "the vocabulary words.json has no token '<eos>', which the sentence needs; add it to the file, or name the model's "
                       "own token",
                       bad_data);
  CHECK_THROWS_AS((void)(named{{{"A", "B"}, {0, -1}, "words.json"}}.bind(genes, {})), bad_data);
  CHECK_THROWS_AS((void)named{}.bind(genes, {}), bad_option);
}

}  // namespace
}  // namespace tepui::tests::named_identity
