#pragma once
/// Finds for every cell the nearest of some other cells, and how far it is.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/farthest_first.hpp>
#include <tepui/kernel/hausdorff.hpp>
#include <tepui/kernel/nearest_search.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Calls done(i, found_nearest) for every point of `of`; known(i): what was found before among other points.
template <class Real, class Known, class Done>
void each_nearest(const points_of<Real>& of, const points_of<Real>& among, int threads, Known&& known, Done&& done) {
  const auto in_chunks = [&](std::int64_t together, auto&& work) {
    parallel_chunks((of.n + together - 1) / together, threads, [&](std::int64_t chunk, int worker) {
      const std::int64_t first = chunk * together, n = std::min(together, of.n - first);
      std::vector<found_nearest> best(usize(n));
      for (std::int64_t i = 0; i < n; ++i) best[usize(i)] = known(first + i);
      work(first, n, best.data(), worker);
      for (std::int64_t i = 0; i < n; ++i) done(first + i, best[usize(i)]);
    });
  };
#if TEPUI_HAS_LANES
  if (worth_bounds(of, among)) {
    const nearest_search<Real> search(among);
    std::vector<search_room> rooms(usize(std::max(threads, 1)));
    in_chunks(search.together(), [&](std::int64_t first, std::int64_t n, found_nearest* best, int worker) {
      search.nearest(n, [&](std::int64_t i) { return of.row(first + i); }, best, rooms[usize(worker)]);
    });
    return;
  }
#endif
  in_chunks(64, [&](std::int64_t first, std::int64_t n, found_nearest* best, int) {
    for (std::int64_t i = 0; i < n; ++i) best[i] = plain_nearest(of.row(first + i), among, best[i]);
  });
}

/// Refuses places for other numbers of points than there are, and more points than `which` can number.
inline void check_places(std::int64_t n, std::int64_t among, std::size_t distance, std::size_t which) {
  if (isize(distance) != n || (which > 0 && isize(which) != n) || (which > 0 && among > INT32_MAX))
    throw bad_option("kernel::nearest_distances: " + std::to_string(n) + " points among " + std::to_string(among) +
                     " others, but places for " + std::to_string(distance) + " distances and " + std::to_string(which) +
                     " rows; give a place each (no rows among more than 2,147,483,647 points)");
}

/// The distance from every point to the nearest of some others.
/// in     of [of.n, dims]; among [among.n, dims]
/// out    distance [of.n], float or double: the square root of kernel::squared_distance; which [of.n] or empty: its row
/// ties   lower row of `among`; a point that is among them itself is its own nearest
/// empty  `among`: infinity, row -1
/// errors bad_option where the places do not fit
/// cost   2 n m dims operations, nearly as fast as a product of matrices (bench/nearest.cpp), and about 16 distances a
///        point; more where many points are as near as the nearest, up to 1e-5 of their squared norms around the mean of
///        `among`. Memory: `among` once more
/// repeat bit-equal everywhere, for any number of threads: float bounds only say which distances need not be looked at
template <class Real, class Distance>
void nearest_distances_of(const points_of<Real>& of, const points_of<Real>& among, std::span<Distance> distance,
                          std::span<std::int32_t> which = {}, int threads = 1) {
  check_places(of.n, among.n, distance.size(), which.size());
  each_nearest(
      of, among, threads, [](std::int64_t) { return found_nearest(); },
      [&](std::int64_t i, const found_nearest& found) {
        distance[usize(i)] = static_cast<Distance>(std::sqrt(found.squared));
        if (!which.empty()) which[usize(i)] = static_cast<std::int32_t>(found.row);
      });
}
/// The same for embeddings.
inline void nearest_distances(points of, points among, std::span<float> distance, std::span<std::int32_t> which,
                              int threads = 1) {
  nearest_distances_of(of, among, distance, which, threads);
}

/// The distance from every point to the nearest other point of the same set; a copy of it is another point.
/// in     all [n, dims]             out    distance [n]; which [n], or empty       empty  one point: infinity, row -1
/// ties, errors, cost, repeat       as nearest_distances
template <class Real, class Distance>
void nearest_others_of(const points_of<Real>& all, std::span<Distance> distance, std::span<std::int32_t> which = {},
                       int threads = 1) {
  check_places(all.n, all.n, distance.size(), which.size());
  each_nearest(
      all, all, threads, [](std::int64_t i) { return found_nearest{.passed_over = i}; },
      [&](std::int64_t i, const found_nearest& found) {
        distance[usize(i)] = static_cast<Distance>(std::sqrt(found.squared));
        if (!which.empty()) which[usize(i)] = static_cast<std::int32_t>(found.row);
      });
}

/// Lowers distances to the nearest of what was seen before by what is seen now.
/// in     distance [of.n]: to the nearest so far, infinity where nothing was seen
/// out    distance [of.n]: as nearest_distances among all that was seen, in whatever order and portions
/// cost   as nearest_distances among the new points, but only points that may have come nearer are measured
/// repeat bit-equal everywhere, for any number of threads
template <class Real, class Distance>
void update_nearest_of(const points_of<Real>& of, const points_of<Real>& newly_seen, std::span<Distance> distance,
                       int threads = 1) {
  check_places(of.n, newly_seen.n, distance.size(), 0);
  each_nearest(
      of, newly_seen, threads,
      [&](std::int64_t i) {
        const auto d = static_cast<double>(distance[usize(i)]);
        return found_nearest{.squared = d * d};
      },
      [&](std::int64_t i, const found_nearest& found) {
        if (found.row >= 0)
          distance[usize(i)] = std::min(distance[usize(i)], static_cast<Distance>(std::sqrt(found.squared)));
      });
}
/// The same for embeddings.
inline void update_nearest(points of, points newly_seen, std::span<float> distance, int threads = 1) {
  update_nearest_of(of, newly_seen, distance, threads);
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
