#include <tepui/encode/random_projection.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::random_projection {
namespace {

TEST_CASE("random_projection keeps the laws of an encoder") {
  laws::encoder_of_counts<scale::log1p>(encode::random_projection<5>{});
}

TEST_CASE("a cell of one gene is that gene's row times the value, and cells add up") {
  const encode::random_projection<5> stage;
  laws::encoding<laws::count_cells<scale::log1p>, encode::random_projection<5>> here(stage, 4);
  const auto rows = here.run({{{1, 1.0F}}, {{1, 2.0F}}, {{2, 1.0F}}, {{1, 1.0F}, {2, 1.0F}}, {}});
  for (std::size_t d = 0; d < 5; ++d) {
    CHECK(rows[1][d] == 2 * rows[0][d]);
    CHECK(rows[3][d] == rows[0][d] + rows[2][d]);
    CHECK(rows[4][d] == 0);
  }
  CHECK(rows[0] != rows[2]);
}

}  // namespace
}  // namespace tepui::tests::random_projection
