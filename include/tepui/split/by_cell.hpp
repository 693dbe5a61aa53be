#pragma once
/// Divides cells at random: the easiest test, because cells of one donor stand on both sides.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// What share of the cells each part gets; train gets the rest.
struct shares {
  double validation = 0.1;
  double test = 0.1;
};

/// Divides [0, n_cells) at random.
/// in     number of cells, shares, seed       out    parts: floor(test * n) and floor(validation * n) cells, the rest trains
/// ties   lower row                           errors bad_option where the shares are negative or leave nothing to train on
/// cost   O(cells log cells)                  repeat bit-equal everywhere; for one seed a smaller test part is within a larger
/// one
[[nodiscard]] inline parts by_cell(std::int64_t n_cells, const shares& wanted = {}, std::uint64_t seed = 0) {
  if (!(wanted.validation >= 0 && wanted.test >= 0 && wanted.validation + wanted.test < 1)) {
    char two[64];
    std::snprintf(two, sizeof two, "%g and %g", wanted.validation, wanted.test);
    throw bad_option("split::by_cell: the shares of validation and test are " + std::string(two) +
                     ", but must be >= 0 and together below 1; choose smaller ones");
  }
  const kernel::draws random(seed, "split.by_cell");
  std::vector<std::pair<std::uint64_t, std::int64_t>> lots;
  lots.reserve(usize(n_cells));
  for (std::int64_t row = 0; row < n_cells; ++row) lots.emplace_back(random.bits(row), row);
  std::sort(lots.begin(), lots.end());
  // A share like 0.1 of 30 must give 3, although 0.1 * 30 may be a rounding away from it.
  const auto cells_in = [&](double share) {
    return static_cast<std::size_t>(std::floor(share * static_cast<double>(n_cells) + 1e-9));
  };
  const std::size_t test = cells_in(wanted.test), validation = cells_in(wanted.validation);
  parts out;
  for (std::size_t i = 0; i < lots.size(); ++i)
    (i < test ? out.test : i < test + validation ? out.validation : out.train).push_back(lots[i].second);
  for (auto* part : {&out.train, &out.validation, &out.test}) std::sort(part->begin(), part->end());
  out.seed = seed;
  char how[64];
  std::snprintf(how, sizeof how, "by cell, validation %g, test %g", wanted.validation, wanted.test);
  out.how = std::string(how) + ", seed " + std::to_string(seed);
  return out;
}

}  // namespace tepui::split
