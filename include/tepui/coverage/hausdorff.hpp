#pragma once
/// How well chosen cells stand for all: how far a cell lies from the nearest chosen one, at worst and on average.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/nearest.hpp>

namespace tepui::coverage {

/// The chosen cells: rows of all cells, as a sampler gives them, or cells with an embedding of their own in the same dims.
class cell_choice {
 public:
  cell_choice(std::span<const std::int64_t> rows) : rows_(rows) {}
  cell_choice(const std::vector<std::int64_t>& rows) : rows_(rows) {}
  template <class Covariates>
  cell_choice(const embedding_view<host, Covariates>& cells) : dims_(cells.n_columns), value_(cells.value), own_(true) {}
  cell_choice(const embedding_batch<>& cells) : cell_choice(cells.view()) {}

  /// The embedding of the chosen cells, side by side, in `room` where they have none of their own.
  /// errors bad_data where a row or the dims do not fit `all`, or a number is not finite
  [[nodiscard]] kernel::points among(const kernel::points& all, std::vector<float>& room) const {
    if (own_) {
      if (dims_ != all.dims)
        throw bad_data("coverage: all cells have " + std::to_string(all.dims) + " dims and the chosen " +
                       std::to_string(dims_) + "; give both in one embedding");
      check_finite(value_, dims_);
      return {dims_ > 0 ? isize(value_.size()) / dims_ : 0, dims_, value_};
    }
    room.clear();
    room.reserve(rows_.size() * usize(all.dims));
    for (const std::int64_t row : rows_) {
      if (row < 0 || row >= all.n)
        throw bad_data("coverage: row " + std::to_string(row) + " is chosen, but there are " + std::to_string(all.n) +
                       " cells; give the rows that a sampler chose of these cells");
      room.insert(room.end(), all.row(row), all.row(row) + all.dims);
    }
    return {isize(rows_.size()), all.dims, room};
  }

 private:
  std::span<const std::int64_t> rows_;
  std::int64_t dims_ = 0;
  std::span<const float> value_;
  bool own_ = false;
};

struct hausdorff_options {
  int threads = 1;
  double quantile = 0.9999;  ///< of the partial distance: the share of the cells that count
  measured floor = measured::missing("what a uniform choice of as many cells reaches was not given");
};

/// The distance of every cell to the nearest chosen cell.
/// in     all [cells, dims]; chosen rows, or an embedding [chosen, dims]       out    [cells]; infinity where none is chosen
/// errors bad_data where a row or the dims do not fit, or a number is not finite
/// cost   see kernel::nearest_distances                 repeat bit-equal everywhere, for any number of threads
template <class Covariates>
[[nodiscard]] std::vector<double> nearest_chosen(const embedding_view<host, Covariates>& all, const cell_choice& chosen,
                                                 int threads = 1) {
  std::vector<float> room;
  const kernel::points of = points_of_cells(all), among = chosen.among(of, room);
  std::vector<double> distance(usize(of.n));
  kernel::nearest_distances_of<float, double>(of, among, distance, {}, threads);
  return distance;
}

/// A score of distances. It has no interval: every cell was measured.
/// empty  no cells, none chosen: missing, with the reason
[[nodiscard]] inline score distance_score(std::string name, std::int64_t cells, double value, measured floor) {
  score s;
  s.name = std::move(name);
  s.unit = "distance";
  s.n = cells;
  s.better = direction::lower_is_better;
  if (cells == 0)
    s.value = measured::missing("there are no cells");
  else if (std::isinf(value))
    s.value = measured::missing("no cells were chosen, so that none is near");
  else
    s.value = value;
  s.low = s.high = measured::missing("all cells were measured");
  s.floor = std::move(floor);
  s.ceiling = 0;
  return s;
}

/// The distance of the worst-covered cell: the directed Hausdorff distance from all cells to the chosen ones, which is
/// the covering radius: equal balls around the chosen cells that are so large hold all cells.
/// in     as nearest_chosen; options: threads, floor    out    score "hausdorff", lower is better, at best 0
/// empty  no cells, none chosen: missing, with the reason
/// cost   see kernel::directed_hausdorff                repeat bit-equal everywhere, for any number of threads
/// source Huttenlocher et al. 1993; Hie et al. 2019 (geometric sketching) for single cells
template <class Covariates>
[[nodiscard]] score hausdorff(const embedding_view<host, Covariates>& all, const cell_choice& chosen,
                              const hausdorff_options& options = {}) {
  std::vector<float> room;
  const kernel::points of = points_of_cells(all), among = chosen.among(of, room);
  return distance_score("hausdorff", of.n, kernel::directed_hausdorff(of, among, options.threads), options.floor);
}

/// The larger of the two directed distances: also how far a chosen cell lies from all cells, 0 where it is one of them.
/// in, empty, cost, repeat  as hausdorff                out    score "symmetric_hausdorff"
template <class Covariates>
[[nodiscard]] score symmetric_hausdorff(const embedding_view<host, Covariates>& all, const cell_choice& chosen,
                                        const hausdorff_options& options = {}) {
  std::vector<float> room;
  const kernel::points of = points_of_cells(all), among = chosen.among(of, room);
  return distance_score("symmetric_hausdorff", of.n,
                        std::max(kernel::directed_hausdorff(of, among, options.threads),
                                 kernel::directed_hausdorff(among, of, options.threads)),
                        options.floor);
}

/// The distance within which a share `quantile` of the cells lies from a chosen cell: the ceil(quantile cells)-th smallest.
/// in     distance [cells], as nearest_chosen gives     out    score "partial_hausdorff"
/// errors bad_option where the quantile is not in (0, 1]
/// cost   O(cells)                                      repeat bit-equal everywhere
/// source Huttenlocher et al. 1993; Hie et al. 2019 use 0.9999
[[nodiscard]] inline score partial_hausdorff(std::vector<double> distance, const hausdorff_options& options = {}) {
  const double q = options.quantile;
  if (!(q > 0 && q <= 1))
    throw bad_option("coverage::partial_hausdorff: quantile is " + shortest(q) +
                     ", but must be above 0 and at most 1; give the share of the cells that count, such as 0.9999");
  const std::int64_t n = isize(distance.size());
  double value = 0;
  if (n > 0) {
    // A share such as 0.07 of 100 cells is 7 of them, though the product is a little above.
    const auto within =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(q * static_cast<double>(n) * (1 - 1e-12))), 1, n);
    const auto at = distance.begin() + (within - 1);
    std::nth_element(distance.begin(), at, distance.end());
    value = *at;
  }
  return distance_score("partial_hausdorff", n, value, options.floor);
}
/// The mean distance to the nearest chosen cell.        cost   O(cells), added up in the order of the cells
[[nodiscard]] inline score mean_nearest(std::span<const double> distance, const hausdorff_options& options = {}) {
  double sum = 0;
  for (const double d : distance) sum += d;
  return distance_score("mean_nearest", isize(distance.size()),
                        distance.empty() ? 0 : sum / static_cast<double>(distance.size()), options.floor);
}
/// The share of the cells that lie within a radius, the edge included, of a chosen cell: higher is better.
/// errors bad_option where the radius is negative or not a number
[[nodiscard]] inline score share_within(std::span<const double> distance, double radius,
                                        const hausdorff_options& options = {}) {
  if (!(radius >= 0)) throw bad_option("coverage::share_within: radius is " + shortest(radius) + ", but must be 0 or above");
  const auto within = std::ranges::count_if(distance, [&](double d) { return d <= radius; });
  score s = distance_score("share_within", isize(distance.size()),
                           distance.empty() ? 0 : static_cast<double>(within) / static_cast<double>(distance.size()),
                           options.floor);
  s.unit = "share";
  s.better = direction::higher_is_better;
  s.ceiling = 1;
  return s;
}

/// The same from the cells themselves.
template <class Covariates>
[[nodiscard]] score partial_hausdorff(const embedding_view<host, Covariates>& all, const cell_choice& chosen,
                                      const hausdorff_options& options = {}) {
  return partial_hausdorff(nearest_chosen(all, chosen, options.threads), options);
}
template <class Covariates>
[[nodiscard]] score mean_nearest(const embedding_view<host, Covariates>& all, const cell_choice& chosen,
                                 const hausdorff_options& options = {}) {
  return mean_nearest(nearest_chosen(all, chosen, options.threads), options);
}
template <class Covariates>
[[nodiscard]] score share_within(const embedding_view<host, Covariates>& all, const cell_choice& chosen, double radius,
                                 const hausdorff_options& options = {}) {
  return share_within(nearest_chosen(all, chosen, options.threads), radius, options);
}

}  // namespace tepui::coverage
