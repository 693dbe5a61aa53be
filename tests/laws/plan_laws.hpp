#pragma once
/// What every plan of training promises, as one test suite: which cells of which corpus a stage has.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/plan.hpp>

#include "laws/sampler_laws.hpp"

namespace tepui::laws {

/// Populations of some_population, of which views are taken together.
struct owned_corpora {
  std::vector<owned_population> corpus;
  [[nodiscard]] std::vector<sample::population> views() {
    std::vector<sample::population> out;
    for (owned_population& one : corpus) out.push_back(one.view());
    return out;
  }
};

[[nodiscard]] inline owned_corpora some_corpora(int n) {
  owned_corpora out;
  for (int i = 0; i < n; ++i) out.corpus.push_back(some_population());
  return out;
}

/// in  n_corpora; make(corpora, share, draws) -> plan, for a share in [0, 1); size(corpora, share, stage) -> cells of it
template <class Make, class Size>
void plan(int n_corpora, const Make& make, const Size& size) {
  const auto some_share = [] { return *rc::gen::inRange(0, 100) / 100.0; };
  const auto some_draws = [] { return kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "laws"); };

  CHECK(rc::check("a stage names rows of every corpus, in range, ascending and once, and exactly as many as promised", [&] {
    auto corpora = some_corpora(n_corpora);
    const auto from = corpora.views();
    const double share = some_share();
    const sample::plan made = make(std::span<const sample::population>(from), share, some_draws());
    for (std::size_t stage = 0; stage < made.size(); ++stage) {
      RC_ASSERT(!made[stage].name.empty());
      RC_ASSERT(made[stage].rows.size() == from.size());
      RC_ASSERT(made[stage].n_cells() == size(std::span<const sample::population>(from), share, isize(stage)));
      for (std::size_t s = 0; s < from.size(); ++s) {
        std::int64_t before = -1;
        for (const std::int64_t row : made[stage].rows[s]) {
          RC_ASSERT(row > before);
          RC_ASSERT(row < from[s].n_cells);
          before = row;
        }
      }
    }
  }));
  CHECK(rc::check("the same draws make the same plan, and another order of the cells has the same cells", [&] {
    auto corpora = some_corpora(n_corpora);
    owned_corpora other;
    for (const owned_population& one : corpora.corpus) {
      std::vector<std::size_t> order(one.cell_id.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::ranges::sort(order, {}, [shuffle = some_draws()](std::size_t row) { return shuffle.bits(isize(row)); });
      for (owned_population& to = other.corpus.emplace_back(); const std::size_t row : order) to.add(one, row);
    }
    const double share = some_share();
    const auto random = some_draws();
    const auto from = corpora.views(), turned = other.views();
    const sample::plan one = make(std::span<const sample::population>(from), share, random);
    RC_ASSERT(one == make(std::span<const sample::population>(from), share, random));
    const sample::plan two = make(std::span<const sample::population>(turned), share, random);
    RC_ASSERT(one.size() == two.size());
    for (std::size_t stage = 0; stage < one.size(); ++stage)
      for (std::size_t s = 0; s < from.size(); ++s) {
        std::set<std::int64_t> a, b;
        for (const std::int64_t row : one[stage].rows[s]) a.insert(from[s].id_of(row));
        for (const std::int64_t row : two[stage].rows[s]) b.insert(turned[s].id_of(row));
        RC_ASSERT(a == b);
      }
  }));

  owned_corpora many;
  for (int i = 0; i < n_corpora; ++i)
    for (owned_population& to = many.corpus.emplace_back(); const std::int32_t row : {0, 1, 2, 3, 4, 5, 6, 7})
      for (std::int32_t more = 0; more < 50; ++more) to.add(50 * row + more, row % 3, row % 4, {0, 0, 0});
  const auto from = many.views();
  CHECK(make(std::span<const sample::population>(from), 0.3, kernel::draws(1, "laws")) !=
        make(std::span<const sample::population>(from), 0.3, kernel::draws(2, "laws")));
}

}  // namespace tepui::laws
