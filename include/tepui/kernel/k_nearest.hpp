#pragma once
/// Finds for every cell the k nearest of some other cells, and how far they are.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/k_nearest_search.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {

/// Refuses places for other numbers of neighbours than asked for, and more points than rows can number.
inline void check_k_places(std::int64_t n, std::int64_t among, std::int64_t k, std::size_t distance, std::size_t which) {
  if (k < 0 || isize(distance) != n * k || isize(which) != n * k || among > INT32_MAX)
    throw bad_option("kernel::k_nearest: " + std::to_string(k) + " nearest of " + std::to_string(among) +
                     " points for each of " + std::to_string(n) + ", but places for " + std::to_string(distance) +
                     " distances and " +
                     std::to_string(which) + " rows; give k places a point (among at most 2,147,483,647 points)");
}

inline namespace HWY_NAMESPACE {

/// Calls found(row, nearest) for every point of `of`, from any thread: at most k neighbours, nearest first.
/// in     same: `of` is `among`, and no point is its own neighbour; k >= 0
template <class Real, class Found>
void each_k_nearest(const points_of<Real>& of, const points_of<Real>& among, bool same, std::int64_t k, int threads,
                    Found&& found) {
  const std::int64_t wanted = std::min(k, among.n - (same && among.n > 0 ? 1 : 0));
#if TEPUI_HAS_LANES
  if (wanted > 0 && worth_whole_numbers(of, among)) {
    k_nearest_search<Real> search(of, among, same, wanted, threads);
    if (search.usable()) return search(found);
  }
#endif
  std::vector<std::vector<measured_neighbour>> rooms(usize(std::max(threads, 1)));
  constexpr std::int64_t together = 16;
  parallel_chunks((of.n + together - 1) / together, threads, [&](std::int64_t chunk, int worker) {
    auto& room = rooms[usize(worker)];
    for (std::int64_t i = chunk * together; i < std::min(of.n, (chunk + 1) * together); ++i) {
      plain_k_nearest(of.row(i), among, wanted, same ? i : -1, room);
      found(i, std::span<const measured_neighbour>(room));
    }
  });
}

/// What is found, written row after row.
template <class Distance>
struct neighbour_places {
  std::int64_t k;
  std::span<Distance> distance;
  std::span<std::int32_t> which;

  void operator()(std::int64_t i, std::span<const measured_neighbour> nearest) const {
    for (std::int64_t c = 0; c < k; ++c) {
      const bool there = c < isize(nearest.size());
      distance[usize(i * k + c)] = there ? static_cast<Distance>(std::sqrt(nearest[usize(c)].first))
                                         : std::numeric_limits<Distance>::infinity();
      which[usize(i * k + c)] = there ? static_cast<std::int32_t>(nearest[usize(c)].second) : -1;
    }
  }
};

/// The k nearest of some others for every point.
/// in     of [of.n, dims]; among [among.n, dims]; k >= 0, also more than there are
/// out    distance [of.n, k], float or double: the square roots of kernel::squared_distance, nearest first; which
///        [of.n, k]: rows of `among`
/// ties   squared distances in double, then the lower row; a point that is among them itself is its own nearest, or
///        a copy of a lower row is
/// empty  places for more neighbours than there are: infinity, row -1; a distance that is no number does not count
/// errors bad_option where the places do not fit
/// cost   n m dims operations on pairs of 16-bit numbers, as fast as a product of matrices (bench/nearest.cpp), and a few
///        more than k distances a point; more where many points are about as far as the k-th, up to about 5e-4 of the
///        largest distance from the mean, at worst all n m distances. Memory: both sets in 16 bits, and 12 k bytes or
///        more for each of some hundred points a thread
/// repeat bit-equal everywhere, for any number of threads: whole numbers only say which distances need not be measured
/// source faiss IndexFlatL2 answers the same question in float32
template <class Real, class Distance>
void k_nearest_of(const points_of<Real>& of, const points_of<Real>& among, std::int64_t k, std::span<Distance> distance,
                  std::span<std::int32_t> which, int threads = 1) {
  check_k_places(of.n, among.n, k, distance.size(), which.size());
  each_k_nearest(of, among, false, k, threads, neighbour_places<Distance>{k, distance, which});
}
/// The same for embeddings.
inline void k_nearest(points of, points among, std::int64_t k, std::span<float> distance, std::span<std::int32_t> which,
                      int threads = 1) {
  k_nearest_of(of, among, k, distance, which, threads);
}

/// The k nearest others of the same set for every point; a copy of it is another point.
/// in     all [n, dims]; k >= 0             out    distance, which [n, k]
/// cost   half of k_nearest's, because a pair is compared once; memory also 12 k bytes a point (k = 15: 260)
/// ties, empty, errors, repeat       as k_nearest_of
template <class Real, class Distance>
void k_nearest_others_of(const points_of<Real>& all, std::int64_t k, std::span<Distance> distance,
                         std::span<std::int32_t> which, int threads = 1) {
  check_k_places(all.n, all.n, k, distance.size(), which.size());
  each_k_nearest(all, all, true, k, threads, neighbour_places<Distance>{k, distance, which});
}
/// The same for embeddings.
inline void k_nearest_others(points all, std::int64_t k, std::span<float> distance, std::span<std::int32_t> which,
                             int threads = 1) {
  k_nearest_others_of(all, k, distance, which, threads);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
