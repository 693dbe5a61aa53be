#include <doctest/doctest.h>

#include <vector>

#include <tepui/corpus/any_cells.hpp>

#include "corpus/sources.hpp"

namespace test_corpus_any_cells {
using namespace tepui;
using corpus_sources::all_of;

TEST_CASE("a source is the same when its type is forgotten, and one room serves them all") {
  const simulate::corpus simulated({.seed = 1, .cells = 30, .genes = 50}), other({.seed = 2, .cells = 30, .genes = 50});
  const corpus_sources::stored_cells stored(30);
  const std::vector<corpus::any_cells> all{simulated, stored, other};
  CHECK(all_of(all[0]) == all_of(simulated));
  CHECK(all_of(all[1]) == all_of(stored));
  CHECK(all[1].stored_counts(0, 30) == stored.stored_counts(0, 30));
  CHECK_FALSE(all[0].stored_counts(0, 30).has_value());
  CHECK(all[1].genes() == stored.genes());
  corpus::any_cells::room room;
  for (int turn = 0; turn < 2; ++turn)
    for (const auto& source : all) {
      std::vector<corpus_sources::cell> some;
      corpus_sources::append(some, source.read(3, 1, room));
      CHECK(some[0] == all_of(source)[3]);
    }
}

TEST_CASE("covariates of a source are not carried on") {
  const auto data = simulate::to_dataset(simulate::corpus({.cells = 5, .genes = 60}), 0, 5);
  const std::vector<std::int32_t> donor{0, 1, 0, 1, 0};
  const corpus::any_cells any = cells_of(data.x.view().with<covariate::donor>(donor), data.genes);
  corpus::any_cells::room room;
  CHECK(any.read(1, 2, room).cells.id[0] == 1);
}

}  // namespace test_corpus_any_cells
