#include <tepui/transform/named_genes.hpp>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::named_genes {
namespace {

using namespace transform;
const gene_table genes{{"ENSG01", "ENSG02", "", "ENSG01"}, {"A", "B", "C", "A2"}};
struct train {
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return named_genes::genes; }
};

std::vector<double> totals(const auto& of) { return {of.total.begin(), of.total.end()}; }

TEST_CASE("named, joined and known genes keep the laws of a transform") {
  laws::transform<scale::raw>(transform::named_genes{.names = {"g3", "none", "ENSG00", "g7"}, .min_share = 0});
  laws::transform<scale::raw>(transform::named_genes{.names = {"g3", "g1"}, .min_share = 0, .total = total_of::list_only});
  laws::transform<scale::log1p>(joined_genes{});
  laws::transform<scale::other>(known_genes{.names = {"g3", "g1"}, .min_share = 0});
}
TEST_CASE("columns stand in the order of the list; one that the data lacks is empty; columns of one gene are added up") {
  const auto stage = transform::named_genes{.names = {"C", "ENSG09", "ENSG01.5"}}.fit(train{}, {});
  CHECK(stage.to == std::vector<std::int32_t>{2, -1, 0, 2});
  CHECK(stage.n_matched == 3);
  CHECK(stage.genes_out(genes) == gene_table{{"", "ENSG09", "ENSG01"}, {"C", "", "A"}});
  counts<scale::raw> out;
  moved_genes::scratch room;
  auto in = laws::batch_of<scale::raw>({{{0, 1.0F}, {1, 2.0F}, {2, 4.0F}, {3, 8.0F}}, {}}, 4);
  stage(in.view(), out, room, kernel::draws());
  CHECK(out.n_genes == 3);
  CHECK(laws::read_counts(out, 2) == laws::plain_cells{{{0, 4.0F}, {2, 9.0F}}, {}});
  CHECK(totals(out) == std::vector<double>{15, 0});
  auto list_only = stage;
  list_only.total = total_of::list_only;
  list_only(in.view(), out, room, kernel::draws());
  CHECK(totals(out) == std::vector<double>{13, 0});
  in.total = {100, 7};
  stage(in.view(), out, room, kernel::draws());
  CHECK(totals(out) == std::vector<double>{100, 7});
}
TEST_CASE("joined genes keep the place of the first") {
  const auto stage = joined_genes{}.fit(train{}, {});
  CHECK(stage.to == std::vector<std::int32_t>{0, 1, 2, 0});
  CHECK(stage.genes_out(genes) == gene_table{{"ENSG01", "ENSG02", ""}, {"A", "B", "C"}});
}
TEST_CASE("known genes keep the order of the data") {
  const auto stage = known_genes{.names = {"C", "ENSG01"}}.fit(train{}, {});
  CHECK(stage.place == std::vector<std::int32_t>{0, -1, 1, 2});
}
TEST_CASE("an empty list and a list of other genes are refused") {
  CHECK_THROWS_AS((void)transform::named_genes{}.fit(train{}, {}), bad_option);
  CHECK_THROWS_WITH_AS(
      (void)transform::named_genes({.names = {"X"}, .source = "x.tsv"}).fit(train{}, {}),
      "only 0 of 4 genes (0.0 %, wanted 50.0 %) of the cells are in the list of genes x.tsv: it knows genes such as 'X', "
      "the cells "
      "have 'ENSG01 A'; check the species and whether genes are named by Ensembl id or by symbol, or lower min_share",
      bad_data);
  CHECK_THROWS_AS((void)known_genes{}.fit(train{}, {}), bad_option);
  counts<scale::raw> out;
  moved_genes::scratch room;
  CHECK_THROWS_AS(moved_genes{}(laws::batch_of<scale::raw>({}, 5).view(), out, room, kernel::draws()), bad_data);
}

}  // namespace
}  // namespace tepui::tests::named_genes
