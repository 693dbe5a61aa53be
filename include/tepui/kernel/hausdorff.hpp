#pragma once
/// Finds how far the worst-covered cell lies from the chosen cells, without measuring the well-covered ones.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/nearest_search.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

#if TEPUI_HAS_LANES
/// The search for the point that lies farthest from its nearest: all points are bounded from above by a few of the
/// others, those that seem farthest are measured, those that are bounded by what was measured are dropped, and what is
/// left is bounded by twice as many of the others.
template <class Real>
class farthest_search {
 public:
  farthest_search(const points_of<Real>& of, const nearest_search<Real>& among, int threads)
      : of_(of), among_(among), threads_(threads), rooms_(usize(std::max(threads, 1))), left_(usize(of.n)) {
    for (std::int64_t i = 0; i < of.n; ++i) left_[usize(i)] = {std::numeric_limits<double>::infinity(), i};
  }
  [[nodiscard]] double squared() {
    std::int64_t measured = 48;
    for (std::int64_t first = 0, last; first < among_.n_panels() && !left_.empty(); first = last) {
      last = std::min(among_.n_panels(), std::max<std::int64_t>(1, 2 * first));
      in_chunks(isize(left_.size()), [&](std::int64_t from, std::int64_t n, search_room& room) {
        candidate* const some = left_.data() + from;
        among_.lower(
            n, [&](std::int64_t i) { return of_.row(some[i].row); }, first, last,
            [&](std::int64_t i, double at_most) { some[i].at_most = std::min(some[i].at_most, at_most); }, room);
      });
      measure_farthest(measured);
    }
    for (; !left_.empty(); measured *= 2) measure_farthest(measured);
    return most_;
  }

 private:
  struct candidate {
    double at_most;
    std::int64_t row;
  };

  template <class Work>
  void in_chunks(std::int64_t n, Work&& work) {
    const std::int64_t together = among_.together();
    parallel_chunks((n + together - 1) / together, threads_, [&](std::int64_t chunk, int worker) {
      work(chunk * together, std::min(together, n - chunk * together), rooms_[usize(worker)]);
    });
  }
  /// Measures the n points that seem farthest, and drops them and all that are no farther than the farthest measured.
  void measure_farthest(std::int64_t n) {
    n = std::min(n, isize(left_.size()));
    if (n == 0) return;
    std::nth_element(left_.begin(), left_.begin() + (n - 1), left_.end(),
                     [](const candidate& a, const candidate& b) { return a.at_most > b.at_most; });
    std::vector<found_nearest> found(usize(n));
    in_chunks(n, [&](std::int64_t from, std::int64_t some, search_room& room) {
      among_.nearest(some, [&](std::int64_t i) { return of_.row(left_[usize(from + i)].row); }, found.data() + from, room);
    });
    for (const found_nearest& f : found) most_ = std::max(most_, f.squared);
    left_.erase(left_.begin(), left_.begin() + n);
    std::erase_if(left_, [&](const candidate& c) { return c.at_most <= most_; });
  }

  points_of<Real> of_;
  const nearest_search<Real>& among_;
  int threads_;
  std::vector<search_room> rooms_;
  std::vector<candidate> left_;
  double most_ = 0;
};
#endif

/// The directed Hausdorff distance: the largest, over the points of `of`, of the distances to the nearest of `among`.
/// in     of [of.n, dims]; among [among.n, dims]       out    the distance
/// empty  `of`: 0; `among`: infinity
/// cost   about 100 distances a point where few of `among` are enough to show that a point is not the farthest; at worst
///        all n m distances, nearly as fast as a product of matrices. Memory: `among` once more, and 16 bytes a point
/// repeat bit-equal everywhere: the square root of the largest kernel::squared_distance, in whatever order it was found
/// source Taha and Hanbury 2015, An efficient algorithm for calculating the exact Hausdorff distance (early break)
template <class Real>
[[nodiscard]] double directed_hausdorff_of(const points_of<Real>& of, const points_of<Real>& among, int threads = 1) {
#if TEPUI_HAS_LANES
  if (worth_bounds(of, among)) {
    const nearest_search<Real> search(among);
    if (search.bounded()) return std::sqrt(farthest_search<Real>(of, search, threads).squared());
  }
#endif
  constexpr std::int64_t together = 64;
  std::vector<double> most(usize((of.n + together - 1) / together), 0.0);
  parallel_chunks(isize(most.size()), threads, [&](std::int64_t chunk, int) {
    for (std::int64_t i = chunk * together; i < std::min(of.n, (chunk + 1) * together); ++i)
      most[usize(chunk)] = std::max(most[usize(chunk)], plain_nearest(of.row(i), among).squared);
  });
  return std::sqrt(most.empty() ? 0.0 : *std::ranges::max_element(most));
}
/// The same for embeddings.
[[nodiscard]] inline double directed_hausdorff(points of, points among, int threads = 1) {
  return directed_hausdorff_of(of, among, threads);
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
