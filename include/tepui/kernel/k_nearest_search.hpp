#pragma once
/// Finds the k nearest of many cells exactly, and measures only those that could be among them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/k_nearest.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/kernel/whole_points.hpp>

namespace tepui::kernel {

/// A neighbour: its squared distance and its row. The nearer is less, of equally near ones the lower row.
using measured_neighbour = std::pair<double, std::int64_t>;

/// Plain reference of a search: every point is measured; nearest first.
/// in     passed_over: a row that does not count, or -1; k >= 0
/// out    at most k; distances that are no numbers do not count
template <class Real>
void plain_k_nearest(const Real* x, const points_of<Real>& among, std::int64_t k, std::int64_t passed_over,
                     std::vector<measured_neighbour>& out) {
  out.clear();
  if (k == 0) return;
  for (std::int64_t j = 0; j < among.n; ++j) {
    const measured_neighbour now{squared_distance(x, among.row(j), among.dims), j};
    if (j == passed_over || std::isnan(now.first)) continue;
    if (isize(out.size()) == k) {
      if (!(now < out.front())) continue;
      std::pop_heap(out.begin(), out.end());
      out.back() = now;
    } else {
      out.push_back(now);
    }
    std::push_heap(out.begin(), out.end());
  }
  std::sort_heap(out.begin(), out.end());
}

inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Whether there are enough points that whole numbers are worth their preparation.
template <class Real>
[[nodiscard]] bool worth_whole_numbers(const points_of<Real>& of, const points_of<Real>& among) {
  return of.n >= 4 && among.n >= 64 && among.n <= INT32_MAX && of.dims > 0 && of.dims <= whole_scale::most_dims;
}

/// For each of some points, others that may be among its k nearest: half squared distances in whole numbers, and places.
struct near_lists {
  std::int64_t k = 0, vectors = 0;
  buffer_in<host, std::int32_t> half, place, count, limit;

  void clear(std::int64_t n, std::int64_t wanted) {
    k = wanted;
    vectors = (k + std::max<std::int64_t>(16, k / 2) + isize(simd::lanes32) - 1) / isize(simd::lanes32);
    const std::int64_t padded = (n + whole_points::panel - 1) / whole_points::panel * whole_points::panel;
    half.assign(usize(n * room()), simd::beyond_all);
    place.resize(usize(n * room()));
    count.assign(usize(n), 0);
    limit.assign(usize(n), simd::beyond_all - 1);
    limit.resize(usize(padded), 0);
    std::fill(limit.begin() + n, limit.end(), 0);
  }
  [[nodiscard]] std::int64_t room() const { return vectors * isize(simd::lanes32); }
  [[nodiscard]] std::int32_t* half_of(std::int64_t i) { return half.data() + i * room(); }
  [[nodiscard]] std::int32_t* place_of(std::int64_t i) { return place.data() + i * room(); }
  /// Drops what cannot be among the k nearest any more.
  void drop_far(std::int64_t i, const whole_scale& scale) {
    const std::int32_t kth = simd::about_kth(half_of(i), usize(vectors), usize(k));
    limit[usize(i)] = std::min(limit[usize(i)], scale.limit_of_half(kth));
    count[usize(i)] =
        static_cast<std::int32_t>(simd::keep_at_most(half_of(i), place_of(i), usize(vectors), limit[usize(i)]));
  }
};

/// Working memory of one thread.
struct k_search_room {
  buffer_in<host, simd::near_pair> pairs =
      buffer_in<host, simd::near_pair>(simd::pair_rows * simd::pair_panel);
  std::vector<measured_neighbour> measured;
  near_lists lists;
};

/// Points of both sets are compared in whole numbers; a list of each point takes those that are within its limit,
/// which falls as the list fills; what is left in the end is measured.
template <class Real>
class k_nearest_search {
 public:
  /// in     k >= 1, no more than there are
  k_nearest_search(const points_of<Real>& of, const points_of<Real>& among, bool same, std::int64_t k, int threads)
      : of_(of), among_(among), same_(same), k_(k), threads_(std::max(threads, 1)), rooms_(usize(threads_)),
        scale_(whole_scale_of(same ? points_of<Real>{0, of.dims, {}} : of, among)) {
    if (!scale_.usable()) return;
    y_.write(among_, scale_);
    if (!same_) x_.write(of_, scale_);
  }
  [[nodiscard]] bool usable() const { return scale_.usable(); }

  /// Calls found(row, nearest) for every point, from any thread.
  template <class Found>
  void operator()(Found&& found) {
    if (same_) {
      all_pairs();
      in_portions(y_.n, 64, [&](std::int64_t i, k_search_room& room) { finish(lists_, i, 0, room, found); });
    } else {
      const std::int64_t together = panels_together();
      parallel_chunks((x_.n_panels + together - 1) / together, threads_, [&](std::int64_t chunk, int worker) {
        const std::int64_t first = chunk * together, last = std::min(first + together, x_.n_panels);
        some_rows(first, last, rooms_[usize(worker)], found);
      });
    }
    const auto& far = same_ ? y_.far : x_.far;
    in_portions(isize(far.size()), 1, [&](std::int64_t f, k_search_room& room) {
      const std::int64_t i = far[usize(f)];
      plain_k_nearest(of_.row(i), among_, k_, same_ ? i : -1, room.measured);
      found(i, std::span<const measured_neighbour>(room.measured));
    });
  }

 private:
  static constexpr std::int64_t panel = whole_points::panel;

  template <class Work>
  void in_portions(std::int64_t n, std::int64_t together, Work&& work) {
    parallel_chunks((n + together - 1) / together, threads_, [&](std::int64_t chunk, int worker) {
      for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) work(i, rooms_[usize(worker)]);
    });
  }
  /// How many panels of x stay in the nearest cache, or else in the second, while y runs past.
  [[nodiscard]] std::int64_t panels_together() const {
    const std::int64_t bytes = panel * y_.words * 4;
    return bytes <= 12'000 ? 24'000 / bytes : std::max<std::int64_t>(256'000 / bytes, 1);
  }
  [[nodiscard]] const whole_points& x() const { return same_ ? y_ : x_; }

  /// Two panels. Both: each side's points look for neighbours on the other; else only those of x. The first list is that
  /// of place `from`.
  template <bool Both>
  void compare(std::int64_t a, std::int64_t b, near_lists& lists, std::int64_t from, k_search_room& room) {
    const std::int64_t i0 = a * panel - from, j0 = b * panel;
    const simd::pair_job job{usize(y_.words), x().panel_at(a), y_.panel_at(b),
                             x().half.data() + a * panel, lists.limit.data() + i0,
                             y_.half.data() + j0, Both ? lists.limit.data() + j0 : nullptr};
    simd::near_pair* const found = room.pairs.data();
    for (std::size_t r = 0; r < simd::pair_panel; r += simd::pair_rows) {
      const simd::near_pair* const last = simd::pair_tile<Both>(job, r, found);
      for (const simd::near_pair* p = found; p < last; ++p) {
        const std::int64_t i = i0 + p->x, j = j0 + p->y;
        if (p->half <= lists.limit[usize(i)] && !(same_ && i == j)) add(lists, i, j, p->half, from, room);
        if (Both && p->half <= lists.limit[usize(j)]) add(lists, j, i, p->half, from, room);
      }
    }
  }
  void add(near_lists& lists, std::int64_t i, std::int64_t j, std::int32_t half, std::int64_t from, k_search_room& room) {
    std::int32_t& count = lists.count[usize(i)];
    lists.half_of(i)[count] = half;
    lists.place_of(i)[count] = static_cast<std::int32_t>(j);
    if (++count < lists.room()) return;
    lists.drop_far(i, scale_);
    // Where many are about as near as the k-th, whole numbers do not tell them apart.
    if (lists.room() - count < std::max<std::int64_t>((lists.room() - k_) / 4, 1)) measure(lists, i, from, room);
  }
  /// Measures all of a list, nearest first.
  void measure_list(near_lists& lists, std::int64_t i, std::int64_t from, k_search_room& room) {
    const Real* const point = of_.row(x().row[usize(from + i)]);
    const std::int32_t* const place = lists.place_of(i);
    room.measured.clear();
    for (std::int64_t c = 0; c < lists.count[usize(i)]; ++c) {
      const std::int64_t j = y_.row[usize(place[c])];
      room.measured.emplace_back(squared_distance(point, among_.row(j), among_.dims), j);
    }
  }
  /// Leaves exactly the k nearest in a list.
  void measure(near_lists& lists, std::int64_t i, std::int64_t from, k_search_room& room) {
    measure_list(lists, i, from, room);
    std::int32_t *const half = lists.half_of(i), *const place = lists.place_of(i);
    auto of_kth = room.measured;
    std::nth_element(of_kth.begin(), of_kth.begin() + (k_ - 1), of_kth.end());
    const measured_neighbour kth = of_kth[usize(k_ - 1)];
    std::int64_t kept = 0;
    for (std::size_t c = 0; c < room.measured.size(); ++c)
      if (!(kth < room.measured[c])) {
        half[kept] = half[c];
        place[kept++] = place[c];
      }
    std::fill(half + kept, half + lists.room(), simd::beyond_all);
    lists.count[usize(i)] = static_cast<std::int32_t>(kept);
    lists.limit[usize(i)] = std::min(lists.limit[usize(i)], scale_.limit_of_squared(kth.first));
  }
  template <class Found>
  void finish(near_lists& lists, std::int64_t i, std::int64_t from, k_search_room& room, Found&& found) {
    if (lists.count[usize(i)] > k_) lists.drop_far(i, scale_);
    measure_list(lists, i, from, room);
    const Real* const point = of_.row(x().row[usize(from + i)]);
    for (const std::int64_t j : y_.far)
      if (const double d = squared_distance(point, among_.row(j), among_.dims); !std::isnan(d))
        room.measured.emplace_back(d, j);
    std::sort(room.measured.begin(), room.measured.end());
    found(x().row[usize(from + i)],
          std::span<const measured_neighbour>(room.measured).first(std::min(room.measured.size(), usize(k_))));
  }

  /// Panels [first, last) of x beside all of y.
  template <class Found>
  void some_rows(std::int64_t first, std::int64_t last, k_search_room& room, Found&& found) {
    const std::int64_t from = first * panel, n = std::min(last * panel, x_.n) - from;
    room.lists.clear(n, k_);
    for (std::int64_t b = 0; b < y_.n_panels; ++b)
      for (std::int64_t a = first; a < last; ++a) compare<false>(a, b, room.lists, from, room);
    for (std::int64_t i = 0; i < n; ++i) finish(room.lists, i, from, room, found);
  }

  /// Every pair of panels of one set, once. Parts of the set meet in rounds as in a tournament, so that no two threads
  /// write to the lists of one part.
  void all_pairs() {
    lists_.clear(y_.n, k_);
    std::int64_t parts = threads_ == 1 ? 1 : std::min<std::int64_t>(4 * threads_, y_.n_panels);
    parallel_chunks(parts, threads_, [&](std::int64_t p, int worker) { meet(p, p, parts, rooms_[usize(worker)]); });
    const std::int64_t places = (parts + 1) / 2 * 2, others = places - 1;
    for (std::int64_t round = 0; round < others && parts > 1; ++round)
      parallel_chunks(places / 2, threads_, [&](std::int64_t i, int worker) {
        const std::int64_t a = i == 0 ? others : (round + i) % others, b = (round - i + others) % others;
        if (a < parts && b < parts) meet(std::min(a, b), std::max(a, b), parts, rooms_[usize(worker)]);
      });
  }
  void meet(std::int64_t a, std::int64_t b, std::int64_t parts, k_search_room& room) {
    const auto begin = [&](std::int64_t part) { return y_.n_panels * part / parts; };
    const std::int64_t together = panels_together();
    for (std::int64_t first = begin(a); first < begin(a + 1); first += together) {
      const std::int64_t last = std::min(first + together, begin(a + 1));
      for (std::int64_t q = a == b ? first : begin(b); q < begin(b + 1); ++q)
        for (std::int64_t p = first; p < std::min(last, a == b ? q + 1 : last); ++p)
          p == q ? compare<false>(p, q, lists_, 0, room) : compare<true>(p, q, lists_, 0, room);
    }
  }

  points_of<Real> of_, among_;
  bool same_;
  std::int64_t k_;
  int threads_;
  std::vector<k_search_room> rooms_;
  whole_scale scale_;
  whole_points x_, y_;
  near_lists lists_;
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
