#pragma once
/// Chooses some of many cells by lot, where a cell of twice the weight has twice the chance to be drawn next.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/standard_exponential.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// A number that, most likely, a few more than k of n values do not exceed; infinity where that cannot be said from some
/// thousand of them.
template <class ValueAt>
[[nodiscard]] double likely_bound(std::int64_t n, std::int64_t k, ValueAt&& value_at) {
  constexpr std::int64_t looked_at = 4096;
  if (n < 8 * looked_at) return std::numeric_limits<double>::infinity();
  std::vector<double> some;
  for (std::int64_t i = 0; i < looked_at; ++i) some.push_back(value_at(n / looked_at * i));
  const double share = static_cast<double>(k) / static_cast<double>(n), m = static_cast<double>(looked_at);
  const auto place = static_cast<std::int64_t>(m * share + 5 * std::sqrt(m * share * (1 - share)) + 10);
  if (place >= looked_at) return std::numeric_limits<double>::infinity();
  std::nth_element(some.begin(), some.begin() + place, some.end());
  return some[usize(place)];
}

/// Gives cells of weight 0 the smallest weight above 0 (1 where there is none), so that every cell can be chosen.
inline void lift_zeros(std::span<double> weight) {
  double least = std::numeric_limits<double>::infinity();
  for (const double w : weight)
    if (w > 0) least = std::min(least, w);
  if (least == std::numeric_limits<double>::infinity()) least = 1;
  for (double& w : weight)
    if (w == 0) w = least;
}

/// Chooses k of the cells without replacement, one after the other, each with the chance of its weight among those that are
/// left. Every cell waits for a time that is exponential with its weight as the rate, and the k shortest waits are chosen.
/// in     population [cells]; weight [cells] >= 0, in any unit, a cell of weight 0 is never chosen; the name of the sampler
/// out    rows, ascending, exactly k                       nested for the same draws and weights, a smaller k is part of a
///        larger one
/// ties   smaller lot, lower cell id, lower row: equal weights choose what uniform chooses, unless two lots at the edge of
///        the choice are within 3e-14 of each other (kernel::standard_exponential)
/// errors bad_data where a weight is negative or no number, or where fewer than k are above 0
/// cost   O(cells): 4 ns a cell and 50 ns a chosen one; 24 bytes a chosen one      repeat bit-equal everywhere
/// source Efraimidis and Spirakis 2006, whose keys u^(1 / weight) these are after a logarithm
[[nodiscard]] inline std::vector<std::int64_t> weighted_lots(std::string_view sampler_name, const population& cells,
                                                             std::int64_t k, std::span<const double> weight,
                                                             const kernel::draws& random) {
  const std::string who = "sample::" + std::string(sampler_name) + ": ";
  if (isize(weight.size()) != cells.n_cells)
    throw bad_option(who + "there are " + std::to_string(weight.size()) + " weights for " + std::to_string(cells.n_cells) +
                     " cells; give one weight a cell");
  std::int64_t positive = 0;
  for (std::size_t row = 0; row < weight.size(); ++row) {
    if (!(weight[row] >= 0 && weight[row] <= std::numeric_limits<double>::max()))
      throw bad_data(who + "the weight of row " + std::to_string(row) + " is " + shortest(weight[row]) +
                     ", but must be a finite number of at least 0");
    positive += weight[row] > 0 ? 1 : 0;
  }
  if (k > positive)
    throw bad_data(who + std::to_string(k) + " cells are to be chosen, but only " + std::to_string(positive) + " of " +
                   std::to_string(cells.n_cells) +
                   " have a weight above 0; choose a smaller fraction or give more cells a weight");
  std::vector<std::int64_t> chosen;
  if (k <= 0) return chosen;

  struct candidate {
    double wait;
    std::uint64_t lot;
    std::int64_t row;
  };
  constexpr std::int64_t block = 1024;
  // A weight so small that the wait is beyond all numbers still waits less long than no weight.
  const auto wait_of = [&](std::uint64_t lot, double w) {
    return w > 0 ? std::min(kernel::standard_exponential(lot) / w, std::numeric_limits<double>::max())
                 : std::numeric_limits<double>::infinity();
  };
  double bound = likely_bound(cells.n_cells, k,
                              [&](std::int64_t row) { return wait_of(random.bits(cells.id_of(row)), weight[usize(row)]); });
  std::vector<candidate> waiting;
  for (;;) {
    waiting.clear();
    std::array<std::int64_t, block> id;
    std::array<std::uint32_t, block> leading, following;
    for (std::int64_t begin = 0; begin < cells.n_cells; begin += block) {
      const std::size_t here = usize(std::min(block, cells.n_cells - begin));
      for (std::size_t i = 0; i < here; ++i) id[i] = cells.id_of(begin + isize(i));
      kernel::lots(random, {id.data(), here}, {leading.data(), here}, {following.data(), here});
      for (std::size_t i = 0; i < here; ++i) {
        // -log(1 - u) >= u: most cells are passed over without a logarithm. The factor is for what rounding takes.
        const double w = weight[usize(begin) + i];
        if (static_cast<double>(leading[i]) * (0x1p-32 * (1 - 0x1p-40)) > bound * w) continue;
        const std::uint64_t lot = (std::uint64_t{leading[i]} << 32) | following[i];
        const double wait = wait_of(lot, w);
        if (wait <= bound && w > 0) waiting.push_back({wait, lot, begin + isize(i)});
      }
    }
    if (isize(waiting.size()) >= k) break;
    bound = std::numeric_limits<double>::infinity();
  }
  std::vector<double> waits;
  for (const candidate& c : waiting) waits.push_back(c.wait);
  std::nth_element(waits.begin(), waits.begin() + (k - 1), waits.end());
  const double longest = waits[usize(k - 1)];
  std::vector<candidate> tied;
  for (const candidate& c : waiting) {
    if (c.wait < longest) chosen.push_back(c.row);
    if (c.wait == longest) tied.push_back(c);
  }
  std::sort(tied.begin(), tied.end(), [&](const candidate& a, const candidate& b) {
    if (a.lot != b.lot) return a.lot < b.lot;
    return cells.id_of(a.row) != cells.id_of(b.row) ? cells.id_of(a.row) < cells.id_of(b.row) : a.row < b.row;
  });
  std::vector<std::int64_t> rest;
  for (std::size_t i = 0; isize(chosen.size() + i) < k; ++i) rest.push_back(tied[i].row);
  std::sort(rest.begin(), rest.end());
  merge_into(chosen, rest);
  return chosen;
}

}  // namespace tepui::sample
