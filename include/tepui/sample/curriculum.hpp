#pragma once
/// Teaches cells in an order: embryo before adult, one tissue after the other, with or without those before.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/plan.hpp>
#include <tepui/sample/replay.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Every level of a column of obs (age, tissue, dose) becomes a stage of training.
/// in     population [cells], the column as labels [cells] or the table that holds it, draws
/// out    plan [levels] over one corpus; the order is that of the categories, or the one given. Levels that are not in a
///        given order, and categories without cells, are not taught
/// size   cumulative: all cells of the levels so far, or `total` of them, each with the same chance. Else the level's own
///        cells, mixed with former levels as `former` says (sample::replay; by default not at all)
/// nested for the same draws: cumulative without a total, in the stages; with one, in the total; else as sample::replay
/// ties   lower cell id                                cost   O(cells) a stage
/// errors bad_data: a missing value (names the row), a level without cells (names those that have some)
///        bad_option: a level named twice; a total above a stage's cells; settings that exclude each other
/// repeat bit-equal everywhere; a level's lots hang on its name, not on its code
/// source Bengio et al. 2009 (curriculum learning)
struct curriculum {
  static constexpr std::string_view name = "curriculum";
  std::string column;
  std::vector<std::string> order{};  ///< levels, first to last; empty: all, in the order of the categories
  bool cumulative = false;
  std::int64_t total = 0;            ///< cells a stage of a cumulative curriculum; 0: all
  replay former{.share = 0};         ///< what a stage that is not cumulative has of those before it

  [[nodiscard]] std::string describe() const {
    std::string levels;
    for (const std::string& level : order) levels += (levels.empty() ? ": " : " < ") + level;
    return std::string(name) + "(" + column + levels + (cumulative ? ", cumulative" : ", " + former.describe()) +
           (total > 0 ? ", " + std::to_string(total) + " cells)" : ")");
  }

  [[nodiscard]] plan operator()(const population& cells, const table& obs, const kernel::draws& random) const {
    return (*this)(cells, obs.labels(column), random);
  }

  [[nodiscard]] plan operator()(const population& cells, const categorical& labels, const kernel::draws& random) const {
    if (total < 0 || (total > 0 && !cumulative))
      throw bad_option("sample::curriculum: total is " + std::to_string(total) +
                       ", but must be 0 or more and belongs to a cumulative curriculum; "
                       "for one level at a time set former.total");
    if (cumulative && former.share != 0)
      throw bad_option("sample::curriculum: a cumulative stage has all levels before it, so that former.share (" +
                       shortest(former.share) + ") says nothing; leave one of the two out");
    const std::vector<std::vector<std::int64_t>> rows = rows_of_levels(cells, labels);
    const std::vector<std::size_t> levels = levels_in_order(labels, rows);
    return cumulative ? up_to_each(cells, labels, rows, levels, random) : one_at_a_time(cells, labels, rows, levels, random);
  }

 private:
  using rows_of_each = std::vector<std::vector<std::int64_t>>;

  [[nodiscard]] std::string where() const { return "sample::curriculum: column '" + column + "' "; }

  [[nodiscard]] rows_of_each rows_of_levels(const population& cells, const categorical& labels) const {
    if (isize(labels.code.size()) != cells.n_cells)
      throw bad_data(where() + "has " + std::to_string(labels.code.size()) + " values for " + std::to_string(cells.n_cells) +
                     " cells; give the labels of these cells");
    rows_of_each rows(labels.category.size());
    for (std::int64_t row = 0; row < cells.n_cells; ++row) {
      const std::int32_t code = labels.code[usize(row)];
      if (code < 0)
        throw bad_data(where() + "has no value in row " + std::to_string(row) +
                       ", so its cell belongs to no stage; fill it in or leave the cell out");
      if (usize(code) >= rows.size())
        throw bad_data(where() + "has the code " + std::to_string(code) + " in row " + std::to_string(row) + ", but " +
                       std::to_string(rows.size()) + " categories; give codes below that");
      rows[usize(code)].push_back(row);
    }
    return rows;
  }

  [[nodiscard]] std::vector<std::size_t> levels_in_order(const categorical& labels, const rows_of_each& rows) const {
    std::vector<std::size_t> out;
    if (order.empty()) {
      for (std::size_t level = 0; level < rows.size(); ++level)
        if (!rows[level].empty()) out.push_back(level);
      return out;
    }
    for (const std::string& wanted : order) {
      const auto at = usize(std::find(labels.category.begin(), labels.category.end(), wanted) - labels.category.begin());
      if (at == rows.size() || rows[at].empty()) {
        std::string there;
        for (std::size_t level = 0, n = 0; level < rows.size() && n < 20; ++level)
          if (!rows[level].empty()) there += (n++ == 0 ? "" : ", ") + labels.category[level];
        throw bad_data(where() + "has no cells of '" + wanted + "'; the levels are: " + (there.empty() ? "none" : there) +
                       "; name those in `order`");
      }
      if (std::find(out.begin(), out.end(), at) != out.end())
        throw bad_option(where() + "is to be taught with '" + wanted + "' twice; name a level once in `order`");
      out.push_back(at);
    }
    return out;
  }

  [[nodiscard]] plan up_to_each(const population& cells, const categorical& labels, const rows_of_each& rows,
                                const std::vector<std::size_t>& levels, const kernel::draws& random) const {
    plan out;
    std::vector<std::int64_t> so_far;
    for (const std::size_t level : levels) {
      std::vector<std::int64_t> with_level;
      with_level.reserve(so_far.size() + rows[level].size());
      std::merge(so_far.begin(), so_far.end(), rows[level].begin(), rows[level].end(), std::back_inserter(with_level));
      so_far = std::move(with_level);
      if (total > isize(so_far.size()))
        throw bad_option(where() + "has " + std::to_string(so_far.size()) + " cells up to '" + labels.category[level] +
                         "', but total is " + std::to_string(total) + "; lower it, or begin with a larger level");
      out.push_back({labels.category[level], {total > 0 ? smallest_lots_of(so_far, total, cells, random) : so_far}});
    }
    return out;
  }

  [[nodiscard]] plan one_at_a_time(const population& cells, const categorical& labels, const rows_of_each& rows,
                                   const std::vector<std::size_t>& levels, const kernel::draws& random) const {
    rows_of_each ids;
    std::vector<population> corpora;
    std::vector<std::uint64_t> keys;
    for (const std::size_t level : levels) {
      std::vector<std::int64_t>& of_level = ids.emplace_back();
      for (const std::int64_t row : rows[level]) of_level.push_back(cells.id_of(row));
      keys.push_back(kernel::hash_text(labels.category[level]));
    }
    for (const auto& of_level : ids) corpora.push_back({.n_cells = isize(of_level.size()), .cell_id = of_level});
    plan out;
    for (const mixture& by_level : former(corpora, random, keys)) {
      std::vector<std::int64_t> together;
      for (std::size_t s = 0; s < levels.size(); ++s)
        for (const std::int64_t place : by_level.rows[s]) together.push_back(rows[levels[s]][usize(place)]);
      std::sort(together.begin(), together.end());
      out.push_back({labels.category[levels[out.size()]], {std::move(together)}});
    }
    return out;
  }
};

}  // namespace tepui::sample
