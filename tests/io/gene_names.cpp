#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/gene_names.hpp>

namespace test_io_gene_names {
namespace {
namespace io = tepui::io;
using texts = std::vector<std::string>;

TEST_CASE("an Ensembl id is known by its form, and loses its version") {
  CHECK(io::ensembl_id("ENSG00000142676") == "ENSG00000142676");
  CHECK(io::ensembl_id("ENSG00000142676.15") == "ENSG00000142676");
  CHECK(io::ensembl_id("ENSMUSG00000000001") == "ENSMUSG00000000001");
  CHECK(io::ensembl_id("ENSG00000182378.14_PAR_Y") == "ENSG00000182378_PAR_Y");
  for (const char* other : {"", "ENSA", "ENSG1", "CD3E", "ENSG00000142676x", "DEPRECATED_ENSG00000142676"})
    CHECK(io::ensembl_id(other).empty());
}
tepui::table var(texts index, std::vector<std::pair<std::string, texts>> columns = {}) {
  tepui::table t;
  t.index = std::move(index);
  for (auto& [name, values] : columns)
    t.columns.emplace_back(name, std::vector<std::optional<std::string>>(values.begin(), values.end()));
  return t;
}
TEST_CASE("symbols in the index, ids in a column") {
  const auto genes = io::genes_of(var({"CD3E", "MS4A1"}, {{"gene_ids", {"ENSG00000198851", ""}}}));
  CHECK(genes.symbol == texts{"CD3E", "MS4A1"});
  CHECK(genes.id == texts{"ENSG00000198851", ""});
}
TEST_CASE("CELLxGENE: ids with versions in the index, symbols in feature_name") {
  const auto genes =
      io::genes_of(var({"ENSG00000198851.2", "ENSG00000156738"}, {{"feature_name", {"CD3E", "ENSG00000156738"}}}));
  CHECK(genes.id == texts{"ENSG00000198851", "ENSG00000156738"});
  CHECK(genes.symbol == texts{"CD3E", ""});
}
TEST_CASE("a column that does not look like Ensembl gives no ids, and no gene is without a name") {
  CHECK(io::genes_of(var({"w", "y"}, {{"gene_ids", {"FBgn0003996", "FBgn0004034"}}})).id == texts{"", ""});
  CHECK(io::genes_of(var({"", "y"})).symbol == texts{"gene_0", "y"});
  CHECK(io::genes_of(var({"0", "1"}, {{"gene_symbol", {"CD3E", ""}}})).symbol == texts{"CD3E", "1"});
}
TEST_CASE("ids may be a categorical column") {
  tepui::table t = var({"CD3E", "MS4A1"});
  t.columns.emplace_back("ensembl_id", tepui::categorical{{0, -1}, {"ENSG00000198851"}, false});
  CHECK(io::genes_of(t).id == texts{"ENSG00000198851", ""});
}
TEST_CASE("10x names: id and name, either may be missing") {
  tepui::gene_table genes;
  io::add_gene(genes, "ENSG00000198851", "CD3E");
  io::add_gene(genes, "ENSG00000243485", "ENSG00000243485");
  io::add_gene(genes, "APP", "");
  io::add_gene(genes, "", "");
  CHECK(genes.id == texts{"ENSG00000198851", "ENSG00000243485", "", ""});
  CHECK(genes.symbol == texts{"CD3E", "", "APP", "gene_3"});
}
}  // namespace
}  // namespace test_io_gene_names
