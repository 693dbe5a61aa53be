#pragma once
/// Chooses some of many cells by lot, where a larger choice always contains the smaller one.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/lots.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::sample {

/// The nearest whole number, halves to the even one, as Python and pandas round a share of cells.
[[nodiscard]] inline std::int64_t round_half_even(double x) {
  const double below = std::floor(x), rest = x - below;
  const auto whole = static_cast<std::int64_t>(below);
  if (rest != 0.5) return rest < 0.5 ? whole : whole + 1;
  return whole % 2 == 0 ? whole : whole + 1;
}

/// How many cells have each label.
/// in     label [cells], at least -1: missing
/// out    [labels]
/// cost   O(cells)
[[nodiscard]] inline std::vector<std::int64_t> cells_of_label(std::span<const std::int32_t> label) {
  std::int32_t highest = -1;
  for (const std::int32_t l : label) highest = std::max(highest, l);
  // Four counts of each label, because a count cannot grow again before it has been written, and neighbours are often of
  // one type.
  const std::size_t n = usize(highest + 2);
  std::vector<std::int64_t> count(4 * n);
  for (std::size_t i = 0; i < label.size(); ++i) ++count[i % 4 * n + usize(std::max(label[i], -1) + 1)];
  std::vector<std::int64_t> out(n - 1);
  for (std::size_t l = 0; l + 1 < n; ++l)
    out[l] = count[l + 1] + count[n + l + 1] + count[2 * n + l + 1] + count[3 * n + l + 1];
  return out;
}

/// Puts `more` rows among others; both ascend, and so does what they become.            cost  O(rows)
inline void merge_into(std::vector<std::int64_t>& rows, std::span<const std::int64_t> more) {
  std::size_t a = rows.size(), b = more.size();
  rows.resize(a + b);
  // From behind, so that nothing is overwritten before it has moved.
  for (std::size_t to = rows.size(); b > 0;) rows[--to] = a > 0 && rows[a - 1] > more[b - 1] ? rows[--a] : more[--b];
}

/// Where the lots of a group stand that are certainly small enough, and where those that may be: leading 32 bits.
struct lot_limits {
  std::uint32_t sure = 0;   ///< a lot below it is among the wanted
  std::uint32_t maybe = 0;  ///< a lot above it is not

  /// The lots of `cells` cells of which `wanted` are chosen spread as a binomial: five standard deviations to either side
  /// miss the limit once in a million groups. They only save time: where they were wrong, the group is looked at again
  /// without them.
  [[nodiscard]] static lot_limits around(std::int64_t wanted, std::int64_t cells) {
    if (wanted <= 0) return {};
    if (wanted >= cells) return {std::numeric_limits<std::uint32_t>::max(), std::numeric_limits<std::uint32_t>::max()};
    const auto k = static_cast<double>(wanted), n = static_cast<double>(cells);
    const double wide = 5 * std::sqrt(k * (1 - k / n)) + 10;
    const auto at = [n](double cell) { return static_cast<std::uint32_t>(std::clamp(cell / n, 0.0, 1.0) * 0xFFFFFFFFp0); };
    return {at(k - wide), at(k + wide)};
  }
  [[nodiscard]] static lot_limits none() { return {0, std::numeric_limits<std::uint32_t>::max()}; }
};

/// A place whose lot lies between the limits.
struct edge_lot {
  std::int32_t group;
  std::uint32_t lot;  ///< leading 32 bits
  std::int64_t place;
};

/// Of each group the `missing[group]` smallest of its edge lots, or all where there are fewer: their places, as they stand.
/// in     edge; missing [groups]; before(a, b): which of two with the same leading bits comes first
/// cost   O(edge)
template <class Before>
[[nodiscard]] std::vector<std::int64_t> smallest_edge_lots(std::span<const edge_lot> edge,
                                                           std::span<const std::int64_t> missing, Before&& before) {
  std::vector<std::int64_t> begin(missing.size() + 1);  // of the lots of a group, group after group
  for (const edge_lot& e : edge)
    if (e.group >= 0) ++begin[usize(e.group + 1)];
  for (std::size_t g = 0; g < missing.size(); ++g) begin[g + 1] += begin[g];
  std::vector<std::uint32_t> lots(usize(begin.back()));
  std::vector<std::int64_t> to(begin.begin(), begin.end() - 1);
  for (const edge_lot& e : edge)
    if (e.group >= 0) lots[usize(to[usize(e.group)]++)] = e.lot;

  std::vector<std::uint32_t> last(missing.size());       // the largest lot that is chosen, its leading bits ...
  std::vector<std::int64_t> of_last(missing.size(), 0);  // ... and how many with these bits are chosen
  std::vector<std::int64_t> with_last(missing.size(), 0);
  for (std::size_t g = 0; g < missing.size(); ++g) {
    const auto first = lots.begin() + begin[g], end = lots.begin() + begin[g + 1];
    const std::int64_t take = std::min<std::int64_t>(missing[g], end - first);
    if (take <= 0) continue;
    std::nth_element(first, first + (take - 1), end);
    last[g] = first[take - 1];
    of_last[g] = std::count(first, first + take, last[g]);
    with_last[g] = std::count(first, end, last[g]);
  }
  std::vector<std::int64_t> out;
  std::vector<edge_lot> tied;
  for (const edge_lot& e : edge) {
    if (e.group < 0 || of_last[usize(e.group)] == 0 || e.lot > last[usize(e.group)]) continue;
    if (e.lot == last[usize(e.group)] && with_last[usize(e.group)] > of_last[usize(e.group)])
      tied.push_back(e);
    else
      out.push_back(e.place);
  }
  if (tied.empty()) return out;
  std::sort(tied.begin(), tied.end(),
            [&](const edge_lot& a, const edge_lot& b) { return a.group != b.group ? a.group < b.group : before(a, b); });
  for (const edge_lot& e : tied)
    if (of_last[usize(e.group)]-- > 0) out.push_back(e.place);
  std::sort(out.begin(), out.end());
  return out;
}

/// Of each group the `wanted[group]` places of [0, n) whose lots are smallest, or all where there are fewer; ascending. A
/// larger `wanted` keeps all that a smaller one chose.
/// in     group_of(place) in [-1, groups), -1: never chosen; id_of(place), the cell id there, every id draws one lot;
///        cells, wanted [groups]                                     ties   lower id first, then lower place
/// cost   O(n): 3 to 5 ns a place, memory O(chosen)                  repeat bit-equal everywhere
template <class GroupOf, class IdOf>
[[nodiscard]] std::vector<std::int64_t> smallest_lots_of_groups(std::int64_t n, std::span<const std::int64_t> cells,
                                                                std::span<const std::int64_t> wanted,
                                                                const kernel::draws& random, GroupOf&& group_of,
                                                                IdOf&& id_of) {
  constexpr std::int64_t block = 1024;
  std::vector<lot_limits> limits(1);  // [1 + groups], the first for no group
  std::int64_t expected = block;
  for (std::size_t g = 0; g < wanted.size(); ++g) {
    limits.push_back(lot_limits::around(wanted[g], cells[g]));
    expected += std::clamp<std::int64_t>(wanted[g], 0, std::max<std::int64_t>(cells[g], 0));
  }
  std::vector<std::int64_t> chosen(usize(expected)), missing(wanted.size());
  std::vector<edge_lot> edge;
  for (bool again = true; again;) {
    std::size_t n_chosen = 0, n_edge = 0;
    std::array<std::int64_t, block> id;
    std::array<std::uint32_t, block> lot;
    for (std::int64_t begin = 0; begin < n; begin += block) {
      const std::size_t here = usize(std::min(block, n - begin));
      for (std::size_t i = 0; i < here; ++i) id[i] = id_of(begin + isize(i));
      kernel::lots(random, {id.data(), here}, {lot.data(), here});
      if (chosen.size() < n_chosen + here) chosen.resize(2 * n_chosen + here);
      if (edge.size() < n_edge + here) edge.resize(2 * n_edge + here);
      // Everything is written down and stays only if it counts: whether it does cannot be foretold, and a wrong guess
      // costs more.
      for (std::size_t i = 0; i < here; ++i) {
        const auto group = static_cast<std::int32_t>(group_of(begin + isize(i)));
        const lot_limits limit = limits[usize(group + 1)];
        const bool sure = lot[i] < limit.sure;
        chosen[n_chosen] = begin + isize(i);
        edge[n_edge] = {group, lot[i], begin + isize(i)};
        n_chosen += sure ? 1U : 0U;
        n_edge += !sure && lot[i] <= limit.maybe ? 1U : 0U;
      }
    }
    chosen.resize(n_chosen);
    edge.resize(n_edge);

    std::vector<std::int64_t> at_edge(wanted.size(), 0);
    std::copy(wanted.begin(), wanted.end(), missing.begin());
    for (const std::int64_t place : chosen) --missing[usize(group_of(place))];
    for (const edge_lot& e : edge)
      if (e.group >= 0) ++at_edge[usize(e.group)];
    again = false;
    for (std::size_t g = 0; g < wanted.size(); ++g) {
      const bool all_seen = limits[g + 1].maybe == std::numeric_limits<std::uint32_t>::max();
      if (wanted[g] <= 0 || (missing[g] >= 0 && (missing[g] <= at_edge[g] || all_seen))) continue;
      limits[g + 1] = lot_limits::none();
      again = true;
    }
  }
  const auto before = [&](const edge_lot& a, const edge_lot& b) {
    const std::int64_t a_id = id_of(a.place), b_id = id_of(b.place);
    const std::uint64_t a_lot = random.bits(a_id), b_lot = random.bits(b_id);
    if (a_lot != b_lot) return a_lot < b_lot;
    return a_id != b_id ? a_id < b_id : a.place < b.place;
  };
  merge_into(chosen, smallest_edge_lots(edge, missing, before));
  return chosen;
}

/// The `k` places of [0, n) whose lots are smallest, ascending. A larger k keeps all that a smaller one chose.
/// in     id_of(place), the cell id there; every id draws one lot     ties   lower id first, then lower place
/// cost   O(n): 2 ns a place, memory O(k)                             repeat bit-equal everywhere
template <class IdOf>
[[nodiscard]] std::vector<std::int64_t> smallest_lots(std::int64_t n, std::int64_t k, const kernel::draws& random,
                                                      IdOf&& id_of) {
  const std::array<std::int64_t, 1> cells{n}, wanted{std::min(k, n)};
  return smallest_lots_of_groups(n, cells, wanted, random, [](std::int64_t) { return 0; }, id_of);
}

}  // namespace tepui::sample
