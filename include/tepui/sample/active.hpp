#pragma once
/// Chooses cells one after the other, each time the cell that brings all others closest to one that was chosen.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/sample/reference_cells.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// Cells in the order in which they are worth most.
struct greedy_order {
  std::vector<std::int64_t> row;  ///< [chosen]
  std::vector<double>
      gain;          ///< [chosen] mean distance that the cell takes away from a reference cell; never grows along the order
  double start = 0;  ///< the mean distance with none chosen: of each reference cell to the farthest of them
};

/// The greedy order of facility location: what a choice is worth is the mean, over the reference cells, of how much nearer
/// the nearest chosen cell is than the farthest reference cell. No choice of the same size is worth more than 1 / (1 - 1/e)
/// = 1.58 times as much.
/// in     population with an embedding; the reference cells; how many at most
/// out    up to `most` rows: it ends where no cell adds anything, at the latest when every place of a reference cell is
///        chosen
/// ties   lower cell id                                  errors none
/// cost   O(cells * reference * dims) for the first; then O(reference * dims) for every gain that is looked at again, which
///        are few where groups are apart and hundreds a cell where nothing is: 1 and 14 s for 1000 of 100,000 x 50 noise
/// repeat bit-equal everywhere, for any number of threads
/// source Nemhauser et al. 1978 (the bound); Minoux 1978 (lazy gains); Krause and Golovin 2014
[[nodiscard]] inline greedy_order facility_location(const population& cells, const reference_cells& reference,
                                                    std::int64_t most, int threads = 1) {
  const std::size_t m = reference.row.size();
  greedy_order out;
  if (m == 0 || most <= 0) return out;
  std::vector<double> nearest(reference.n_padded(), 0);  // of each reference cell to the nearest chosen one
  std::vector<double> squared(reference.n_padded());
  for (std::size_t i = 0; i < m; ++i) {
    reference.squared_distances(cells.embedding.row(reference.row[i]), squared);
    nearest[i] = std::sqrt(*std::max_element(squared.begin(), squared.begin() + isize(m)));
    out.start += nearest[i];
  }
  out.start /= static_cast<double>(m);
  // The sum runs over the reference cells in one order, so that no gain can grow by rounding when `nearest` has become
  // smaller.
  const auto gain_of = [&](std::int64_t row, std::vector<double>& room) {
    reference.squared_distances(cells.embedding.row(row), room);
    double sum = 0;
    for (std::size_t i = 0; i < m; ++i) sum += std::max(0.0, nearest[i] - std::sqrt(room[i]));
    return sum;
  };
  struct candidate {
    double gain;
    std::int64_t id, row, seen;  // seen: how many were chosen when the gain was computed
  };
  std::vector<candidate> all(usize(cells.n_cells));
  constexpr std::int64_t chunk = 256;
  kernel::parallel_chunks((cells.n_cells + chunk - 1) / chunk, threads, [&](std::int64_t c, int) {
    std::vector<double> room(reference.n_padded());
    for (std::int64_t row = c * chunk; row < std::min((c + 1) * chunk, cells.n_cells); ++row)
      all[usize(row)] = {gain_of(row, room), cells.id_of(row), row, 0};
  });
  const auto worse = [](const candidate& a, const candidate& b) {
    if (a.gain != b.gain) return a.gain < b.gain;
    return a.id != b.id ? a.id > b.id : a.row > b.row;
  };
  std::priority_queue best(worse, std::move(all));
  while (isize(out.row.size()) < most && !best.empty()) {
    candidate next = best.top();
    best.pop();
    if (!(next.gain > 0)) break;
    if (next.seen < isize(out.row.size())) {
      next.gain = gain_of(next.row, squared);
      next.seen = isize(out.row.size());
      best.push(next);
      continue;
    }
    out.row.push_back(next.row);
    out.gain.push_back(next.gain / static_cast<double>(m));
    reference.squared_distances(cells.embedding.row(next.row), squared);
    for (std::size_t i = 0; i < m; ++i) nearest[i] = std::min(nearest[i], std::sqrt(squared[i]));
  }
  return out;
}

/// Chooses round(fraction * cells) cells by marginal gain: the first ones in the greedy order of facility location, and
/// where no cell adds anything any more, because every place of a reference cell is taken, the rest by lot.
/// in     population with an embedding [cells, dims]       out    rows, ascending
/// nested for the same draws, the choice at 10 % is part of the choice at 25 %
/// ties   lower cell id
/// errors bad_option where fraction or reference is out of range or the embedding is missing, bad_data where it is not
///        finite
/// cost   as facility_location                             repeat bit-equal everywhere, for any number of threads
/// source Nemhauser et al. 1978; Wei et al. 2015 (choosing training data by submodular gain)
struct active {
  static constexpr std::string_view name = "active";
  double fraction = 1;
  std::int64_t reference = 2000;  ///< cells drawn by lot that stand for all; should be several times what is chosen by gain
  int threads = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(" + shortest(fraction) + ", reference " + std::to_string(reference) + ")";
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check_fraction(name, fraction);
    check_embedding(name, cells);
    check_finite(name, cells);
    if (reference < 1)
      throw bad_option("sample::active: reference is " + std::to_string(reference) +
                       ", but must be at least 1 cell, such as 2000");
    const std::int64_t wanted = round_half_even(fraction * static_cast<double>(cells.n_cells));
    std::vector<std::int64_t> rows =
        facility_location(cells, reference_cells(cells, reference, random.sub(1)), wanted, threads).row;
    std::vector<bool> taken(usize(cells.n_cells), false);
    for (const std::int64_t row : rows) taken[usize(row)] = true;
    std::sort(rows.begin(), rows.end());
    if (isize(rows.size()) < wanted) {
      const std::vector<std::int64_t> left{cells.n_cells - isize(rows.size())}, missing{wanted - isize(rows.size())};
      merge_into(rows,
                 smallest_lots_of_groups(
                     cells.n_cells, left, missing, random, [&](std::int64_t row) { return taken[usize(row)] ? -1 : 0; },
                     [&](std::int64_t row) { return cells.id_of(row); }));
    }
    return rows;
  }
};

static_assert(sampler<active>);

}  // namespace tepui::sample
