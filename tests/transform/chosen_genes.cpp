#include <tepui/transform/chosen_genes.hpp>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::chosen_genes {
namespace {

using transform::random_genes;
using stage = transform::chosen_genes;

TEST_CASE("chosen genes keep the laws of a transform") {
  laws::transform<scale::raw>(stage::keeping({2, 7, 3}, 12));
  laws::transform<scale::other>(stage::keeping({}, 12));
}
TEST_CASE("random genes keep the laws of a transform") { laws::transform<scale::normalised>(random_genes{.genes = 5}); }

TEST_CASE("chosen genes are numbered anew, and take their names with them") {
  const auto keep = stage::keeping({3, 0}, 4);
  counts<scale::raw> out;
  no_scratch room;
  auto in = laws::batch_of<scale::raw>({{{0, 1.0F}, {1, 2.0F}, {3, 4.0F}}, {{1, 5.0F}}}, 4);
  in.total = {7, 5};
  keep(in.view(), out, room, kernel::draws());
  CHECK(out.n_genes == 2);
  CHECK(laws::read_counts(out, 2) == laws::plain_cells{{{0, 1.0F}, {1, 4.0F}}, {}});
  CHECK(out.total == in.total);
  CHECK(keep.genes_out(laws::law_genes(4)).symbol == std::vector<std::string>{"g0", "g3"});
}

TEST_CASE("the scale of the counts stays as it was") {
  static_assert(std::is_same_v<port::given_t<stage, port::counts<scale::raw>>, port::counts<scale::raw>>);
  static_assert(std::is_same_v<port::given_t<stage, port::counts<scale::log1p>>, port::counts<scale::log1p>>);
}

TEST_CASE("cells with another number of genes are refused") {
  counts<scale::raw> out;
  no_scratch room;
  CHECK_THROWS_WITH_AS(
      stage::keeping({0}, 4)(laws::batch_of<scale::raw>({}, 5).view(), out, room, kernel::draws()),
      "the genes were chosen among 4, but these cells have 5 columns; bring them into the order of the training genes first",
      bad_data);
}

TEST_CASE("random genes differ with the seed, are distinct, and are all genes where there are too few") {
  const laws::training<scale::raw> train(laws::training_plain<scale::raw>(40), 40);
  const auto one = random_genes{.genes = 10}.fit(train, {kernel::draws(1, "x")});
  const auto two = random_genes{.genes = 10}.fit(train, {kernel::draws(2, "x")});
  CHECK(one.n_kept == 10);
  CHECK(one.genes_out(train.genes()).size() == 10);
  CHECK(one.place != two.place);
  CHECK(random_genes{.genes = 99}.fit(train, {}).n_kept == 40);
  CHECK_THROWS_AS((void)random_genes{.genes = 0}.fit(train, {}), bad_option);
}

}  // namespace
}  // namespace tepui::tests::chosen_genes
