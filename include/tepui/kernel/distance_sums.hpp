#pragma once
/// How far each cell lies from all cells of each group, summed: what silhouettes and energy distances are made of.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/given_points.hpp>
#include <tepui/kernel/packed_groups.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/distance_sums.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/kernel/whole_points.hpp>

namespace tepui::kernel {

/// Refuses groups and places that do not fit the points.
inline void check_groups(std::int64_t n, std::span<const std::int32_t> group, std::int32_t n_groups, std::int64_t rows,
                         std::size_t places) {
  if (isize(group.size()) != n || isize(places) != rows * n_groups)
    throw bad_option("kernel::distance_sums: " + std::to_string(group.size()) + " groups for " + std::to_string(n) +
                     " points, and " + std::to_string(places) + " places for " + std::to_string(rows) + " x " +
                     std::to_string(n_groups) + " sums; give one a point and one a sum");
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group[i] < 0 || group[i] >= n_groups)
      throw bad_option("kernel::distance_sums: point " + std::to_string(i) + " is of group " + std::to_string(group[i]) +
                       ", but groups lie between 0 and " + std::to_string(n_groups - 1));
}

/// The plain reference of distance_sums (same_set: `to` is `of`) and of distance_sums_to.
template <class Real>
void plain_distance_sums(const points_of<Real>& of, const points_of<Real>& to, std::span<const std::int32_t> group,
                         std::int32_t n_groups, distance_kind kind, bool same_set, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::int64_t i = 0; i < of.n; ++i)
    for (std::int64_t j = 0; j < to.n; ++j)
      out[usize(i * n_groups + group[usize(j)])] += plain_distance(of.row(i), to.row(j), of.dims, kind, same_set && i == j);
}

inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Sums of a task: those of a vector for each row, and of the columns of a panel; pairs of a block and a panel that are too
/// close for tiles. One a thread.
template <class Real>
struct distance_room {
  buffer_in<host, Real> row_sum, column_sum;
  std::vector<std::uint32_t> very_close;
};

/// Goes through pairs of portions of the points. A portion of x with one of y: their own, or all points of each set once.
template <class Real, bool Root, class Input>
class distance_walk {
 public:
  static constexpr std::int64_t lanes = packed_groups<Real>::lanes,
                                vectors = static_cast<std::int64_t>(simd::sum_vectors<Real>);
  /// Sums of floats go on for so many rows, or panels, before they are added to a double.
  static constexpr std::int64_t blocks_together = 256 / lanes, panels_together = 48;

  /// in     sum_x [places of x, groups of y]; sum_y [places of y, groups of x], or none
  distance_walk(const packed_groups<Real>& x, const packed_groups<Real>& y, std::int64_t groups_of_y, double* sum_x,
                std::int64_t groups_of_x, double* sum_y, double factor, const given_points<Input>& given)
      : x_(x),
        y_(y),
        groups_y_(groups_of_y),
        groups_x_(groups_of_x),
        sum_x_(sum_x),
        sum_y_(sum_y),
        factor_(factor),
        given_(given) {}

  /// Rows of blocks [x_begin, x_end), columns of blocks [y_begin, y_end). own: the same blocks of one set, each pair once
  void operator()(std::int64_t x_begin, std::int64_t x_end, std::int64_t y_begin, std::int64_t y_end, bool own,
                  distance_room<Real>& room) const {
    room.row_sum.resize(usize((x_end - x_begin) * lanes * lanes));
    room.column_sum.resize(usize(vectors * lanes));
    room.very_close.resize(usize(lanes * vectors * lanes));
    for (std::int64_t first = y_begin, last; first < y_end; first = last) {
      const std::int64_t most = std::min(y_end, first + panels_together * vectors);
      for (last = first; last < most && y_.group[usize(last)] == y_.group[usize(first)];) ++last;
      const std::int64_t rows_end = own ? last : x_end;
      std::fill_n(room.row_sum.data(), (rows_end - x_begin) * lanes * lanes, Real(0));
      for (std::int64_t panel = first; panel < last; panel += vectors) {
        const std::int64_t wide = std::min(vectors, last - panel);
        rows(x_begin, own ? panel : x_end, panel, wide, sum_y_ != nullptr, x_begin, room);
        if (own) rows(panel, panel + wide, panel, wide, false, x_begin, room);  // a panel with itself: both sides are rows
      }
      for (std::int64_t at = x_begin * lanes; at < rows_end * lanes; ++at)
        sum_x_[usize(at * groups_y_ + y_.group[usize(first)])] +=
            factor_ * simd::sum_of_lanes(room.row_sum.data() + usize((at - x_begin * lanes) * lanes));
    }
  }

 private:
  /// A panel of columns with rows, group after group.
  void rows(std::int64_t begin, std::int64_t end, std::int64_t panel, std::int64_t wide, bool columns, std::int64_t x_begin,
            distance_room<Real>& room) const {
    const Real* const y_half = y_.half.data() + usize(panel * lanes);
    simd::distance_job<Real> job{};
    job.dims = usize(x_.dims);
    job.y = y_.block(panel);
    job.y_half = y_half;
    job.y_weight = y_.weight.data() + usize(panel * lanes);
    job.largest_y_half = *std::max_element(y_half, y_half + wide * lanes);
    job.column_sum = columns ? room.column_sum.data() : nullptr;
    std::size_t n_very_close = 0;
    job.very_close = room.very_close.data();
    job.n_very_close = &n_very_close;
    for (std::int64_t first = begin, last; first < end; first = last) {
      const std::int64_t most = std::min(end, first + blocks_together);
      for (last = first; last < most && x_.group[usize(last)] == x_.group[usize(first)];) ++last;
      if (columns) std::fill_n(room.column_sum.data(), wide * lanes, Real(0));
      for (std::int64_t b = first; b < last; ++b) {
        job.x = x_.block(b);
        job.x_half = x_.half.data() + usize(b * lanes);
        job.x_weight = x_.weight.data() + usize(b * lanes);
        job.row_sum = room.row_sum.data() + usize((b - x_begin) * lanes * lanes);
        n_very_close = 0;
        simd::distance_tiles<Real, Root>(job, usize(wide));
        for (std::size_t p = 0; p < n_very_close; ++p)
          add_as_given(b * lanes + simd::row_of_pair(room.very_close[p]),
                       panel * lanes + simd::place_of_pair(room.very_close[p]), columns);
      }
      if (columns)
        for (std::int64_t j = 0; j < wide * lanes; ++j)
          sum_y_[usize((panel * lanes + j) * groups_x_ + x_.group[usize(first)])] +=
              factor_ * static_cast<double>(room.column_sum[usize(j)]);
    }
  }

  /// in     places of x and y
  void add_as_given(std::int64_t at, std::int64_t to, bool columns) const {
    const double distance = given_.distance(x_.row[usize(at)], y_.row[usize(to)]);
    sum_x_[usize(at * groups_y_ + y_.group[usize(to / lanes)])] += distance;
    if (columns) sum_y_[usize(to * groups_x_ + x_.group[usize(at / lanes)])] += distance;
  }

  const packed_groups<Real>&x_, &y_;
  std::int64_t groups_y_, groups_x_;
  double *sum_x_, *sum_y_;
  double factor_;
  const given_points<Input>& given_;
};

/// Blocks of a portion, so that its points stay in the second cache. Depends on the data alone, as the order of sums does.
[[nodiscard]] inline std::int64_t blocks_in_portion(std::int64_t n_blocks, std::int64_t lanes, std::int64_t dims) {
  const std::int64_t most = std::clamp<std::int64_t>(65'536 / std::max<std::int64_t>(dims, 1), 128, 1024);
  return std::max<std::int64_t>(1, std::clamp<std::int64_t>(n_blocks * lanes / 32, 64, most) / lanes);
}

/// All pairs of portions once, in rounds in which no portion occurs twice, so that threads never add to the same sums.
/// work(a, b, worker), a = b in the first round             source the circle method of tournaments
template <class Work>
void each_pair_of_portions(std::int64_t n, int threads, Work&& work) {
  parallel_chunks(n, threads, [&](std::int64_t a, int worker) { work(a, a, worker); });
  const std::int64_t players = n + n % 2, others = players - 1;
  for (std::int64_t round = 0; round < others && n > 1; ++round)
    parallel_chunks(players / 2, threads, [&](std::int64_t game, int worker) {
      const std::int64_t one = game == 0 ? others : (round + game) % others, two = (round - game + others) % others;
      if (std::max(one, two) < n) work(std::min(one, two), std::max(one, two), worker);
    });
}

/// Sums of places become those of rows.
template <class Real>
void sums_to_rows(const packed_groups<Real>& x, std::span<const double> sum, std::int64_t n_groups, std::span<double> out) {
  for (std::size_t at = 0; at < x.row.size(); ++at)
    if (x.row[at] >= 0) std::copy_n(sum.data() + isize(at) * n_groups, n_groups, out.data() + x.row[at] * n_groups);
}

template <class Tile, bool Root, class Real>
void tiled_distance_sums(const points_of<Real>& of, std::span<const std::int32_t> group, std::int32_t n_groups,
                         distance_kind kind, int threads, std::span<double> out) {
  const parted_rows rows(of, reach_of(points_of<Real>{0, of.dims, {}}, of, kind), kind);
  common_origin origin(of, rows.near, kind);
  origin.hold(of, rows.near);
  const packed_groups<Tile> x(of, rows.near, group, n_groups, origin);
  const given_points<Real> given{of, of, kind, true};
  std::vector<double> sum(x.row.size() * usize(n_groups), 0.0);
  const distance_walk<Tile, Root, Real> walk(x, x, n_groups, sum.data(), n_groups, sum.data(), origin.factor(), given);
  const std::int64_t in_portion = blocks_in_portion(x.n_blocks, x.lanes, x.dims),
                     portions = (x.n_blocks + in_portion - 1) / in_portion;
  std::vector<distance_room<Tile>> rooms(usize(std::max(threads, 1)));
  each_pair_of_portions(portions, threads, [&](std::int64_t a, std::int64_t b, int worker) {
    walk(a * in_portion, std::min((a + 1) * in_portion, x.n_blocks), b * in_portion,
         std::min((b + 1) * in_portion, x.n_blocks), a == b, rooms[usize(worker)]);
  });
  sums_to_rows(x, sum, n_groups, out);
  add_far(given, rows, rows, group, n_groups, threads, out);
}
template <class Tile, bool Root, class Real>
void tiled_distance_sums_to(const points_of<Real>& of, const points_of<Real>& to, std::span<const std::int32_t> group,
                            std::int32_t n_groups, distance_kind kind, int threads, std::span<double> out) {
  const whole_scale scale = reach_of(of, to, kind);
  const parted_rows of_rows(of, scale, kind), to_rows(to, scale, kind);
  common_origin origin(to, to_rows.near, kind);
  origin.hold(to, to_rows.near);
  origin.hold(of, of_rows.near);
  const packed_groups<Tile> x(of, of_rows.near, {}, 1, origin), y(to, to_rows.near, group, n_groups, origin);
  const given_points<Real> given{of, to, kind, false};
  std::vector<double> sum(x.row.size() * usize(n_groups), 0.0);
  const distance_walk<Tile, Root, Real> walk(x, y, n_groups, sum.data(), 1, nullptr, origin.factor(), given);
  const std::int64_t in_portion = blocks_in_portion(x.n_blocks, x.lanes, x.dims),
                     portions = (x.n_blocks + in_portion - 1) / in_portion;
  std::vector<distance_room<Tile>> rooms(usize(std::max(threads, 1)));
  parallel_chunks(portions, threads, [&](std::int64_t a, int worker) {
    walk(a * in_portion, std::min((a + 1) * in_portion, x.n_blocks), 0, y.n_blocks, false, rooms[usize(worker)]);
  });
  sums_to_rows(x, sum, n_groups, out);
  add_far(given, of_rows, to_rows, group, n_groups, threads, out);
}

#endif

/// The sum of the distances of each point from the points of each group of the same set.
/// in     of [n, dims], finite; group [n] in [0, n_groups)       out    out [n, n_groups]; a point lies 0 from itself
/// Tile   double, or float: half as many steps, and the errors of floats
/// empty  a group without points: 0                              errors bad_option where groups or places do not fit
/// error  of a straight distance, relative: (2 dims + 4) 2^-39 at the very most, 1e-15 as a rule (float tiles: (2 dims + 4)
///        2^-18, 1e-7). Points are moved to their mean and multiplied; pairs closer than about 1 / 90 of their distance from
///        it (float: 1 / 6) are measured by differences of moved points, and closer than 1 / 8,192 (float: 1 / 32), where
///        moving loses digits, by differences of the points as given, in double. By angle twice that, and
///        2^-51 / sqrt(2 distance) for the rounding of points to length 1
/// cost   n^2 dims operations: each pair once; several times as much for the closest pairs, and for up to n / 4096 + 8
///        points much farther out than all others, which are measured one by one. Memory: the points once more, and
///        2 n n_groups doubles
/// repeat bit-equal for any number of threads, on one binary and kind of processor
template <class Tile = double, class Real>
void distance_sums(const points_of<Real>& of, std::span<const std::int32_t> group, std::int32_t n_groups, distance_kind kind,
                   std::span<double> out, int threads = 1) {
  check_groups(of.n, group, n_groups, of.n, out.size());
#if TEPUI_HAS_LANES
  if (kind == distance_kind::euclidean) return tiled_distance_sums<Tile, true>(of, group, n_groups, kind, threads, out);
  tiled_distance_sums<Tile, false>(of, group, n_groups, kind, threads, out);
  for (std::int64_t i = 0; i < of.n; ++i)  // a point at 0 lies 1 from all others, but not from itself
    if (std::all_of(of.row(i), of.row(i) + of.dims, [](Real x) { return x == 0; }))
      out[usize(i * n_groups + group[usize(i)])] -= 1;
#else
  (void)threads;
  plain_distance_sums(of, of, group, n_groups, kind, true, out);
#endif
}

/// The sum of the distances of each point from the points of each group of another set.
/// in     of [of.n, dims]; to [to.n, dims]; group [to.n]         out    out [of.n, n_groups]
/// cost   2 of.n to.n dims operations; all else as distance_sums
template <class Tile = double, class Real>
void distance_sums_to(const points_of<Real>& of, const points_of<Real>& to, std::span<const std::int32_t> group,
                      std::int32_t n_groups, distance_kind kind, std::span<double> out, int threads = 1) {
  check_groups(to.n, group, n_groups, of.n, out.size());
#if TEPUI_HAS_LANES
  if (kind == distance_kind::euclidean)
    return tiled_distance_sums_to<Tile, true>(of, to, group, n_groups, kind, threads, out);
  tiled_distance_sums_to<Tile, false>(of, to, group, n_groups, kind, threads, out);
#else
  (void)threads;
  plain_distance_sums(of, to, group, n_groups, kind, false, out);
#endif
}

/// The mean distance of the points of one set from those of another, over all pairs.
/// in     of, to [n, dims], not empty                            out    E |x - y|
/// cost, error, repeat                                           as distance_sums_to
template <class Tile = double, class Real>
[[nodiscard]] double mean_distance(const points_of<Real>& of, const points_of<Real>& to, int threads = 1,
                                   distance_kind kind = distance_kind::euclidean) {
  if (of.n == 0 || to.n == 0) throw bad_option("kernel::mean_distance: a set has no points; give at least one on each side");
  const std::vector<std::int32_t> one(usize(to.n), 0);
  std::vector<double> sum(usize(of.n));
  distance_sums_to<Tile>(of, to, one, 1, kind, sum, threads);
  double all = 0;
  for (const double s : sum) all += s;
  return all / static_cast<double>(of.n) / static_cast<double>(to.n);
}

/// The mean distance of the points of a set from each other: over all n^2 ordered pairs, a point with itself among them (0).
/// For the mean over pairs of two points multiply by n / (n - 1).
template <class Tile = double, class Real>
[[nodiscard]] double mean_distance_within(const points_of<Real>& of, int threads = 1,
                                          distance_kind kind = distance_kind::euclidean) {
  if (of.n == 0) throw bad_option("kernel::mean_distance_within: the set has no points; give at least one");
  const std::vector<std::int32_t> one(usize(of.n), 0);
  std::vector<double> sum(usize(of.n));
  distance_sums<Tile>(of, one, 1, kind, sum, threads);
  double all = 0;
  for (const double s : sum) all += s;
  return all / static_cast<double>(of.n) / static_cast<double>(of.n);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
