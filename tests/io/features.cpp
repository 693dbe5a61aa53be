#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/features.hpp>

#include "io/files.hpp"

namespace test_io_features {
namespace {
TEST_CASE("antibodies go, genes stay and are renumbered") {
  tepui::dataset<> data = io_files::small();
  tepui::io::keep_genes_only(data, {"Antibody Capture", "Gene Expression", "Gene Expression", "Gene Expression"});
  CHECK(data.x.n_genes == 3);
  CHECK(data.genes.symbol == std::vector<std::string>{"B", "C", ""});
  CHECK(data.x.view().genes_of(0)[0] == 1);  // C was gene 2
  CHECK(data.x.view().n_expressed(0) == 1);  // A was an antibody
  CHECK(data.x.view().values_of(2)[1] == 7.0F);
}
TEST_CASE("where nothing is called a gene, everything stays") {
  tepui::dataset<> data = io_files::small();
  tepui::io::keep_genes_only(data, {"Peaks", "Peaks", "Peaks", "Peaks"});
  CHECK(data.x.n_genes == 4);
  tepui::io::keep_genes_only(data, {});
  CHECK(data.x.n_genes == 4);
}
}  // namespace
}  // namespace test_io_features
