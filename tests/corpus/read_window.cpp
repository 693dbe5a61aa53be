#include <doctest/doctest.h>

#include <vector>

#include <tepui/corpus/read_window.hpp>

#include "corpus/sources.hpp"

namespace test_corpus_read_window {
using namespace tepui;

TEST_CASE("cells are read in the order of the source, each once, and given in the order wanted") {
  corpus::reading_plan plan;
  plan.given = {7, 3, 4, 7, 100, 5};
  plan.make();
  CHECK(plan.n_rows == 5);
  REQUIRE(plan.run.size() == 3);
  CHECK(plan.run[0].first == 3);
  CHECK(plan.run[0].n == 3);
  CHECK(plan.run[1].first == 7);
  CHECK(plan.run[1].row == 3);
  CHECK(plan.run[2].first == 100);
  CHECK(plan.row_of == std::vector<std::int64_t>{3, 0, 1, 3, 4, 2});
}

TEST_CASE("a long run is read a few cells at a time") {
  corpus::reading_plan plan;
  for (std::int64_t c = 0; c < 150; ++c) plan.given.push_back(c);
  plan.make();
  REQUIRE(plan.run.size() == 3);
  CHECK(plan.run[1].first == 64);
  CHECK(plan.run[2].n == 22);
}

TEST_CASE("parts follow each other in one buffer, each with its place, where the source knows sizes") {
  const corpus_sources::stored_cells source(200);
  const corpus::cell_order order(200, {.seed = 1, .batch = 10, .block = 5, .window = 100});
  corpus::cell_window<counts_view<scale::raw>> one, several;
  one.prepare(source, order, 0, 1, {}, 1);
  several.prepare(source, order, 0, 1, {}, 2);
  CHECK(one.n_parts() == 1);
  CHECK(several.n_parts() == 8);
  REQUIRE(several.part_place.size() == 8);
  CHECK(several.part_place[0] == 0);
  for (std::size_t p = 1; p < 8; ++p) CHECK(several.part_place[p] == several.part_end[p - 1]);
  const simulate::corpus unknown({.cells = 200, .genes = 60});
  corpus::cell_window<counts_view<scale::raw>> grown;
  grown.prepare(unknown, order, 0, 1, {}, 2);
  CHECK(grown.n_parts() == 1);
  CHECK(grown.part_place.empty());
}

TEST_CASE("a source that gives more than it said is refused") {
  const corpus_sources::stored_cells source(50, 1);
  corpus::cell_window<counts_view<scale::raw>> window;
  window.prepare(source, corpus::cell_order(50, {.batch = 10, .block = 5}), 0, 0, {}, 1);
  corpus_sources::stored_cells::room room;
  CHECK_THROWS_WITH_AS(window.read_part(source, 0, room), doctest::Contains("have more counts than their source said"),
                       bad_data);
}

}  // namespace test_corpus_read_window
