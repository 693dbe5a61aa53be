#include <tepui/metric/neighbours/walk_neighbours.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::walk_neighbours {
namespace {

/// The visits of scib's definition, all cells to all: T + T^2 + ..., until every row has more than k that are not 0.
std::vector<std::vector<double>> visits(const graph<>& g, std::int64_t k) {
  const std::size_t n = usize(g.n_cells());
  using square = std::vector<std::vector<double>>;
  square t(n, std::vector<double>(n, 0)), m, power;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::int64_t e = g.row_begin[i]; e < g.row_begin[i + 1]; ++e) sum += static_cast<double>(g.weight[usize(e)]);
    for (std::int64_t e = g.row_begin[i]; e < g.row_begin[i + 1]; ++e)
      t[i][usize(g.neighbour[usize(e)])] = static_cast<double>(g.weight[usize(e)]) / sum;
  }
  m = power = t;
  for (int steps = 1; steps < 25; ++steps) {
    const auto met = [&](const std::vector<double>& row) {
      return std::count_if(row.begin(), row.end(), [](double v) { return v > 0; });
    };
    if (steps >= 3 && std::all_of(m.begin(), m.end(), [&](const auto& row) { return met(row) > k; })) break;
    square next(n, std::vector<double>(n, 0));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t l = 0; l < n; ++l) next[i][l] += power[i][j] * t[j][l];
    power = std::move(next);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) m[i][j] += power[i][j];
  }
  return m;
}

TEST_CASE("on a chain the walk visits the cells beside first") {
  graph<> chain;
  chain.row_begin = {0, 1, 3, 5, 7, 8};
  chain.neighbour = {1, 0, 2, 1, 3, 2, 4, 3};
  chain.weight.assign(8, 1);
  const auto near = metric::walk_neighbours(chain, 2);
  REQUIRE(near.has_value());
  // From cell 2: cells 1 and 3 alike, the lower row first. From cell 0: cell 1 at once.
  CHECK((*near)[0] == 1);
  CHECK(std::vector<std::int32_t>(near->begin() + 4, near->begin() + 6) == std::vector<std::int32_t>{1, 3});
  CHECK(metric::walk_neighbours(chain, 4).has_value());
  CHECK_FALSE(metric::walk_neighbours(chain, 5).has_value());
}

TEST_CASE("the cells visited most are those of all cells to all, for any number of threads") {
  CHECK(rc::check("visits", [](std::uint16_t seed) {
    const auto c = known_cells::random_cells(seed, 12 + seed % 40, 2, 1, 2);
    const std::int64_t k = 2 + seed % 9;
    const auto g = metric::umap_weights(metric::nearest_neighbours(c.embedding.view(), 6), 6);
    const auto near = metric::walk_neighbours(g, k), threaded = metric::walk_neighbours(g, k, 3);
    RC_ASSERT(near == threaded);
    const auto wanted = visits(g, k);
    const auto enough = std::all_of(wanted.begin(), wanted.end(), [&](const auto& row) {
      return std::count_if(row.begin(), row.end(), [](double v) { return v > 0; }) > k;
    });
    RC_ASSERT(enough == near.has_value());
    if (!near) return;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::vector<double> best = wanted[i], found;
      best.erase(best.begin() + isize(i));
      std::sort(best.rbegin(), best.rend());
      for (std::size_t j = 0; j < usize(k); ++j) {
        const std::int32_t to = (*near)[i * usize(k) + j];
        RC_ASSERT(to != static_cast<std::int32_t>(i));
        RC_ASSERT(std::abs(wanted[i][usize(to)] - best[j]) <= 1e-5 * best[j]);
      }
    }
  }));
}

}  // namespace
}  // namespace tepui::tests::walk_neighbours
