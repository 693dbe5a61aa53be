#pragma once
/// Replaces a share of a corpus by perturbed cells and keeps its size, to see what perturbations teach.

#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/plan.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Chooses round(share * total) cells of another population, halves to even, and the rest of the base corpus.
/// in     base [cells], other [cells]                  out    mixture: rows of the base, rows of the other
/// nested for the same draws a larger share has the other's cells of a smaller one and more, and of the base's only some
/// ties   lower cell id                                cost   O(cells of both)
/// errors bad_option: share not in [0, 1]; the other population, or the base, has too few cells (says what would do)
/// repeat bit-equal everywhere
/// source DenAdel et al. 2026 (spike-in); differs: nested, keyed by cell id, and the share is rounded to the nearest;
///        compat::published_spike_in makes theirs again
struct spike_in {
  static constexpr std::string_view name = "spike_in";
  double share = 0.1;      ///< of the cells that come from the other population; 0: the control without them
  std::int64_t total = 0;  ///< cells in all; 0: as many as the base has

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(share) + (total > 0 ? ", " + std::to_string(total) + " cells)" : ")");
  }

  [[nodiscard]] mixture operator()(const population& base, const population& other, const kernel::draws& random) const {
    check_share(name, share, /*one_is_legal*/ true);
    if (total < 0)
      throw bad_option("sample::spike_in: total is " + std::to_string(total) +
                       ", but must be a number of cells, or 0 for as many as the base has");
    const std::int64_t wanted = total > 0 ? total : base.n_cells;
    const std::int64_t from_other = round_half_even(share * static_cast<double>(wanted)), from_base = wanted - from_other;
    const auto refuse = [&](const char* which, std::int64_t asked, std::int64_t there, const std::string& advice) {
      throw bad_option("sample::spike_in: a share of " + shortest(share) + " of " + std::to_string(wanted) +
                       " cells takes " + std::to_string(asked) + " of the " + which + ", which has " +
                       std::to_string(there) + "; " + advice);
    };
    if (from_other > other.n_cells)
      refuse("other population", from_other, other.n_cells,
             "lower the share or the total, so that at most " + std::to_string(other.n_cells) + " are taken");
    if (from_base > base.n_cells) refuse("base", from_base, base.n_cells, "lower the total or raise the share");
    const auto chosen = [&](const population& from, std::int64_t k, std::uint64_t corpus) {
      return smallest_lots(from.n_cells, k, random.sub(corpus), [&](std::int64_t row) { return from.id_of(row); });
    };
    return {describe(), {chosen(base, from_base, 0), chosen(other, from_other, 1)}};
  }
};

}  // namespace tepui::sample
