#include <doctest/doctest.h>

#include "compose/toy_stages.hpp"

namespace test_compose_align {
namespace {
using namespace tepui;

TEST_CASE("genes are matched by Ensembl id first, by symbol where an id is missing") {
  const gene_table model{{"ENSG01", "ENSG02", ""}, {"A", "B", "C"}};
  const gene_table data{{"", "ENSG02", "ENSG99"}, {"A", "renamed", "C"}};
  const auto map = match_genes(model, data, 0.5);
  CHECK(map.to == std::vector<std::int32_t>{0, 1, 2});
  CHECK(map.n_matched == 3);
  CHECK_FALSE(map.identity);
}

TEST_CASE("the same symbol under another Ensembl id is another gene") {
  const gene_table model{{"ENSG01"}, {"A"}};
  const gene_table data{{"ENSG77"}, {"A"}};
  CHECK(match_genes(model, data, 0.0).to[0] == -1);
}

TEST_CASE("cells with other genes in another order embed as if they had the pipeline's") {
  const auto d = toy::three_cells();
  dataset<> other;
  other.x.n_genes = 4;
  other.genes = {{"ENSG02", "ENSG50", "ENSG01", "ENSG02"}, {"B", "X", "A", "B"}};
  const std::vector<std::int32_t> g{0, 1, 2, 3};
  const std::vector<float> v{1, 100, 1, 2};  // B 1 + 2, X 100 (unknown), A 1
  other.x.add_cell(1, g, v);
  const auto tokens = compose(toy::as_tokens{}).fit(d).tokens(other);
  const auto view = tokens.view();
  CHECK(view.n_tokens(0) == 2);
  CHECK(view.ids_of(0)[0] == 0);
  CHECK(view.of<channel::value>(0)[0] == 1.0F);
  CHECK(view.of<channel::value>(0)[1] == 3.0F);
}

TEST_CASE("the total of a cell counts the genes that the pipeline does not know") {
  const gene_table model{{"ENSG01"}, {"A"}};
  counts<scale::raw> in, out;
  in.n_genes = 2;
  const std::vector<std::int32_t> g{0, 1};
  const std::vector<float> v{3, 4};
  in.add_cell(0, g, v);
  transform::moving_room room;
  const gene_map map = match_genes(model, {{"ENSG01", "ENSG02"}, {"A", "B"}}, 0.5);
  transform::move_columns(map.to, map.n_vocabulary, in.view(), out, room);
  CHECK(out.value.size() == 1);
  CHECK(out.total[0] == 7.0);
}

TEST_CASE("too few genes are refused with the share and an example of each side") {
  const auto fitted = compose(toy::as_tokens{}).fit(toy::three_cells());
  auto mouse = toy::three_cells();
  mouse.genes = {{"", ""}, {"Cd3e", "Cd19"}};
  mouse.source = "mouse.h5ad";
  CHECK_THROWS_WITH_AS((void)fitted.tokens(mouse),
                       "only 0 of 2 genes of the fitted pipeline (0.0 %, wanted 50.0 %) are in mouse.h5ad: the pipeline knows genes "
                       "such as 'ENSG01 A', the data has 'Cd3e'; check the species and whether genes are named by Ensembl id or by "
                       "symbol, or lower min_share",
                       bad_data);
}
}  // namespace
}  // namespace test_compose_align
