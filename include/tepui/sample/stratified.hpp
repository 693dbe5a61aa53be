#pragma once
/// Keeps a share of the cells in which every cell type has the share that it has in the whole.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// How many cells of each type to keep so that `target` cells are divided in proportion to the types' sizes.
/// in     cells_of_type [types], fewer than 2^31 each; least and most cells of a type; first_id [types]: who wins a tie,
///        the lower
/// out    [types], each at least min(least, cells) and at most min(most, cells); the sum is the target exactly, or as near
///        as least and most let it be. Without least and most each is its exact share rounded, up or down by less than one
///        but for the rarest constellations
/// nested a larger target takes from no type
/// cost   O(types log types)                            repeat bit-equal everywhere, in whole numbers
/// source Sainte-Lague 1910 (Webster's method). Largest remainders are as exact, but with them a larger target can take a
///        cell from a type (the Alabama paradox), and then a choice at 10 % would not be part of that at 11 %
[[nodiscard]] inline std::vector<std::int64_t> proportional_shares(std::span<const std::int64_t> cells_of_type,
                                                                   std::int64_t target, std::int64_t least,
                                                                   std::int64_t most,
                                                                   std::span<const std::int64_t> first_id) {
  // The j-th cell of a type of n cells is worth n / (2 j - 1), and cells are given out by worth. Those worth at least 2^29
  // / rate are
  // counted at once; rate * n below stays under 2^61.
  const auto counted = [&](std::size_t type, std::int64_t rate) {
    const std::int64_t n = cells_of_type[type], high = std::min(most, n), low = std::min(least, high);
    return std::clamp((rate * n + (std::int64_t{1} << 29)) >> 30, low, high);
  };
  const auto all_counted = [&](std::int64_t rate) {
    std::int64_t sum = 0;
    for (std::size_t type = 0; type < cells_of_type.size(); ++type) sum += counted(type, rate);
    return sum;
  };
  std::int64_t rate = 0, too_much = (std::int64_t{1} << 30) + 1;
  while (too_much - rate > 1) {
    const std::int64_t middle = rate + (too_much - rate) / 2;
    (all_counted(middle) <= target ? rate : too_much) = middle;
  }
  std::vector<std::int64_t> keep;
  for (std::size_t type = 0; type < cells_of_type.size(); ++type) keep.push_back(counted(type, rate));
  std::int64_t left = target - std::accumulate(keep.begin(), keep.end(), std::int64_t{0});

  const auto worth_less = [&](std::size_t a, std::size_t b) {
    const auto of_a = static_cast<std::uint64_t>(cells_of_type[a]) * static_cast<std::uint64_t>(2 * keep[b] + 1);
    const auto of_b = static_cast<std::uint64_t>(cells_of_type[b]) * static_cast<std::uint64_t>(2 * keep[a] + 1);
    if (of_a != of_b) return of_a < of_b;
    return first_id[a] > first_id[b];
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(worth_less)> next(worth_less);
  if (left > 0)
    for (std::size_t type = 0; type < keep.size(); ++type)
      if (keep[type] < std::min(most, cells_of_type[type])) next.push(type);
  for (; left > 0 && !next.empty(); --left) {
    const std::size_t type = next.top();
    next.pop();
    ++keep[type];
    if (keep[type] < std::min(most, cells_of_type[type])) next.push(type);
  }
  return keep;
}

/// Chooses round(fraction * labelled cells) cells, of each type its share.
/// in     population with labels [cells]; cells without a label (-1) are never chosen and do not count
/// out    rows, ascending; of each type as many as proportional_shares says: of the types with fewer than `least` cells
///        all, of none more than `cap`, and where least or cap leave no other way, more or fewer cells in all
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   lower cell id: of a type its lowest
/// errors bad_option where fraction is not in (0, 1], labels are missing or least is above cap; bad_data where a
///        label is below -1
/// cost   O(cells)                                     repeat bit-equal everywhere
struct stratified {
  static constexpr std::string_view name = "stratified";
  double fraction = 1;
  std::int64_t cap = 0;    ///< at most so many cells of a type; 0: no limit
  std::int64_t least = 0;  ///< so many cells of each type that has them, even where their share is less

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + (cap > 0 ? ", cap " + std::to_string(cap) : "") +
           (least > 0 ? ", least " + std::to_string(least) : "") + ")";
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    check_labels(name, cells);
    const std::string who = "sample::" + std::string(name) + ": ";
    if (cap < 0)
      throw bad_option(who + "cap is " + std::to_string(cap) + ", but must be at least 1 cell, or 0 for no limit");
    if (least < 0) throw bad_option(who + "least is " + std::to_string(least) + ", but must be at least 0 cells");
    const std::int64_t most = cap > 0 ? cap : std::numeric_limits<std::int64_t>::max();
    if (least > most)
      throw bad_option(who + "least is " + std::to_string(least) + " and cap " + std::to_string(cap) +
                       " cells of a type; least must not be above cap");
    const std::vector<std::int64_t> cells_of_type = cells_of_label(cells.label);
    std::vector<std::int64_t> first_id(cells_of_type.size(), std::numeric_limits<std::int64_t>::max());
    for (std::int64_t row = 0; row < cells.n_cells; ++row)
      if (const std::int32_t type = cells.label[usize(row)]; type >= 0)
        first_id[usize(type)] = std::min(first_id[usize(type)], cells.id_of(row));
    const std::int64_t labelled = std::accumulate(cells_of_type.begin(), cells_of_type.end(), std::int64_t{0});
    const std::vector<std::int64_t> keep =
        proportional_shares(cells_of_type, round_half_even(fraction * static_cast<double>(labelled)), least, most, first_id);
    return smallest_lots_of_groups(
        cells.n_cells, cells_of_type, keep, random, [&](std::int64_t row) { return cells.label[usize(row)]; },
        [&](std::int64_t row) { return cells.id_of(row); });
  }
};

static_assert(sampler<stratified>);

}  // namespace tepui::sample
