#pragma once
/// What every sampler promises, as one test suite. A sampler's test says how to make one of a given fraction, and how many
/// cells that one must choose.

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
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

/// Cells to choose from, in memory of their own: labels, one more column ("donor"), and an embedding of few values, so that
/// distances tie.
struct owned_population {
  static constexpr std::int64_t dims = 3;
  std::vector<std::int64_t> cell_id;
  std::vector<std::int32_t> label, donor;
  std::vector<float> value;
  std::vector<sample::column> columns;

  void add(std::int64_t id, std::int32_t type, std::int32_t of_donor, const std::array<float, 3>& at) {
    cell_id.push_back(id);
    label.push_back(type);
    donor.push_back(of_donor);
    value.insert(value.end(), at.begin(), at.end());
  }
  void add(const owned_population& from, std::size_t row) {
    add(from.cell_id[row], from.label[row], from.donor[row], {from.value[3 * row], from.value[3 * row + 1], from.value[3 * row + 2]});
  }
  [[nodiscard]] sample::population view() {
    columns = {{"donor", donor}};
    return {isize(cell_id.size()), cell_id, label, columns, {dims, value, cell_axis<>(cell_id)}};
  }
};

/// Up to 200 cells of up to 6 types and 4 donors, some without a label, with ids that are not their rows.
[[nodiscard]] inline owned_population some_population() {
  owned_population out;
  const auto n = *rc::gen::inRange<std::int64_t>(1, 200);
  const auto n_types = *rc::gen::inRange<std::int32_t>(1, 7);
  const auto first_id = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
  const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "population");
  for (std::int64_t row = 0; row < n; ++row) {
    // Squared, so that some types are rare.
    const auto draw = static_cast<std::int32_t>(random.below(n_types * n_types, row, 0));
    std::int32_t type = 0;
    while ((type + 1) * (type + 1) <= draw) ++type;
    std::array<float, 3> at{};
    for (std::uint64_t d = 0; d < 3; ++d) at[d] = static_cast<float>(type) + 0.25F * static_cast<float>(random.below(8, row, 1 + d));
    out.add(first_id + 3 * row, random.below(20, row, 4) == 0 ? -1 : type, static_cast<std::int32_t>(random.below(4, row, 5)), at);
  }
  return out;
}

/// What a sampler promises beyond the laws that all keep.
struct sampler_promises {
  bool nested = true;            ///< for one seed a smaller choice is part of a larger one
  bool seeded = true;            ///< another seed chooses other cells
  bool reads_embedding = false;  ///< it needs the embedding, and refuses one that is not finite
};

/// in  make(fraction) -> sampler; size(population, fraction) -> how many cells it must choose
template <class Make, class Size>
void sampler(const Make& make, const Size& size, const sampler_promises& promised = {}) {
  static_assert(sample::sampler<decltype(make(0.5))>);
  const auto some_fraction = [] { return *rc::gen::inRange(1, 101) / 100.0; };
  const auto some_draws = [] { return kernel::draws(*rc::gen::arbitrary<std::uint64_t>(), "laws"); };
  const auto ids_of = [](const owned_population& from, const std::vector<std::int64_t>& rows) {
    std::set<std::int64_t> ids;
    for (const std::int64_t row : rows) ids.insert(from.cell_id[usize(row)]);
    return ids;
  };

  CHECK(rc::check("rows are in range, ascending and without duplicates, and exactly as many as promised", [&] {
    auto from = some_population();
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
    auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    RC_ASSERT(make(fraction)(from.view(), random) == make(fraction)(from.view(), random));
  }));
  if (promised.nested)
    CHECK(rc::check("for one seed a smaller choice is part of a larger one", [&] {
    auto from = some_population();
    const auto random = some_draws();
    const double one = some_fraction(), other = some_fraction();
    const auto few = make(std::min(one, other))(from.view(), random), many = make(std::max(one, other))(from.view(), random);
    RC_ASSERT(std::ranges::includes(many, few));
    }));
  CHECK(rc::check("another order of the cells chooses the same cells", [&] {
    auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    std::vector<std::size_t> order(from.cell_id.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [shuffle = some_draws()](std::size_t row) { return shuffle.bits(isize(row)); });
    owned_population other;
    for (const std::size_t row : order) other.add(from, row);
    RC_ASSERT(ids_of(from, make(fraction)(from.view(), random)) == ids_of(other, make(fraction)(other.view(), random)));
  }));
  CHECK(rc::check("other codes for the same labels choose the same cells", [&] {
    auto from = some_population();
    const double fraction = some_fraction();
    const auto random = some_draws();
    owned_population other = from;
    for (std::int32_t& label : other.label) label = label < 0 ? -1 : 9 - label;
    RC_ASSERT(make(fraction)(from.view(), random) == make(fraction)(other.view(), random));
  }));

  owned_population many;
  for (std::int32_t row = 0; row < 1000; ++row)
    many.add(row, row % 3, row % 4, {static_cast<float>(row % 17), static_cast<float>(row % 29), static_cast<float>(row % 31)});
  const auto half = make(0.5);
  if (promised.seeded) CHECK(half(many.view(), kernel::draws(1, "laws")) != half(many.view(), kernel::draws(2, "laws")));
  CHECK(make(0.25).describe() != make(0.75).describe());
  for (const double none : {-0.1, 0.0, 1.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS((void)make(none)(many.view(), kernel::draws()), bad_option);
  if (promised.reads_embedding)
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      owned_population not_finite = many;
      not_finite.value[500] = bad;
      CHECK_THROWS_AS((void)half(not_finite.view(), kernel::draws()), bad_data);
    }
}

}  // namespace tepui::laws
