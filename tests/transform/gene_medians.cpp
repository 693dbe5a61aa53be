#include <tepui/transform/gene_medians.hpp>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::medians_stage {
namespace {

using stage = transform::gene_medians;
using transform::divided_by_median;

TEST_CASE("gene medians keep the laws of a transform") { laws::transform<scale::normalised>(stage{}); }
TEST_CASE("medians of 1 keep them too, and change nothing") {
  laws::transform<scale::normalised>(stage{}.untrained());
  counts<scale::normalised> out;
  no_scratch room;
  const laws::plain_cells cells{{{0, 1.5F}, {2, 3.0F}}, {}};
  stage{}.untrained()(laws::batch_of<scale::normalised>(cells, 3).view(), out, room, kernel::draws());
  CHECK(laws::read_counts(out, 2) == cells);
}

TEST_CASE("a gene is divided by its median over the cells that express it; one never seen by 1") {
  const laws::plain_cells train{{{0, 2.0F}, {1, 8.0F}}, {{0, 4.0F}}, {}, {{0, 10.0F}, {1, 4.0F}, {2, 0.0F}}};
  const auto fitted = stage{}.fit(laws::training<scale::normalised>(train, 4), {});
  CHECK(fitted.median == std::vector<double>{4, 6, 1, 1});
  counts<scale::normalised> out;
  no_scratch room;
  fitted(laws::batch_of<scale::normalised>({{{0, 2.0F}, {1, 3.0F}, {2, 7.0F}}}, 4).view(), out, room, kernel::draws());
  CHECK(laws::read_counts(out, 1) == laws::plain_cells{{{0, 0.5F}, {1, 0.5F}, {2, 7.0F}}});
}

TEST_CASE("cells with another number of genes are refused") {
  counts<scale::normalised> out;
  no_scratch room;
  CHECK_THROWS_AS((divided_by_median{{1, 2}}(laws::batch_of<scale::normalised>({}, 3).view(), out, room, kernel::draws())),
                  bad_data);
}

}  // namespace
}  // namespace tepui::tests::medians_stage
