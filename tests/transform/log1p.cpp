#include <tepui/transform/log1p.hpp>

#include <doctest/doctest.h>

#include "laws/transform_laws.hpp"

namespace tepui::tests::log1p {
namespace {

TEST_CASE("log1p keeps the laws of a transform, on raw and on normalised counts") {
  laws::transform<scale::raw>(transform::log1p{});
  laws::transform<scale::normalised>(transform::log1p{});
}

TEST_CASE("log1p is the float nearest to log(1 + x), and 0 stays 0") {
  counts<scale::log1p> out;
  no_scratch room;
  transform::log1p{}(laws::batch_of<scale::raw>({{{0, 0.0F}, {1, 1.0F}, {2, 9999.0F}}}, 3).view(), out, room, kernel::draws());
  CHECK(laws::read_counts(out, 1) == laws::plain_cells{{{0, 0.0F}, {1, 0.6931472F}, {2, 9.2103404F}}});
}

TEST_CASE("log2_1p keeps the laws, and counts doublings of 1 + x exactly") {
  laws::transform<scale::raw>(transform::log2_1p{});
  laws::transform<scale::normalised>(transform::log2_1p{});
  laws::plain_cell cell, doublings;
  for (int k = 0; k < 24; ++k) {
    cell.emplace_back(k, static_cast<float>((1 << k) - 1));
    doublings.emplace_back(k, static_cast<float>(k));
  }
  counts<scale::log1p> out;
  no_scratch room;
  transform::log2_1p{}(laws::batch_of<scale::raw>({cell}, 24).view(), out, room, kernel::draws());
  CHECK(laws::read_counts(out, 1) == laws::plain_cells{doublings});
}

}  // namespace
}  // namespace tepui::tests::log1p
