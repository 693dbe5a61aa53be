#pragma once
/// How many new cells one has already: those that lie nearer to the old cells than new cells lie to each other.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/score.hpp>

namespace tepui::coverage {

/// The middle value; of an even number of values, the mean of the two in the middle.      in  at least one value
[[nodiscard]] inline double median_of(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
  const double upper = values[middle];
  if (values.size() % 2 == 1) return upper;
  return 0.5 * (upper + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle)));
}

struct duplicates {
  score share;       ///< of the new cells that are near duplicates
  score copies;      ///< of the new cells that equal a cell of the pool in every dimension
  measured within;   ///< median distance of a new cell to the nearest other new cell
  measured to_pool;  ///< median distance of a new cell to the nearest cell of the pool
};

/// The same from distances that are known: of every new cell to the nearest other new cell, and to the nearest of the pool.
[[nodiscard]] inline duplicates near_duplicates(const std::vector<double>& within, const std::vector<double>& to_pool) {
  if (within.size() != to_pool.size())
    throw bad_data("coverage::near_duplicates: there are " + std::to_string(within.size()) +
                   " distances within the batch and " + std::to_string(to_pool.size()) +
                   " to the pool; give one of each a new cell");
  duplicates out;
  for (score* s : {&out.share, &out.copies}) {
    s->name = s == &out.share ? "near_duplicates" : "copies";
    s->n = isize(within.size());
    s->better = direction::lower_is_better;
    s->floor = 1;
    s->ceiling = 0;
    s->low = s->high = measured::missing("the share of near duplicates has no interval without resamples of its cells");
  }
  const auto missing = [&](const char* why) {
    out.share.value = out.copies.value = out.within = out.to_pool = measured::missing(why);
    return out;
  };
  if (within.empty()) return missing("there are no new cells");
  if (std::isinf(to_pool.front())) return missing("there are no old cells yet, so nothing can be a duplicate of one");
  const auto n = static_cast<double>(within.size());
  const auto share_of = [&](auto&& is) {
    return static_cast<double>(std::count_if(to_pool.begin(), to_pool.end(), is)) / n;
  };
  out.copies.value = share_of([](double d) { return d == 0; });
  out.to_pool = median_of(to_pool);
  if (within.size() < 2) {
    out.share.value = out.within = measured::missing("one new cell alone has no distance to another new cell");
    return out;
  }
  const double scale = median_of(within);
  out.within = scale;
  if (scale > 0)
    out.share.value = share_of([&](double d) { return d < scale; });
  else
    out.share.value =
        measured::missing("half of the new cells or more are copies of each other, so that their distances give no scale");
  return out;
}

/// The share of new cells whose nearest old cell is nearer than a new cell usually is to the nearest other new one.
/// in     new cells, pool [cells, dims], of one embedding
/// out    scores, lower is better. About a half: the pool holds the same biology as densely as the batch; 0: none of it
/// floor  1: every cell is there already                ceiling  0
/// empty  no new cells, no pool, one new cell, or a batch of copies: missing, with the reason
/// errors bad_data where the dims differ or a number is not finite             cost   O(new (new + pool) dims)
/// ties   a cell exactly at the median is no duplicate  repeat threads change nothing
/// source the rule of a batch's own spacing, as in docs/coverage.md
[[nodiscard]] inline duplicates near_duplicates(const kernel::points& fresh, const kernel::points& pool, int threads = 1) {
  if (fresh.n > 0 && pool.n > 0 && fresh.dims != pool.dims)
    throw bad_data("coverage::near_duplicates: the new cells have " + std::to_string(fresh.dims) + " dims and the pool " +
                   std::to_string(pool.dims) + "; give both in one embedding");
  check_finite(fresh.value, fresh.dims);
  check_finite(pool.value, pool.dims);
  return near_duplicates(nearest_other(fresh, threads), nearest_among(fresh, pool, threads));
}
[[nodiscard]] inline duplicates near_duplicates(const embedding_view<>& fresh, const embedding_view<>& pool,
                                                int threads = 1) {
  return near_duplicates(points_of_cells(fresh), points_of_cells(pool), threads);
}

}  // namespace tepui::coverage
