#pragma once
/// Chooses some of many cells by lot, where a larger choice always contains the smaller one.

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::sample {

/// The nearest whole number, halves to the even one, as Python and pandas round a share of cells.
[[nodiscard]] inline std::int64_t round_half_even(double x) {
  const double below = std::floor(x), rest = x - below;
  const auto whole = static_cast<std::int64_t>(below);
  if (rest != 0.5) return rest < 0.5 ? whole : whole + 1;
  return whole % 2 == 0 ? whole : whole + 1;
}

/// What decides whether a place is chosen.
struct lot {
  std::uint64_t number;
  std::int64_t id, place;
  auto operator<=>(const lot&) const = default;
};

/// The `k` places of [0, n) whose lots are smallest, ascending. A larger k keeps all that a smaller one chose.
/// in     id_of(place), the cell id there; every id draws one lot     ties   lower id first, then lower place
/// cost   O(n) random numbers twice, memory O(k + n / 4096)           repeat bit-equal everywhere
template <class IdOf>
[[nodiscard]] std::vector<std::int64_t> smallest_lots(std::int64_t n, std::int64_t k, const kernel::draws& random,
                                                      IdOf&& id_of) {
  std::vector<std::int64_t> chosen;
  if (k <= 0) return chosen;
  // Lots are counted by their leading bits, then only those of one count have to be sorted: 22 million cells need no 22 million
  // stored lots.
  constexpr int leading = 12;
  std::array<std::int64_t, 1 << leading> held{};
  for (std::int64_t place = 0; place < n; ++place) ++held[usize(random.bits(id_of(place)) >> (64 - leading))];
  std::uint64_t edge = 0;
  std::int64_t below = 0;
  while (edge + 1 < held.size() && below + held[usize(edge)] < k) below += held[usize(edge++)];

  std::vector<lot> at_edge;
  chosen.reserve(usize(std::min(k, n)));
  for (std::int64_t place = 0; place < n; ++place) {
    const std::int64_t id = id_of(place);
    const std::uint64_t number = random.bits(id);
    if (number >> (64 - leading) < edge) chosen.push_back(place);
    if (number >> (64 - leading) == edge) at_edge.push_back({number, id, place});
  }
  std::sort(at_edge.begin(), at_edge.end());
  for (std::size_t i = 0; i < at_edge.size() && isize(chosen.size()) < k; ++i) chosen.push_back(at_edge[i].place);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace tepui::sample
