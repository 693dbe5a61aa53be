#include <doctest/doctest.h>

#if __has_include(<hnswlib/hnswlib.h>)

#include <tepui/metric/neighbours/approximate.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::of_approximate {
namespace {

/// 10 types, dims of falling spread.
embedding_batch<> some_cells(std::int64_t n, std::int64_t dims) {
  const kernel::draws random(1, "cells"), middle(2, "types");
  embedding_batch<> out;
  out.resize(n, dims);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t d = 0; d < dims; ++d) {
      const auto draw = static_cast<std::uint64_t>(d);
      out.row(i)[usize(d)] = static_cast<float>((middle.normal(i % 10, draw) + 0.4 * random.normal(i, draw)) /
                                                (1 + 0.1 * static_cast<double>(d)));
    }
  return out;
}

TEST_CASE("most neighbours are found, each with its own distance") {
  const auto cells = some_cells(5000, 30);
  const auto exact = metric::nearest_neighbours(cells.view(), 15);
  const auto found = metric::approximate_neighbours(cells.view(), 15, {.threads = 2});
  CHECK_FALSE(found.exact);
  CHECK(found.how == "hnsw(M = 16, ef_construction = 200, ef = 100, seed = 0)");
  REQUIRE(found.neighbour.size() == exact.neighbour.size());
  std::int64_t same = 0;
  int wrong = 0;
  for (std::int64_t i = 0; i < 5000; ++i) {
    const auto ours = found.neighbours_of(i, 15), theirs = exact.neighbours_of(i, 15);
    wrong += ours[0] != i;
    for (std::size_t c = 1; c < 15; ++c) {
      same += std::find(theirs.begin() + 1, theirs.end(), ours[c]) != theirs.end();
      const double d = kernel::squared_distance(cells.row(i).data(), cells.row(ours[c]).data(), 30);
      wrong += found.distances_of(i, 15)[c] != static_cast<float>(std::sqrt(d));
      wrong += found.distances_of(i, 15)[c] < found.distances_of(i, 15)[c - 1];
    }
  }
  CHECK(wrong == 0);
  MESSAGE("recall ", static_cast<double>(same) / (5000.0 * 14));
  CHECK(static_cast<double>(same) > 0.97 * 5000 * 14);
}

TEST_CASE("the same neighbours for any number of threads, and with few cells all of them") {
  const auto cells = some_cells(300, 8);
  const auto one = metric::approximate_neighbours(cells.view(), 5, {.threads = 1});
  CHECK(one.neighbour == metric::approximate_neighbours(cells.view(), 5, {.threads = 3}).neighbour);
  const auto few = some_cells(4, 8);
  CHECK(metric::approximate_neighbours(few.view(), 9).neighbour == metric::nearest_neighbours(few.view(), 9).neighbour);
  CHECK(metric::approximate_neighbours(some_cells(0, 8).view(), 9).neighbour.empty());
  // Copies of one cell: a walk may end before it has seen enough of them.
  embedding_batch<> copies;
  copies.resize(200, 2);
  std::fill(copies.value.begin(), copies.value.end(), 1.0F);
  const auto found = metric::approximate_neighbours(copies.view(), 50);
  CHECK(std::find(found.neighbour.begin(), found.neighbour.end(), -1) == found.neighbour.end());
  CHECK(found.neighbour[usize(7 * 50)] == 7);
}

TEST_CASE("a graph without links is refused") {
  CHECK_THROWS_WITH_AS(
      static_cast<void>(metric::approximate_neighbours(some_cells(5, 2).view(), 2, {.links = 1})),
      "approximate_neighbours: hnsw(M = 1, ef_construction = 200, ef = 100, seed = 0) cannot be built; use at "
      "least 2 links and look at 1 cell or more",
      bad_option);
}

}  // namespace
}  // namespace tepui::tests::of_approximate

#endif
