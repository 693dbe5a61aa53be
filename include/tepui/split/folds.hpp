#pragma once
/// Divides cells, or whole donors, into folds, each of which is tested once, and the rest again into folds for tuning.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/split/levels.hpp>
#include <tepui/split/parts.hpp>

namespace tepui::split {

/// How many folds: `outer` that are tested in turn, and of the cells left, `inner` that validate in turn; 0: none do.
struct folds_options {
  std::int32_t outer = 5;
  std::int32_t inner = 0;
  std::uint64_t seed = 0;
};

/// Folds within folds. parts(o, i) tests outer fold o, validates inner fold i of the rest, and trains on what remains.
/// memory  one number a cell and outer fold; the parts are made when they are asked for
class nested_folds {
 public:
  using fold_of_row = std::vector<std::int32_t>;
  /// in  outer fold of each row [rows]; inner fold of each row for each outer fold [outer][rows], -1 for those tested
  nested_folds(const folds_options& options, fold_of_row outer, std::vector<fold_of_row> inner, std::string how)
      : options_(options), outer_(std::move(outer)), inner_(std::move(inner)), how_(std::move(how)) {}

  [[nodiscard]] std::int32_t n_outer() const { return options_.outer; }
  [[nodiscard]] std::int32_t n_inner() const { return options_.inner; }
  /// errors  bad_option where there is no such fold
  [[nodiscard]] parts operator()(std::int32_t outer, std::int32_t inner = 0) const {
    if (outer < 0 || outer >= n_outer() || inner < 0 || inner >= std::max(1, n_inner()))
      throw bad_option("split: fold " + std::to_string(outer) + ", " + std::to_string(inner) +
                       " was asked for, but there are " + std::to_string(n_outer()) + " outer and " +
                       std::to_string(n_inner()) + " inner folds; count from 0");
    parts out;
    for (std::size_t row = 0; row < outer_.size(); ++row)
      (outer_[row] == outer                                  ? out.test
       : n_inner() > 0 && inner_[usize(outer)][row] == inner ? out.validation
                                                             : out.train)
          .push_back(isize(row));
    out.seed = options_.seed;
    out.how = "test fold " + std::to_string(outer + 1) + " of " + std::to_string(n_outer());
    if (n_inner() > 0) out.how += ", validation fold " + std::to_string(inner + 1) + " of " + std::to_string(n_inner());
    out.how += " " + how_ + ", seed " + std::to_string(options_.seed);
    return out;
  }

 private:
  folds_options options_;
  fold_of_row outer_;
  std::vector<fold_of_row> inner_;
  std::string how_;
};

/// Refuses numbers of folds that cannot be dealt out.
inline void check_folds(const folds_options& wanted, std::int64_t n, const std::string& of_what) {
  if (wanted.outer < 2 || wanted.inner < 0 || wanted.inner == 1)
    throw bad_option("split: " + std::to_string(wanted.outer) + " outer and " + std::to_string(wanted.inner) +
                     " inner folds were asked for; give at least 2 outer, and 0 or at least 2 inner folds");
  // The largest outer fold leaves the fewest for the inner ones.
  const std::int64_t left = n - (n + wanted.outer - 1) / wanted.outer;
  if (n < wanted.outer || left < wanted.inner)
    throw bad_data("split: " + std::to_string(n) + " " + of_what + " cannot be divided into " +
                   std::to_string(wanted.outer) + " folds" +
                   (wanted.inner > 0 ? " and their rest into " + std::to_string(wanted.inner) : std::string()) +
                   "; give fewer folds");
}

/// Folds of whole levels: no donor stands on both sides of any fold.
/// in     table [rows], column, options
/// out    folds; two folds differ by at most one level; each level goes, in the order of its lot, where the fewest cells are
/// ties   lower fold; a level is drawn by its name, so the order of rows and of categories does not matter
/// errors bad_option: fewer than 2 folds; bad_data: no such column, a missing value, fewer levels than folds
/// cost   O(rows x outer + levels log levels x outer)           repeat bit-equal everywhere
[[nodiscard]] inline nested_folds folds_by(const table& obs, std::string_view column, const folds_options& wanted = {}) {
  const levels of = levels_of(obs, column);
  check_folds(wanted, isize(of.n_levels()), "levels of column " + of.quoted());
  const kernel::draws random(wanted.seed, "split.folds");
  const auto deal_levels = [&](const std::vector<std::size_t>& among, std::int32_t k, const kernel::draws& lots) {
    std::vector<std::int32_t> fold(of.n_levels(), -1);
    std::vector<std::pair<std::int64_t, std::int64_t>> held(usize(k), {0, 0});  // levels, cells
    for (const std::size_t level : in_order_of_lots(of.label.category, among, lots)) {
      const auto least = std::min_element(held.begin(), held.end());
      fold[level] = static_cast<std::int32_t>(least - held.begin());
      least->first += 1;
      least->second += of.cells[level];
    }
    return fold;
  };
  const auto to_rows = [&](const std::vector<std::int32_t>& fold) {
    nested_folds::fold_of_row out(of.label.code.size());
    for (std::int64_t row = 0; row < of.n_rows(); ++row) out[usize(row)] = fold[of.level_of(row)];
    return out;
  };
  std::vector<std::size_t> all(of.n_levels());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::vector<std::int32_t> outer = deal_levels(all, wanted.outer, random);
  std::vector<nested_folds::fold_of_row> inner;
  for (std::int32_t o = 0; wanted.inner > 0 && o < wanted.outer; ++o) {
    std::vector<std::size_t> rest;
    for (const std::size_t i : all)
      if (outer[i] != o) rest.push_back(i);
    inner.push_back(to_rows(deal_levels(rest, wanted.inner, random.sub(static_cast<std::uint64_t>(o)))));
  }
  return {wanted, to_rows(outer), std::move(inner), "of whole levels of " + std::string(column)};
}

/// Folds of cells, by their names; with a column, each of its levels (each cell type) has the same share in every fold, to
/// one cell.
/// in     table [rows], options, column or nothing        out    folds; two folds differ by at most one cell
/// ties   lower row                                       errors as folds_by; bad_data: fewer cells than folds
/// cost   O(rows log rows x outer)                        repeat bit-equal everywhere
[[nodiscard]] inline nested_folds folds_by_cell(const table& obs, const folds_options& wanted = {},
                                                std::string_view stratify = {}) {
  check_folds(wanted, obs.n_rows(), "cells");
  std::vector<std::size_t> type(obs.index.size(), 0);
  if (!stratify.empty()) {
    const levels types = levels_of(obs, stratify);
    // Types are dealt out in the order of their names, so that the order of the categories does not matter.
    std::vector<std::size_t> by_name(types.n_levels()), place(types.n_levels());
    for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
    std::sort(by_name.begin(), by_name.end(), [&](std::size_t a, std::size_t b) { return types.name(a) < types.name(b); });
    for (std::size_t i = 0; i < by_name.size(); ++i) place[by_name[i]] = i;
    for (std::size_t row = 0; row < type.size(); ++row) type[row] = place[types.level_of(isize(row))];
  }
  const auto deal_cells = [&](std::int32_t k, const kernel::draws& random,
                              const std::function<bool(std::size_t)>& takes_part) {
    std::vector<std::pair<std::size_t, cell_lot>> lots;
    for (const cell_lot& lot : lots_of_cells(obs, random))
      if (takes_part(usize(lot.second))) lots.emplace_back(type[usize(lot.second)], lot);
    std::sort(lots.begin(), lots.end());
    nested_folds::fold_of_row fold(obs.index.size(), -1);
    for (std::size_t i = 0; i < lots.size(); ++i)
      fold[usize(lots[i].second.second)] = static_cast<std::int32_t>(i % usize(k));
    return fold;
  };
  const kernel::draws random(wanted.seed, "split.folds");
  nested_folds::fold_of_row outer = deal_cells(wanted.outer, random, [](std::size_t) { return true; });
  std::vector<nested_folds::fold_of_row> inner;
  for (std::int32_t o = 0; wanted.inner > 0 && o < wanted.outer; ++o)
    inner.push_back(deal_cells(wanted.inner, random.sub(static_cast<std::uint64_t>(o)),
                               [&](std::size_t row) { return outer[row] != o; }));
  return {wanted, std::move(outer), std::move(inner),
          "of cells" + (stratify.empty() ? std::string() : ", each " + std::string(stratify) + " in its share")};
}

}  // namespace tepui::split
