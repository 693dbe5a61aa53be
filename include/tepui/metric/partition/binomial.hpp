#pragma once
/// Draws how many of many cells fall into each of several groups, without drawing the cells.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/rounded.hpp>

namespace tepui::metric {

/// log(k!) less its leading terms, log(sqrt(2 pi)) + (k + 1/2) log(k + 1) - (k + 1).             in     k >= 0
[[nodiscard]] inline double stirling_rest(double k) {
  constexpr std::array<double, 10> first{0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
                                         0.01664469118982119, 0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
                                         0.00925546218271273, 0.00833056343336287};
  if (k < 10) return first[static_cast<std::size_t>(k)];
  const double j = k + 1, square = j * j;
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / j;
}

/// How many of n cells fall into a group of this chance.
/// in     n >= 0; chance in [0, 1]; uniform() in [0, 1), called as often as needed
/// cost   some tens of nanoseconds, for any n           repeat bit-equal where the C library's log is
/// source Kachitvichyanukul and Schmeiser 1988 (inversion, below 10 expected), Hormann 1993 (transformed rejection, above)
template <class Uniform>
[[nodiscard]] std::int64_t binomial(std::int64_t n, double chance, Uniform&& uniform) {
  using kernel::rounded;  // whole numbers are decided here
  if (n <= 0 || !(chance > 0)) return 0;
  if (chance >= 1) return n;
  if (chance > 0.5) return n - binomial(n, 1 - chance, uniform);
  const auto cells = static_cast<double>(n);
  const double odds = chance / (1 - chance);
  if (cells * chance < 10) {
    const double none = std::exp(cells * std::log1p(-chance));
    for (;;) {
      double left = uniform(), weight = none;
      for (std::int64_t k = 0; k <= std::min<std::int64_t>(n, 110); ++k) {
        if (left < weight) return k;
        left -= weight;
        weight = rounded(weight * odds * (static_cast<double>(n - k) / static_cast<double>(k + 1)));
      }
    }
  }
  const double spread = std::sqrt(cells * chance * (1 - chance)), b = 1.15 + rounded(2.53 * spread),
               a = -0.0873 + rounded(0.0248 * b) + rounded(0.01 * chance);
  const double centre = rounded(cells * chance) + 0.5, surely = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
  const double mode = std::floor((cells + 1) * chance);
  for (;;) {
    const double u = uniform() - 0.5, v = uniform(), inside = 0.5 - std::abs(u);
    const double k = std::floor(rounded((2 * a / inside + b) * u) + centre);
    if (inside >= 0.07 && v <= surely) return static_cast<std::int64_t>(k);
    if (!(k >= 0 && k <= cells)) continue;
    const double height = std::log(v * alpha / (a / rounded(inside * inside) + b));
    const double allowed = rounded((mode + 0.5) * std::log((mode + 1) / (odds * (cells - mode + 1)))) +
                           rounded((cells + 1) * std::log((cells - mode + 1) / (cells - k + 1))) +
                           rounded((k + 0.5) * std::log(odds * (cells - k + 1) / (k + 1))) + stirling_rest(mode) +
                           stirling_rest(cells - mode) - stirling_rest(k) - stirling_rest(cells - k);
    if (height <= allowed) return static_cast<std::int64_t>(k);
  }
}

/// As many cells as there are, drawn again with replacement, and counted by group: the bootstrap of what depends on counts
/// alone.
/// in     cells [groups]; which resample                out    again [groups], the same sum
/// cost   one binomial a group, for any number of cells
/// repeat decided by seed, resample and the counts, not by the order of the cells
inline void draw_again(std::span<const std::int64_t> cells, const kernel::draws& random, std::int64_t resample,
                       std::vector<std::int64_t>& again) {
  std::int64_t left = 0;
  for (const std::int64_t c : cells) left += c;
  std::int64_t to_place = left;
  again.assign(cells.size(), 0);
  std::uint64_t draw = 0;
  for (std::size_t g = 0; g < cells.size() && to_place > 0; ++g) {
    again[g] = cells[g] == left ? to_place
                                : binomial(to_place, static_cast<double>(cells[g]) / static_cast<double>(left),
                                           [&] { return random.uniform(resample, draw++); });
    to_place -= again[g];
    left -= cells[g];
  }
}

}  // namespace tepui::metric
