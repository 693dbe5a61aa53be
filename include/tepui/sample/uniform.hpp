#pragma once
/// Keeps a share of the cells, every cell with the same chance.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Chooses round(fraction * cells) cells without replacement; halves round to the even number, as pandas does.
/// in     population [cells], or a number of cells     out    rows, ascending
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   lower cell id                                errors bad_option where fraction is not in (0, 1]
/// cost   O(cells)                                     repeat bit-equal everywhere
/// source DenAdel et al. 2026 (random downsampling); differs: the sizes are theirs, the cells are not (another generator), and
///        theirs are not nested
struct uniform {
  static constexpr std::string_view name = "uniform";
  double fraction = 1;

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + shortest(fraction) + ")"; }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    const std::int64_t wanted = round_half_even(fraction * static_cast<double>(cells.n_cells));
    return smallest_lots(cells.n_cells, wanted, random, [&](std::int64_t row) { return cells.id_of(row); });
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(std::int64_t n_cells, const kernel::draws& random) const {
    return (*this)(population{.n_cells = n_cells}, random);
  }
};

static_assert(sampler<uniform>);

}  // namespace tepui::sample
