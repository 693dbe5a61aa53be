#pragma once
/// Divides cells at random, or so that each type keeps its share: the easiest test, as one donor stands on both sides.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// What share of the cells each part gets; train gets the rest.
struct shares {
  double validation = 0.1;
  double test = 0.1;
};

/// Refuses shares that are negative or leave nothing to train on.
inline void check_shares(std::string_view who, const shares& wanted) {
  if (!(wanted.validation >= 0 && wanted.test >= 0 && wanted.validation + wanted.test < 1))
    throw bad_option(std::string(who) + ": the shares of validation and test are " + shortest(wanted.validation) + " and " +
                     shortest(wanted.test) + ", but must be >= 0 and together below 1; choose smaller ones");
}

/// Refuses a part that was asked for and got no cells.
inline void refuse_empty(std::string_view who, const parts& made, const shares& wanted) {
  for (const auto& [p, share] : {std::pair(part::validation, wanted.validation), std::pair(part::test, wanted.test)})
    if (share > 0 && made.of(p).empty())
      throw bad_data(std::string(who) + ": a share of " + shortest(share) + " of " +
                     std::to_string(made.train.size() + made.validation.size() + made.test.size()) + " cells leaves the " +
                     name_of(p) + " part without a cell; give a larger share, or 0 for no such part");
}

/// A cell and the lot that it drew.
using cell_lot = std::pair<std::uint64_t, std::int64_t>;

/// Hands the cells out in the order of their lots: first the test part, then validation, then train.
/// in     lots, parts to add to (not yet ascending), how many cells validation and test get      ties   lower row
inline void deal(std::vector<cell_lot>& lots, parts& to, std::int64_t n_validation, std::int64_t n_test) {
  std::sort(lots.begin(), lots.end());
  for (std::int64_t i = 0; i < isize(lots.size()); ++i)
    (i < n_test ? to.test : i < n_test + n_validation ? to.validation : to.train).push_back(lots[usize(i)].second);
}

/// Divides the cells of lots that are drawn already. See by_cell.
[[nodiscard]] inline parts by_cell_lots(std::vector<cell_lot> lots, const shares& wanted, std::uint64_t seed) {
  check_shares("split::by_cell", wanted);
  const auto n = isize(lots.size());
  parts out;
  deal(lots, out, whole_share(wanted.validation, n), whole_share(wanted.test, n));
  for (auto* rows : {&out.train, &out.validation, &out.test}) std::sort(rows->begin(), rows->end());
  refuse_empty("split::by_cell", out, wanted);
  out.seed = seed;
  out.how = "by cell, validation " + shortest(wanted.validation) + ", test " + shortest(wanted.test) + ", seed " +
            std::to_string(seed);
  return out;
}

/// Divides [0, n_cells) at random.
/// in     number of cells, shares, seed       out    parts: floor(test * n) and floor(validation * n) cells, the rest trains
/// ties   lower row                           errors bad_option: shares that are negative or leave nothing to train on;
///                                                   bad_data: a part with a share above 0 that gets no cell
/// cost   O(cells log cells)                  repeat bit-equal everywhere; a smaller test part is within a larger one
[[nodiscard]] inline parts by_cell(std::int64_t n_cells, const shares& wanted = {}, std::uint64_t seed = 0) {
  const kernel::draws random(seed, "split.by_cell");
  std::vector<cell_lot> lots(usize(n_cells));
  for (std::int64_t row = 0; row < n_cells; ++row) lots[usize(row)] = {random.bits(row), row};
  return by_cell_lots(std::move(lots), wanted, seed);
}

/// The lots of cells by their names: another order of the table draws the same lot for the same cell.
[[nodiscard]] inline std::vector<cell_lot> lots_of_cells(const table& obs, const kernel::draws& random) {
  std::vector<cell_lot> lots(obs.index.size());
  for (std::size_t row = 0; row < lots.size(); ++row)
    lots[row] = {random.bits(static_cast<std::int64_t>(kernel::hash_text(obs.index[row]))), isize(row)};
  return lots;
}

/// Divides the cells of a table at random, by their names: the same cells in another order are divided the same.
/// Otherwise as by_cell(n_cells).
[[nodiscard]] inline parts by_cell(const table& obs, const shares& wanted = {}, std::uint64_t seed = 0) {
  return by_cell_lots(lots_of_cells(obs, kernel::draws(seed, "split.by_cell")), wanted, seed);
}

/// Divides the cells of a table so that each level of a column (each cell type) keeps its share in every part.
/// in     table [rows], column, shares, seed
/// out    parts; of n cells of a type, test and train get their shares to less than 1 cell, validation to less than 2.
///        Which way a type is rounded is drawn by its name. Every type keeps at least one cell in train
/// ties   lower row                                   errors as by_cell; bad_data: no such column, a missing value
/// cost   O(cells log cells)                          repeat bit-equal everywhere; a smaller test part is in a larger one
[[nodiscard]] inline parts stratified(const table& obs, std::string_view column, const shares& wanted = {},
                                      std::uint64_t seed = 0) {
  check_shares("split::stratified", wanted);
  const levels types = levels_of(obs, column);
  const kernel::draws random(seed, "split.stratified");
  std::vector<std::vector<cell_lot>> lots(types.n_levels());
  for (const cell_lot& lot : lots_of_cells(obs, random)) lots[types.level_of(lot.second)].push_back(lot);
  parts out;
  for (std::size_t type = 0; type < lots.size(); ++type) {
    const auto n = isize(lots[type].size());
    const double edge = random.uniform(static_cast<std::int64_t>(kernel::hash_text(types.name(type))), 1);
    // Rounded together, so that validation and test share one rounding and train is off by less than a cell.
    const auto cells_in = [&](double share) {
      return std::min(n - 1, static_cast<std::int64_t>(std::floor(kernel::rounded(share * static_cast<double>(n)) + edge)));
    };
    const std::int64_t test = cells_in(wanted.test), held = cells_in(wanted.test + wanted.validation);
    deal(lots[type], out, held - test, test);
  }
  for (auto* rows : {&out.train, &out.validation, &out.test}) std::sort(rows->begin(), rows->end());
  refuse_empty("split::stratified", out, wanted);
  out.seed = seed;
  out.how = "by cell, each " + std::string(column) + " in its share, validation " + shortest(wanted.validation) + ", test " +
            shortest(wanted.test) + ", seed " + std::to_string(seed);
  return out;
}

}  // namespace tepui::split
