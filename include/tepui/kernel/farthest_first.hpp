#pragma once
/// Chooses cells one by one, always the one that lies farthest from all chosen before.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>

namespace tepui::kernel {

/// Refuses a choice of more points than there are, a first one that is none, places for other numbers of points, and more
/// points than can be numbered.
inline void check_choice(std::int64_t n, std::int64_t wanted, std::int64_t first, std::size_t chosen, std::size_t radius) {
  if (n > INT32_MAX)
    throw bad_option("kernel::farthest_first: cannot choose of " + std::to_string(n) +
                     " points, because it numbers at most 2,147,483,647; choose of a part of them first");
  if (wanted < 0 || wanted > n || (wanted > 0 && (first < 0 || first >= n)) || isize(chosen) < wanted ||
      (radius > 0 && isize(radius) < wanted))
    throw bad_option("kernel::farthest_first: cannot choose " + std::to_string(wanted) + " of " + std::to_string(n) +
                     " points beginning with row " + std::to_string(first) + " into places for " + std::to_string(chosen) +
                     " rows and " + std::to_string(radius) +
                     " radii; choose at most all, begin with one of them, and give a place each");
}

/// Plain reference of farthest_first: every point is measured for every choice.
template <class Real, class Radius>
void plain_farthest_first(const points_of<Real>& all, std::int64_t wanted, std::int64_t first,
                          std::span<std::int64_t> chosen, std::span<Radius> radius) {
  check_choice(all.n, wanted, first, chosen.size(), radius.size());
  std::vector<double> nearest(usize(all.n), std::numeric_limits<double>::infinity());
  std::int64_t next = first;
  for (std::int64_t c = 0; c < wanted; ++c) {
    const std::int64_t choice = chosen[usize(c)] = next;
    double farthest = -2;
    for (std::int64_t i = 0; i < all.n; ++i) {
      double& d = nearest[usize(i)];
      d = i == choice ? -1 : std::min(d, plain_squared_distance(all.row(i), all.row(choice), all.dims));
      if (d > farthest) {
        farthest = d;
        next = i;
      }
    }
    if (!radius.empty()) radius[usize(c)] = static_cast<Radius>(std::sqrt(std::max(farthest, 0.0)));
  }
}

/// What is known of a point: its squared distance to the nearest of the first `seen` choices; later ones only lower it.
struct far_point {
  double at_most;                     ///< -1: chosen
  std::int32_t place, seen, nearest;  ///< nearest: which choice, in their order
  /// Which of two lies nearer; of equal ones, the one of the higher place.
  [[nodiscard]] bool operator<(const far_point& other) const {
    return at_most != other.at_most ? at_most < other.at_most : place > other.place;
  }
};

inline namespace HWY_NAMESPACE {

/// The choices so far, side by side, and how far they are apart: by the triangle inequality, a choice that lies twice as
/// far from a point's nearest choice as the point does is not nearer to the point.
template <class Real>
class chosen_points {
 public:
  static constexpr std::int64_t most_apart = 4096;  ///< of so many choices the distances are kept, in 64 MiB at most

  chosen_points(std::int64_t wanted, std::int64_t dims) : dims_(dims), known_(std::min(wanted, most_apart)) {
    value_.resize(usize(wanted * dims));
    apart_.resize(usize(known_ * known_));
  }
  void add(const Real* point) {
    std::copy(point, point + dims_, value_.data() + n_ * dims_);
    for (std::int64_t i = 0; i <= n_ && n_ < known_; ++i)
      apart_[usize(i * known_ + n_)] = apart_[usize(n_ * known_ + i)] =
          static_cast<float>(squared_distance(point, row(i), dims_));
    ++n_;
  }
  /// Measures a point to choices that it has not seen, until it has seen all or is nearer than `enough`.
  void measure(far_point& point, const Real* x, double enough) const {
    std::int64_t seen = point.seen;
    while (seen < n_ && point.at_most >= enough) {
      if (point.nearest < known_ && point.at_most < 1e37) {
        const float* const apart = apart_.data() + point.nearest * known_;
        // Larger than four times the square by far more than any of the three distances is in error.
        const auto twice = static_cast<float>(point.at_most * 4.00001 + 1e-30);
        while (seen < std::min(n_, known_) && apart[seen] >= twice) ++seen;
        if (seen == n_) break;
      }
      const double d = squared_distance(x, row(seen), dims_);
      if (d < point.at_most) {
        point.at_most = d;
        point.nearest = static_cast<std::int32_t>(seen);
      }
      ++seen;
    }
    point.seen = static_cast<std::int32_t>(seen);
  }

 private:
  [[nodiscard]] const Real* row(std::int64_t i) const { return value_.data() + i * dims_; }

  std::int64_t dims_, known_, n_ = 0;
  buffer_in<host, Real> value_;
  buffer_in<host, float> apart_;
};

/// Puts a point on top of a heap, in place of the one that is there.
inline void replace_top(std::span<far_point> heap, const far_point& point) {
  std::size_t at = 0;
  for (std::size_t below = 1; below < heap.size(); below = 2 * at + 1) {
    if (below + 1 < heap.size() && heap[below] < heap[below + 1]) ++below;
    if (!(point < heap[below])) break;
    heap[at] = heap[below];
    at = below;
  }
  heap[at] = point;
}

/// Greedy k-center: begins with `first` and adds, `wanted` - 1 times, the point that lies farthest from its nearest choice.
/// in     all [n, dims]; order [n]: the rows in the order in which ties go, or empty: as they lie
/// out    chosen [wanted] rows, as they were chosen; radius [wanted], or empty: how far the farthest point lies from the
///        choices so far, this one included
/// ties   the row that is first in `order`; points that equal a choice come last, and none is chosen twice
/// nested a longer choice begins with the shorter one
/// errors bad_option where wanted or first do not fit, or there are more than 2^31 - 1 points
/// cost   n distances, and then only those of points that may be the farthest: a point that once was nearer than the
///        last radius is not looked at again. At worst n wanted distances. Memory 24 n bytes, the choices once more, and
///        4 wanted^2 bytes for up to 4,096 choices
/// repeat bit-equal everywhere; threads share the first n distances only
/// source Gonzalez 1985, Clustering to minimize the maximum intercluster distance (at most twice the best radius); lazy
///        as in Minoux 1978, Accelerated greedy algorithms; triangle inequality: Elkan 2003
template <class Real, class Radius>
void farthest_first_of(const points_of<Real>& all, std::int64_t wanted, std::int64_t first, std::span<std::int64_t> chosen,
                       std::span<Radius> radius, int threads, std::span<const std::int64_t> order = {}) {
  check_choice(all.n, wanted, first, chosen.size(), radius.size());
  if (wanted == 0) return;
  const auto row_of = [&](std::int64_t place) { return order.empty() ? place : order[usize(place)]; };
  std::vector<far_point> heap(usize(all.n));
  constexpr std::int64_t together = 4096;
  parallel_chunks((all.n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
    for (std::int64_t i = chunk * together; i < std::min(all.n, (chunk + 1) * together); ++i) {
      const std::int64_t row = row_of(i);
      heap[usize(i)] = {row == first ? -1 : squared_distance(all.row(row), all.row(first), all.dims),
                        static_cast<std::int32_t>(i), 1, 0};
    }
  });
  std::make_heap(heap.begin(), heap.end());
  chosen_points<Real> choices(wanted, all.dims);
  for (std::int64_t c = 0; c < wanted; ++c) {
    if (c > 0) {
      far_point top = heap[0];
      first = row_of(top.place);
      top.at_most = -1;
      replace_top(heap, top);
    }
    chosen[usize(c)] = first;
    choices.add(all.row(first));
    // The top is measured until another point may be farther, or it has seen all choices: then it is the farthest.
    while (heap[0].seen <= c && heap[0].at_most >= 0) {
      far_point top = heap[0];
      double other = 0;
      for (std::size_t i = 1; i < std::min<std::size_t>(3, heap.size()); ++i) other = std::max(other, heap[i].at_most);
      choices.measure(top, all.row(row_of(top.place)), other);
      replace_top(heap, top);
    }
    if (!radius.empty()) radius[usize(c)] = static_cast<Radius>(std::sqrt(std::max(heap[0].at_most, 0.0)));
  }
}
/// The same for embeddings, ties to the lower row.
inline void farthest_first(points all, std::int64_t wanted, std::int64_t first, std::span<std::int64_t> chosen,
                           std::span<float> radius, int threads = 1) {
  farthest_first_of(all, wanted, first, chosen, radius, threads);
}
}  // namespace HWY_NAMESPACE

}  // namespace tepui::kernel
