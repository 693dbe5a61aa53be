#pragma once
/// Which cells of which corpus a model learns from, stage after stage.

#include <algorithm>
#include <compare>
#include <cstdint>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// The cells of one stage of training, from one corpus or from several.
/// invariants  rows [corpora] of ascending rows, each row at most once; a corpus that gives no cells has an empty list
struct mixture {
  std::string name{};  ///< what the stage is: "embryo", "corpus 2", "spike_in(0.1)"
  std::vector<std::vector<std::int64_t>> rows{};

  [[nodiscard]] std::int64_t n_cells() const {
    std::int64_t n = 0;
    for (const auto& of_one : rows) n += isize(of_one.size());
    return n;
  }
  friend bool operator==(const mixture&, const mixture&) = default;
};

/// The stages of training in their order, all from the same corpora.
using plan = std::vector<mixture>;

/// One cell of a mixture.
struct pick {
  std::int64_t corpus = 0, row = 0;
  friend bool operator==(const pick&, const pick&) = default;
};

/// Takes `total` turns among several, each as often as its weight says: the next turn is that of the smallest
/// (2 * turns + 1) / weight. A larger total begins with the turns of a smaller one.
/// in     weight [n], 0: never; at_most [n] turns             out    turn(which), `total` times or until all are full
/// ties   lower place                                         cost   O(total log n); weights and turns below 2^31
/// source Webster 1832, Sainte-Lague 1910 (seats in a parliament)
template <class Turn>
void take_turns(std::int64_t total, std::span<const std::int64_t> weight, std::span<const std::int64_t> at_most,
                Turn&& turn) {
  struct waiting {
    std::uint64_t twice_and_one, weight;
    std::size_t which;
  };
  const auto later = [](const waiting& a, const waiting& b) {
    const std::uint64_t left = a.twice_and_one * b.weight, right = b.twice_and_one * a.weight;
    return left != right ? left > right : a.which > b.which;
  };
  std::priority_queue<waiting, std::vector<waiting>, decltype(later)> next(later);
  for (std::size_t i = 0; i < weight.size(); ++i)
    if (weight[i] > 0 && at_most[i] > 0) next.push({1, static_cast<std::uint64_t>(weight[i]), i});
  for (; total > 0 && !next.empty(); --total) {
    waiting now = next.top();
    next.pop();
    turn(now.which);
    now.twice_and_one += 2;
    if (now.twice_and_one < 2 * static_cast<std::uint64_t>(at_most[now.which])) next.push(now);
  }
}

/// Divides `total` cells among corpora in proportion to their weights; what one cannot give, the others do.
/// in     weight [corpora], at_most [corpora]                 out    [corpora] cells; the sum is total, or all there are
/// nested a larger total gives no corpus less                 ties, cost, source  as take_turns
[[nodiscard]] inline std::vector<std::int64_t> shared_out(std::int64_t total, std::span<const std::int64_t> weight,
                                                          std::span<const std::int64_t> at_most) {
  std::vector<std::int64_t> out(weight.size(), 0);
  take_turns(total, weight, at_most, [&](std::size_t which) { ++out[which]; });
  return out;
}

/// One pass over a stage in which every batch holds the corpora in the proportions of the whole stage: corpora take turns,
/// and each gives its cells in an order of its own lots.
/// in     mixture, corpora [corpora of the mixture] (for their cell ids) or empty: rows are ids, draws
/// out    [cells of the mixture], every cell once; among any cells one behind the other, a corpus misses its share by at
///        most the number of the other corpora
/// ties   lower id, lower corpus                              cost   O(cells log cells)          repeat bit-equal everywhere
[[nodiscard]] inline std::vector<pick> mixed_order(const mixture& stage, std::span<const population> corpora,
                                                   const kernel::draws& random) {
  if (!corpora.empty() && corpora.size() != stage.rows.size())
    throw bad_option("sample::mixed_order: the stage is a mixture of " + std::to_string(stage.rows.size()) +
                     " corpora, but " + std::to_string(corpora.size()) +
                     " are given; give those that the plan was made of");
  struct numbered {
    std::uint64_t number;
    std::int64_t id, row;
    auto operator<=>(const numbered&) const = default;
  };
  std::vector<std::vector<numbered>> order(stage.rows.size());
  std::vector<std::int64_t> cells_of;
  for (std::size_t s = 0; s < order.size(); ++s) {
    const kernel::draws lots = random.sub(s);
    for (const std::int64_t row : stage.rows[s]) {
      const std::int64_t id = corpora.empty() ? row : corpora[s].id_of(row);
      order[s].push_back({lots.bits(id), id, row});
    }
    std::sort(order[s].begin(), order[s].end());
    cells_of.push_back(isize(order[s].size()));
  }
  std::vector<pick> out;
  out.reserve(usize(stage.n_cells()));
  std::vector<std::size_t> given(order.size(), 0);
  take_turns(stage.n_cells(), cells_of, cells_of,
             [&](std::size_t s) { out.push_back({isize(s), order[s][given[s]++].row}); });
  return out;
}

/// Refuses a share of replaced or replayed cells that is not in [0, 1), or where `one_is_legal` in [0, 1].
/// errors  bad_option that names the stage and the value
inline void check_share(std::string_view name, double share, bool one_is_legal) {
  if (!(share >= 0 && (share < 1 || (one_is_legal && share == 1))))
    throw bad_option("sample::" + std::string(name) + ": share is " + shortest(share) + ", but must be 0 or more and " +
                     (one_is_legal ? "at most 1" : "below 1") +
                     "; give the share of a stage's cells that come from elsewhere, such as 0.1");
}

/// The `k` of some rows whose lots are smallest, ascending.           in, ties, cost  as smallest_lots
[[nodiscard]] inline std::vector<std::int64_t> smallest_lots_of(std::span<const std::int64_t> rows, std::int64_t k,
                                                                const population& cells, const kernel::draws& random) {
  const auto id_of = [&](std::int64_t i) { return cells.id_of(rows[usize(i)]); };
  std::vector<std::int64_t> chosen = smallest_lots(isize(rows.size()), k, random, id_of);
  for (std::int64_t& i : chosen) i = rows[usize(i)];
  return chosen;
}

}  // namespace tepui::sample
