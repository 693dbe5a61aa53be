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
#include <tepui/kernel/distance_walk.hpp>
#include <tepui/kernel/given_points.hpp>
#include <tepui/kernel/packed_groups.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/squared_distance.hpp>

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

/// Sums of places become those of rows.
template <class Real>
void sums_to_rows(const packed_groups<Real>& x, std::span<const double> sum, std::int64_t n_groups, std::span<double> out) {
  for (std::size_t at = 0; at < x.row.size(); ++at)
    if (x.row[at] >= 0) std::copy_n(sum.data() + isize(at) * n_groups, n_groups, out.data() + x.row[at] * n_groups);
}

template <class Tile, bool Root, class Real>
void tiled_distance_sums(const points_of<Real>& of, std::span<const std::int32_t> group, std::int32_t n_groups,
                         distance_kind kind, int threads, std::span<double> out) {
  using walk_of = distance_walk<Tile, Root, Real>;
  const parted_points<Real> parts(points_of<Real>{0, of.dims, {}}, of, kind, threads);
  bool sparse = walk_of::many_dims(of.dims) && mostly_zero(of);
  const common_origin origin = origin_of(of, of, parts, kind, sparse);
  packed_groups<Tile> x(of.dims, parts.to.near, group, n_groups);
  x.write(of, origin, 0, x.n_blocks, threads);
  const given_points<Real> given{of, of, kind, true};
  std::vector<double> sum(x.row.size() * usize(n_groups), 0.0);
  const sparse_groups<Tile> numbers = sparse ? sparse_groups<Tile>(x) : sparse_groups<Tile>();
  const walk_of walk(x, x, n_groups, sum.data(), n_groups, sum.data(), origin.factor(), given, numbers);
  const std::int64_t in_portion = blocks_in_portion(x.n_blocks, x.lanes, x.dims, walk_of::many_dims(x.dims)),
                     portions = (x.n_blocks + in_portion - 1) / in_portion;
  std::vector<distance_room<Tile>> rooms(usize(std::max(threads, 1)));
  each_pair_of_portions(portions, threads, [&](std::int64_t a, std::int64_t b, int worker) {
    walk(a * in_portion, std::min((a + 1) * in_portion, x.n_blocks), b * in_portion,
         std::min((b + 1) * in_portion, x.n_blocks), a == b, rooms[usize(worker)]);
  });
  sums_to_rows(x, sum, n_groups, out);
  add_far(given, parts.to, parts.to, group, n_groups, threads, out);
}
template <class Tile, bool Root, class Real>
void tiled_distance_sums_to(const points_of<Real>& of, const points_of<Real>& to, std::span<const std::int32_t> group,
                            std::int32_t n_groups, distance_kind kind, int threads, std::span<double> out) {
  using walk_of = distance_walk<Tile, Root, Real>;
  const parted_points<Real> parts(of, to, kind, threads);
  bool sparse = walk_of::many_dims(of.dims) && mostly_zero(of);
  const common_origin origin = origin_of(of, to, parts, kind, sparse);
  packed_groups<Tile> x(of.dims, parts.of.near, {}, 1), y(to.dims, parts.to.near, group, n_groups);
  x.write(of, origin, 0, x.n_blocks, threads);
  const given_points<Real> given{of, to, kind, false};
  std::vector<double> sum(x.row.size() * usize(n_groups), 0.0);
  const sparse_groups<Tile> numbers = sparse ? sparse_groups<Tile>(x) : sparse_groups<Tile>();
  const walk_of walk(x, y, n_groups, sum.data(), 1, nullptr, origin.factor(), given, numbers);
  const std::int64_t in_portion = blocks_in_portion(x.n_blocks, x.lanes, x.dims, walk_of::many_dims(x.dims)),
                     portions = (x.n_blocks + in_portion - 1) / in_portion;
  std::vector<distance_room<Tile>> rooms(usize(std::max(threads, 1)));
  // Columns stay in the third cache until all rows have met them.
  const std::int64_t at_once = walk_of::whole_chunks(y.blocks_in(std::int64_t{1} << 22));
  for (std::int64_t begin = 0; begin < y.n_blocks; begin += at_once) {
    const std::int64_t end = std::min(begin + at_once, y.n_blocks);
    y.write(to, origin, begin, end, threads);
    parallel_chunks(portions, threads, [&](std::int64_t a, int worker) {
      walk(a * in_portion, std::min((a + 1) * in_portion, x.n_blocks), begin, end, false, rooms[usize(worker)]);
    });
  }
  sums_to_rows(x, sum, n_groups, out);
  add_far(given, parts.of, parts.to, group, n_groups, threads, out);
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
/// zeros  of many dims (from 200 to 400 on) with at most two numbers in five that are not 0: products leave zeros out, and
///        points are not moved (for `their mean` read 0), unless 0 is more than twice as far from them
/// cost   n^2 dims operations: each pair once, about half of that without zeros; several times as much for the closest
///        pairs, and for up to n / 4096 + 8 points much farther out than all others, which are measured one by one. Memory:
///        the points once more, what is not 0 of many dims again, and 2 n n_groups doubles
/// repeat bit-equal for any number of threads, on one binary and kind of processor
template <class Tile = double, class Real>
void distance_sums(const points_of<Real>& of, std::span<const std::int32_t> group, std::int32_t n_groups, distance_kind kind,
                   std::span<double> out, int threads = 1) {
  check_groups(of.n, group, n_groups, of.n, out.size());
#if TEPUI_HAS_LANES
  if (of.n == 0) return;
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
/// cost   2 of.n to.n dims operations; memory: `of` once more, and 4 MB of `to` at a time; zeros are those of `of`; all
///        else as distance_sums
template <class Tile = double, class Real>
void distance_sums_to(const points_of<Real>& of, const points_of<Real>& to, std::span<const std::int32_t> group,
                      std::int32_t n_groups, distance_kind kind, std::span<double> out, int threads = 1) {
  check_groups(to.n, group, n_groups, of.n, out.size());
#if TEPUI_HAS_LANES
  if (of.n == 0 || to.n == 0) return std::fill(out.begin(), out.end(), 0.0);
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
