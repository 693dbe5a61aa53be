#pragma once
/// What every split promises, as one test suite. A split's test says how to make one from a table and a seed, and which
/// labels must not stand on two sides.

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/parts.hpp>
#include <tepui/split/stored.hpp>

namespace tepui::laws {

/// Cells of six donors in four studies, three cell lines, five perturbations and pairs of them, five doses, and four cell
/// types of very different size. Every combination of cell line and perturbation occurs.
[[nodiscard]] inline table some_obs() {
  const std::vector<std::string> perturbation = {"control", "A",   "B",   "C",   "D",   "E",
                                                 "A+B",     "B+C", "D+A", "C+D", "A+E", "B+D"};
  categorical donor{{}, {"d1", "d2", "d3", "d4", "d5", "d6"}}, study{{}, {"s1", "s2", "s3", "s4"}},
      line{{}, {"A549", "K562", "MCF7"}}, perturbed{{}, perturbation}, type{{}, {"T", "B", "NK", "rare"}};
  std::vector<double> doses;
  table obs;
  const auto n = *rc::gen::inRange<std::int64_t>(40, 300);
  const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "some_obs");
  for (std::int64_t row = 0; row < n; ++row) {
    const auto draw = [&](std::int64_t of, std::uint64_t what) {
      return static_cast<std::int32_t>(random.below(of, row, what));
    };
    obs.index.push_back("cell_" + std::to_string(draw(1000000, 9)) + "-" + std::to_string(row));
    // The first 36 hold everything at least once.
    donor.code.push_back(row < 36 ? static_cast<std::int32_t>(row % 6) : std::min(draw(6, 0), draw(6, 10)));
    study.code.push_back(row < 36 ? static_cast<std::int32_t>(row % 4) : draw(4, 1));
    line.code.push_back(row < 36 ? static_cast<std::int32_t>(row % 3) : draw(3, 2));
    perturbed.code.push_back(row < 36 ? static_cast<std::int32_t>(row / 3) : draw(12, 3));
    type.code.push_back(row < 36 ? static_cast<std::int32_t>(row % 4) : std::min(draw(4, 4), draw(4, 5)));
    doses.push_back(std::vector{0.0, 0.1, 1.0, 2.5, 10.0, 100.0}[usize(row < 36 ? row % 6 : draw(6, 6))]);
  }
  obs.columns = {{"donor", donor},    {"study", study}, {"cell_line", line}, {"perturbation", perturbed},
                 {"cell_type", type}, {"dose", doses}};
  return obs;
}

/// The rows of a table in another order.
[[nodiscard]] inline table in_order(const table& from, const std::vector<std::size_t>& order) {
  const auto of_rows = [&](const auto& values) {
    auto out = values;
    for (std::size_t i = 0; i < order.size(); ++i) out[i] = values[order[i]];
    return out;
  };
  table out;
  out.index = of_rows(from.index);
  for (const auto& [name, column] : from.columns)
    out.columns.emplace_back(name, std::visit(
                                       [&](const auto& values) -> table_column {
                                         if constexpr (std::is_same_v<std::decay_t<decltype(values)>, categorical>)
                                           return categorical{of_rows(values.code), values.category, values.ordered};
                                         else
                                           return of_rows(values);
                                       },
                                       column));
  return out;
}

/// The same labels with the categories backwards.
[[nodiscard]] inline table with_other_codes(table obs) {
  for (auto& [name, column] : obs.columns)
    if (auto* labels = std::get_if<categorical>(&column)) {
      std::ranges::reverse(labels->category);
      for (std::int32_t& code : labels->code)
        if (code >= 0) code = static_cast<std::int32_t>(labels->category.size()) - 1 - code;
    }
  return obs;
}

/// What a split promises beyond the laws that all keep.
struct split_promises {
  bool seeded = true;                      ///< another seed makes another split
  bool named = true;                       ///< `how` names every level held out
  std::vector<std::string> anywhere = {};  ///< levels that may stand on two sides: controls that are divided
};

/// in  make(table, seed) -> parts; unit(table) -> labels of which none may stand on two sides
template <class Make, class Unit>
void split(const Make& make, const Unit& unit, const split_promises& promised = {}) {
  constexpr std::array all = {split::part::train, split::part::validation, split::part::test};
  const auto seed = [] { return *rc::gen::arbitrary<std::uint64_t>(); };
  const auto same = [](const split::parts& a, const split::parts& b) {
    return a.train == b.train && a.validation == b.validation && a.test == b.test;
  };

  CHECK(rc::check("every row stands in exactly one part, ascending, and train and test have cells", [&] {
    const table obs = some_obs();
    const split::parts made = make(obs, seed());
    RC_ASSERT_FALSE(made.train.empty());
    RC_ASSERT_FALSE(made.test.empty());
    std::vector<std::int64_t> rows;
    for (const auto p : all) {
      RC_ASSERT(std::ranges::is_sorted(made.of(p)));
      rows.insert(rows.end(), made.of(p).begin(), made.of(p).end());
    }
    std::ranges::sort(rows);
    RC_ASSERT(isize(rows.size()) == obs.n_rows());
    for (std::int64_t row = 0; row < obs.n_rows(); ++row) RC_ASSERT(rows[usize(row)] == row);
  }));
  CHECK(rc::check("no level stands on both sides, and `how` names those held out", [&] {
    const table obs = some_obs();
    const split::parts made = make(obs, seed());
    const categorical labels = unit(obs);
    split::refuse_leaks(made, labels, "unit", promised.anywhere);
    RC_ASSERT_FALSE(made.how.empty());
    for (const auto* rows : {&made.validation, &made.test})
      for (const std::int64_t row : *rows) {
        const std::string& level = labels.category[usize(labels.code[usize(row)])];
        RC_ASSERT(!promised.named || std::ranges::count(promised.anywhere, level) > 0 ||
                  made.how.find(level) != std::string::npos);
      }
  }));
  CHECK(rc::check("the same seed makes the same split", [&] {
    const table obs = some_obs();
    const auto s = seed();
    RC_ASSERT(same(make(obs, s), make(obs, s)));
    RC_ASSERT(make(obs, s).how == make(obs, s).how);
  }));
  CHECK(rc::check("another order of the rows divides the same cells the same", [&] {
    const table obs = some_obs();
    const auto s = seed();
    std::vector<std::size_t> order(obs.index.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {},
                      [shuffle = kernel::draws(seed(), "order")](std::size_t row) { return shuffle.bits(isize(row)); });
    const table other = in_order(obs, order);
    const split::parts a = make(obs, s), b = make(other, s);
    for (const auto p : all) {
      std::set<std::string> here, there;
      for (const std::int64_t row : a.of(p)) here.insert(obs.index[usize(row)]);
      for (const std::int64_t row : b.of(p)) there.insert(other.index[usize(row)]);
      RC_ASSERT(here == there);
    }
  }));
  CHECK(rc::check("another order of the categories makes the same split", [&] {
    const table obs = some_obs();
    const auto s = seed();
    RC_ASSERT(same(make(obs, s), make(with_other_codes(obs), s)));
  }));
  CHECK(rc::check("a split that is stored comes back, and only for its own cells", [&] {
    const table obs = some_obs();
    const split::parts made = make(obs, seed());
    named_arrays kept;
    split::store(made, obs.index, kept);
    const split::parts back = split::stored(kept, obs.index);
    RC_ASSERT(same(made, back));
    RC_ASSERT(made.how == back.how);
    RC_ASSERT(made.seed == back.seed);
    auto others = obs.index;
    others[0] += "x";
    RC_ASSERT_THROWS_AS((void)split::stored(kept, others), bad_data);
  }));
  if (promised.seeded)
    CHECK(rc::check("another seed makes another split, in one of thirty tries", [&] {
      const table obs = some_obs();
      const split::parts first = make(obs, 0);
      bool differs = false;
      for (std::uint64_t s = 1; s < 30; ++s) differs |= !same(first, make(obs, s));
      RC_ASSERT(differs);
    }));
}

}  // namespace tepui::laws
