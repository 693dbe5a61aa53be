#pragma once
/// Mixes cells of earlier corpora into a new one, so that a model that goes on learning does not forget what it knew.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/plan.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// How earlier corpora share what is remembered and what is replayed.
enum class among : unsigned char {
  proportional,  ///< a larger corpus gives more cells
  equal          ///< every corpus gives as many, as far as it has them
};

/// Corpora that arrive one after the other become stages of training: each the new corpus with a share of remembered cells.
/// What is remembered is a reservoir: of every corpus the cells with the smallest lots, fewer of each as more corpora come.
/// in     corpora [corpora], draws; key [corpora], what a corpus's lots hang on (a hash of its name), or empty: its place
/// out    plan [corpora]: stage t has cells of the corpora 0 ... t; the first one replays nothing
/// size   growing: all new cells, and so many replayed that these are the share; else as many cells as the new corpus has,
///        or `total`, of which round(share * size) are replayed, halves to even; only cells that a stage had are remembered
/// nested growing: for the same draws a larger share replays the cells of a smaller one, and more; else: a larger share has
///        fewer of the same new cells. A smaller memory remembers a part of what a larger one does
/// ties   lower cell id                                cost   O(cells), and O(remembered cells) a stage
/// errors bad_option: share not in [0, 1); too few cells remembered or new, where `up_to` is false (names the stage)
/// repeat bit-equal everywhere, whatever the order of the cells in a corpus
/// source Vitter 1985 (reservoirs), Robins 1995 (rehearsal), Rolnick et al. 2019 (experience replay)
struct replay {
  static constexpr std::string_view name = "replay";
  double share = 0.2;                  ///< of the cells of a stage that are replayed
  std::int64_t memory = 0;             ///< cells remembered of all earlier corpora together; 0: all of them
  among how = among::proportional;
  bool growing = false;                ///< true: replayed cells are added to the new corpus and replace none of it
  std::int64_t total = 0;              ///< cells a stage, where the size does not grow; 0: as many as the new corpus has
  bool up_to = false;                  ///< true: where cells are missing, take those there are

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(share) + (memory > 0 ? ", memory " + std::to_string(memory) : "") +
           (how == among::equal ? ", equal" : "") + (growing ? ", growing" : "") +
           (total > 0 ? ", " + std::to_string(total) + " cells" : "") + (up_to ? ", up to" : "") + ")";
  }

  [[nodiscard]] plan operator()(std::span<const population> corpora, const kernel::draws& random,
                                std::span<const std::uint64_t> key = {}) const {
    check(isize(corpora.size()), isize(key.size()));
    const auto key_of = [&](std::size_t corpus) { return key.empty() ? std::uint64_t{corpus} : key[corpus]; };
    const auto weights = [&](std::span<const std::int64_t> cells) {
      std::vector<std::int64_t> out(cells.begin(), cells.end());
      if (how == among::equal)
        for (std::int64_t& w : out) w = std::min(w, std::int64_t{1});
      return out;
    };
    plan out;
    std::vector<std::vector<std::int64_t>> remembered;  // rows, ascending
    std::vector<std::int64_t> had;                      // cells of a corpus when it was new
    for (std::size_t t = 0; t < corpora.size(); ++t) {
      std::vector<std::int64_t> held;
      for (const auto& rows : remembered) held.push_back(isize(rows.size()));
      const auto [fresh, replayed] = sizes(isize(t), corpora[t].n_cells, held);
      mixture stage{"corpus " + std::to_string(t), std::vector<std::vector<std::int64_t>>(corpora.size())};
      const std::vector<std::int64_t> from = shared_out(replayed, weights(had), held);
      for (std::size_t s = 0; s < t; ++s)
        // Every stage draws anew from what is remembered.
        stage.rows[s] = smallest_lots_of(remembered[s], from[s], corpora[s], random.sub(key_of(s)).sub(key_of(t)));
      stage.rows[t] = smallest_lots(corpora[t].n_cells, fresh, random.sub(key_of(t)),
                                    [&](std::int64_t row) { return corpora[t].id_of(row); });

      remembered.push_back(stage.rows[t]);
      had.push_back(fresh);
      if (memory > 0) {
        const std::vector<std::int64_t> keep = shared_out(memory, weights(had), had);
        for (std::size_t s = 0; s <= t; ++s)
          if (keep[s] < isize(remembered[s].size()))
            remembered[s] = smallest_lots_of(remembered[s], keep[s], corpora[s], random.sub(key_of(s)));
      }
      out.push_back(std::move(stage));
    }
    return out;
  }

 private:
  void check(std::int64_t n_corpora, std::int64_t n_keys) const {
    check_share(name, share, /*one_is_legal*/ false);
    if (memory < 0 || total < 0)
      throw bad_option("sample::replay: memory is " + std::to_string(memory) + " and total is " + std::to_string(total) +
                       ", but both must be numbers of cells; 0 sets no limit");
    if (growing && total > 0)
      throw bad_option("sample::replay: growing stages have no fixed total, but total is " + std::to_string(total) +
                       "; leave one of the two out");
    if (n_keys != 0 && n_keys != n_corpora)
      throw bad_option("sample::replay: there are " + std::to_string(n_keys) + " keys for " + std::to_string(n_corpora) +
                       " corpora; give one a corpus, or none");
  }
  /// New and replayed cells of a stage.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> sizes(std::int64_t t, std::int64_t n_new,
                                                            std::span<const std::int64_t> held) const {
    std::int64_t all_held = 0;
    for (const std::int64_t h : held) all_held += h;
    const std::int64_t size = total > 0 ? total : n_new;
    std::int64_t replayed = 0;
    if (t > 0) replayed = round_half_even((growing ? share / (1 - share) : share) * static_cast<double>(size));
    const auto refuse = [&](std::int64_t asked, const std::string& of_what, std::int64_t there) {
      throw bad_option("sample::replay: stage " + std::to_string(t) + " takes " + std::to_string(asked) + " " + of_what +
                       ", but there are " + std::to_string(there) + "; change share (" + shortest(share) + "), memory (" +
                       std::to_string(memory) + ") or total (" + std::to_string(total) +
                       "), or set up_to to take those there are");
    };
    if (replayed > all_held && !up_to) refuse(replayed, "remembered cells of earlier corpora", all_held);
    replayed = std::min(replayed, all_held);
    std::int64_t fresh = growing ? n_new : size - replayed;
    if (fresh > n_new && !up_to) refuse(fresh, "cells of the new corpus", n_new);
    return {std::min(fresh, n_new), replayed};
  }
};

}  // namespace tepui::sample
