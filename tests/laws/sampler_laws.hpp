#pragma once
/// What every sampler promises, as one test suite. A sampler's test says how to make one of a given fraction, and how many
/// cells that one must choose.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::laws {

/// Cells to choose from, in memory of their own.
struct owned_population {
  std::vector<std::int64_t> cell_id;
  std::vector<std::int32_t> label;
  [[nodiscard]] sample::population view() const { return {isize(cell_id.size()), cell_id, label}; }
};

/// Up to 200 cells of up to 6 types, some without a label, with ids that are not their rows.
[[nodiscard]] inline owned_population some_population() {
  owned_population out;
  const auto n = *rc::gen::inRange<std::int64_t>(0, 200);
  const auto n_types = *rc::gen::inRange<std::int32_t>(1, 7);
  const auto first_id = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
  for (std::int64_t row = 0; row < n; ++row) {
    out.cell_id.push_back(first_id + 3 * row);
    // Squared, so that some types are rare.
    const auto draw = *rc::gen::inRange<std::int32_t>(0, n_types * n_types);
    std::int32_t type = 0;
    while ((type + 1) * (type + 1) <= draw) ++type;
    out.label.push_back(*rc::gen::inRange(0, 20) == 0 ? -1 : type);
  }
  return out;
}

/// in  make(fraction) -> sampler; size(population, fraction) -> how many cells it must choose
template <class Make, class Size>
void sampler(const Make& make, const Size& size) {
  static_assert(sample::sampler<decltype(make(0.5))>);
  const auto some_fraction = [] { return *rc::gen::inRange(0, 101) / 100.0; };
  const auto some_draws = [] { return kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "laws"); };
  const auto ids_of = [](const owned_population& from, const std::vector<std::int64_t>& rows) {
    std::set<std::int64_t> ids;
    for (const std::int64_t row : rows) ids.insert(from.cell_id[usize(row)]);
    return ids;
  };

  CHECK(rc::check("rows are in range, ascending and without duplicates, and exactly as many as promised", [&] {
    const auto from = some_population();
    const double fraction = some_fraction();
    const std::vector<std::int64_t> rows = make(fraction)(from.view(), some_draws());
    RC_ASSERT(isize(rows.size()) == size(from.view(), fraction));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      RC_ASSERT(rows[i] >= 0);
      RC_ASSERT(rows[i] < isize(from.cell_id.size()));
      if (i > 0) RC_ASSERT(rows[i] > rows[i - 1]);
    }
  }));
  CHECK(rc::check("the same draws choose the same cells", [&] {
    const auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    RC_ASSERT(make(fraction)(from.view(), random) == make(fraction)(from.view(), random));
  }));
  CHECK(rc::check("for one seed a smaller choice is part of a larger one", [&] {
    const auto from = some_population();
    const auto random = some_draws();
    const double one = some_fraction(), other = some_fraction();
    const auto few = make(std::min(one, other))(from.view(), random), many = make(std::max(one, other))(from.view(), random);
    RC_ASSERT(std::ranges::includes(many, few));
  }));
  CHECK(rc::check("another order of the cells chooses the same cells", [&] {
    const auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    std::vector<std::size_t> order(from.cell_id.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [shuffle = some_draws()](std::size_t row) { return shuffle.bits(isize(row)); });
    owned_population other;
    for (const std::size_t row : order) {
      other.cell_id.push_back(from.cell_id[row]);
      other.label.push_back(from.label[row]);
    }
    RC_ASSERT(ids_of(from, make(fraction)(from.view(), random)) == ids_of(other, make(fraction)(other.view(), random)));
  }));
  CHECK(rc::check("other codes for the same labels choose the same cells", [&] {
    const auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    owned_population other = from;
    for (std::int32_t& label : other.label) label = label < 0 ? -1 : 9 - label;
    RC_ASSERT(make(fraction)(from.view(), random) == make(fraction)(other.view(), random));
  }));

  owned_population many;
  for (std::int64_t row = 0; row < 1000; ++row) {
    many.cell_id.push_back(row);
    many.label.push_back(static_cast<std::int32_t>(row % 3));
  }
  const auto half = make(0.5);
  CHECK(half(many.view(), kernel::draws(1, "laws")) != half(many.view(), kernel::draws(2, "laws")));
  CHECK(make(0.25).describe() != make(0.75).describe());
  CHECK_THROWS((void)make(-0.1)(many.view(), kernel::draws()));
  CHECK_THROWS((void)make(1.1)(many.view(), kernel::draws()));
}

}  // namespace tepui::laws
