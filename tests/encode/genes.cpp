#include <tepui/encode/genes.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::genes_stage {
namespace {

TEST_CASE("genes keeps the laws of an encoder") {
  laws::encoder_of_counts<scale::raw>(encode::genes{});
  laws::encoder_of_counts<scale::other>(encode::genes{});
}

TEST_CASE("a gene that is not expressed is a zero") {
  const encode::genes stage;
  laws::encoding<laws::count_cells<scale::log1p>, encode::genes> here(stage, 4);
  CHECK(here.run({{{1, 2.0F}, {3, 0.5F}}, {}}) == laws::plain_rows{{0, 2, 0, 0.5F}, {0, 0, 0, 0}});
}

}  // namespace
}  // namespace tepui::tests::genes_stage
