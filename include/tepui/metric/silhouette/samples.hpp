#pragma once
/// For each cell: how much nearer the cells of its own label lie than those of the next label.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/kernel/distance_sums.hpp>

namespace tepui::metric {

/// What a cell's own group is compared with.
enum class other_groups {
  nearest,         ///< the group whose cells lie nearest on average: the silhouette
  mean_of_others,  ///< all cells of other groups together
  furthest         ///< the group whose cells lie furthest on average
};

/// How silhouettes are computed.
struct silhouette_settings {
  kernel::distance_kind distance = kernel::distance_kind::euclidean;
  other_groups compared_with = other_groups::nearest;
  int threads = 1;
};

/// One silhouette from sums of distances.
/// in     sum [groups]: of the distances from the cells of each group; size [groups]; own: the cell's group  out  in [-1, 1]
/// empty  alone in its group, no other group, or all distances 0: 0
[[nodiscard]] inline double silhouette_of(std::span<const double> sum, std::span<const std::int64_t> size, std::int32_t own,
                                          other_groups compared_with = other_groups::nearest) {
  if (size[usize(own)] < 2) return 0;
  const double inside = sum[usize(own)] / static_cast<double>(size[usize(own)] - 1);
  double near = std::numeric_limits<double>::infinity(), far = -1, all = 0;
  std::int64_t others = 0;
  for (std::size_t g = 0; g < sum.size(); ++g) {
    if (g == usize(own) || size[g] == 0) continue;
    const double mean = sum[g] / static_cast<double>(size[g]);
    near = std::min(near, mean);
    far = std::max(far, mean);
    all += sum[g];
    others += size[g];
  }
  if (others == 0) return 0;
  const double outside = compared_with == other_groups::nearest    ? near
                         : compared_with == other_groups::furthest ? far
                                                                   : all / static_cast<double>(others);
  const double larger = std::max(inside, outside);
  return larger > 0 ? (outside - inside) / larger : 0.0;
}

/// The silhouettes of some cells among all.                      -> [rows]
/// in     all [n, dims], finite; group [n] in [0, n_groups); rows of `all`, none twice
/// Tile   double or float, see kernel::distance_sums               cost   2 rows n dims operations
template <class Tile = double, class Real>
[[nodiscard]] std::vector<double> silhouettes_of_rows(const kernel::points_of<Real>& all,
                                                      std::span<const std::int32_t> group, std::int32_t n_groups,
                                                      std::span<const std::int64_t> rows,
                                                      const silhouette_settings& how = {}) {
  std::vector<std::int64_t> size(usize(n_groups), 0);
  for (const std::int32_t g : group) ++size[usize(g)];
  std::vector<double> out;
  std::vector<Real> some;
  std::vector<double> sum;
  // A slab of rows at a time, so that memory stays small where there are many groups.
  const std::size_t together = std::max<std::size_t>(64, (std::size_t{1} << 25) / std::max<std::size_t>(1, size.size()));
  for (std::size_t first = 0; first < rows.size(); first += together) {
    const auto slab = rows.subspan(first, std::min(together, rows.size() - first));
    some.clear();
    for (const std::int64_t r : slab) some.insert(some.end(), all.row(r), all.row(r) + all.dims);
    sum.resize(slab.size() * size.size());
    kernel::distance_sums_to<Tile>(kernel::points_of<Real>{isize(slab.size()), all.dims, some}, all, group, n_groups,
                                   how.distance, sum, how.threads);
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const std::span<double> of = std::span(sum).subspan(i * size.size(), size.size());
      const std::int32_t own = group[usize(slab[i])];
      // A cell at 0 has no angle: it lies 1 from every cell, and 0 from itself.
      if (how.distance == kernel::distance_kind::cosine &&
          std::all_of(all.row(slab[i]), all.row(slab[i]) + all.dims, [](Real x) { return x == 0; }))
        of[usize(own)] -= 1;
      out.push_back(silhouette_of(of, size, own, how.compared_with));
    }
  }
  return out;
}

/// The silhouette of each cell: (outside - inside) / the larger, with inside its mean distance from the other cells of its
/// group and outside that from the cells of the nearest other group.    -> [n], in [-1, 1]
/// in     all [n, dims], finite; group [n] in [0, n_groups)
/// Tile   double (the default): as scikit-learn's to 1e-10; float: within 1e-5 a cell, twice as fast
/// empty  a cell alone in its group: 0; all distances 0: 0; one group only: 0; a group without cells counts nowhere
/// cost   n^2 dims operations (bench/silhouette.cpp); memory: the cells once more and 2 n groups doubles, or where n groups
///        is more than 2^25 the time of silhouettes_of_rows instead, twice as long
/// repeat bit-equal for any number of threads
/// source Rousseeuw 1987
template <class Tile = double, class Real>
[[nodiscard]] std::vector<double> silhouette_samples(const kernel::points_of<Real>& all, std::span<const std::int32_t> group,
                                                     std::int32_t n_groups, const silhouette_settings& how = {}) {
  if (all.n * n_groups > std::int64_t{1} << 25) {
    kernel::check_groups(all.n, group, n_groups, 0, 0);
    std::vector<std::int64_t> rows(usize(all.n));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = isize(i);
    return silhouettes_of_rows<Tile>(all, group, n_groups, rows, how);
  }
  std::vector<double> sum(usize(all.n * n_groups)), out(usize(all.n));
  kernel::distance_sums<Tile>(all, group, n_groups, how.distance, sum, how.threads);
  std::vector<std::int64_t> size(usize(n_groups), 0);
  for (const std::int32_t g : group) ++size[usize(g)];
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = silhouette_of(std::span(sum).subspan(i * size.size(), size.size()), size, group[i], how.compared_with);
  return out;
}
/// The same for an embedding.
template <class Tile = double, class Covariates>
[[nodiscard]] std::vector<double> silhouette_samples(const embedding_view<host, Covariates>& cells,
                                                     std::span<const std::int32_t> group, std::int32_t n_groups,
                                                     const silhouette_settings& how = {}) {
  return silhouette_samples<Tile>(kernel::points{cells.n_cells(), cells.n_columns, cells.value}, group, n_groups, how);
}

/// Why these cells have no silhouette, or nothing: fewer than two groups with cells, or as many as there are cells.
/// in     size [groups]; of: what the groups are, "label"
[[nodiscard]] inline std::string why_no_silhouette(std::span<const std::int64_t> size, const std::string& of) {
  std::int64_t cells = 0, groups = 0;
  for (const std::int64_t s : size) {
    cells += s;
    groups += s > 0;
  }
  if (cells == 0) return "there are no cells to score";
  if (groups < 2) return "all cells have the same " + of + "; a silhouette compares at least two";
  if (groups == cells) return "every cell has a " + of + " of its own; a silhouette needs two cells of one " + of;
  return "";
}

}  // namespace tepui::metric
