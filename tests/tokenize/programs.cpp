#include <tepui/tokenize/programs.hpp>

#include <doctest/doctest.h>

#include "laws/tokenizer_laws.hpp"

namespace tepui::tests::programs_stage {
namespace {

using tokenize::programs;

const std::vector<gene_set> sets{
    {"symbols", {"g0", "g2", "G3", "nowhere"}}, {"none", {"x", "y"}}, {"ids", {"ENSG01.14", "ENSG02", "g2"}}};
const laws::training<scale::raw> train({{{0, 1.0F}}}, 4);

TEST_CASE("programs keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(programs<>{.sets = sets});
  laws::tokenizer<scale::log1p>(programs<1>{.sets = sets});
}

TEST_CASE("genes are found by symbol and by id without its version, each once; a set without genes keeps its number") {
  const auto fitted = programs<>{.sets = sets}.fit(train, {});
  CHECK(fitted.program_name == std::vector<std::string>{"symbols", "none", "ids"});
  CHECK(fitted.n_members == std::vector<std::int32_t>{2, 0, 2});
  CHECK(fitted.gene_begin == std::vector<std::int64_t>{0, 1, 2, 4, 4});
  CHECK(fitted.program == std::vector<std::int32_t>{0, 2, 0, 2});
  CHECK(fitted.slots == tokenize::usual_slots);
}

TEST_CASE("a symbol with a point in it is not cut") {
  struct {
    gene_table table{{"", ""}, {"RP11-34P13", "RP11-34P13.7"}};
    std::int64_t n_cells() const { return 0; }
    const gene_table& genes() const { return table; }
  } cells;
  const auto fitted = programs<>{.sets = {{"a", {"RP11-34P13.7"}}}}.fit(cells, {});
  CHECK(fitted.gene_begin == std::vector<std::int64_t>{0, 0, 1});
}

TEST_CASE("sets of which no gene is there are refused with their sizes and an example of both sides") {
  CHECK_THROWS_WITH_AS(
      (void)(programs<>{.sets = {{"a", {"Cd3d", "Cd3e"}}, {"b", {"Ptprc"}}}}.fit(train, {})),
      "no gene of the 2 gene sets (a with 2, b with 1 genes) is among the 4 genes of the cells: the sets name genes "
      "such as 'Cd3d', the cells have 'g0'; check the species and whether genes are named by Ensembl id or by symbol",
      bad_data);
  CHECK_THROWS_AS((void)programs<>{}.fit(train, {}), bad_option);
  CHECK_THROWS_AS((void)(programs<>{.sets = sets, .slots = 0}.fit(train, {})), bad_option);
}

TEST_CASE("the description changes with any gene, name or slot") {
  const auto text = [](std::vector<gene_set> s, std::int32_t slots = 8) {
    return programs<>{.sets = std::move(s), .slots = slots}.describe();
  };
  CHECK(text({{"a", {"x"}}}) == text({{"a", {"x"}}}));
  CHECK(text({{"a", {"x"}}}) != text({{"a", {"y"}}}));
  CHECK(text({{"a", {"x"}}}) != text({{"b", {"x"}}}));
  CHECK(text({{"a", {"x"}}}) != text({{"a", {"x"}}}, 9));
}

}  // namespace
}  // namespace tepui::tests::programs_stage
