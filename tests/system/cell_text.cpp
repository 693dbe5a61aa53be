#include <tepui/system/cell_text.hpp>

#include <string>

#include <doctest/doctest.h>

namespace tepui::tests::cell_text_of_tokens {
namespace {

TEST_CASE("names stand in the order of the tokens, with blanks between them") {
  token_batch<> tokens;
  tokens.clear();
  tokens.add_token(1);
  tokens.add_token(0);
  tokens.end_cell();
  tokens.end_cell();
  const gene_table genes{{"ENSG01", "ENSG02"}, {"h2-Ab1", ""}};
  CHECK(system::cell_text(tokens.view(), 0, genes) == "ENSG02 H2-AB1");
  CHECK(system::cell_text(tokens.view(), 0, genes, system::letters::as_they_are) == "ENSG02 h2-Ab1");
  CHECK(system::cell_text(tokens.view(), 1, genes).empty());
}

}  // namespace
}  // namespace tepui::tests::cell_text_of_tokens
