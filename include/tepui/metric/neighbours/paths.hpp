#pragma once
/// The nearest cells along the edges of a graph.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>

namespace tepui::metric {

/// neighbour, distance [cells, k]: the nearest others by the shortest path, nearest first; without the cell itself; -1
/// behind the last where fewer can be reached
struct path_table {
  std::int64_t n_cells = 0, k = 0;
  std::vector<std::int32_t> neighbour;
  std::vector<float> distance;

  [[nodiscard]] std::span<const std::int32_t> neighbours_of(std::int64_t cell) const {
    return std::span(neighbour).subspan(usize(cell * k), usize(k));
  }
  [[nodiscard]] std::span<const float> distances_of(std::int64_t cell) const {
    return std::span(distance).subspan(usize(cell * k), usize(k));
  }
};

namespace paths {

/// A graph with the short edges of each cell first.
struct by_length {
  std::vector<std::pair<float, std::int32_t>> edge;
  explicit by_length(const graph<>& g) : edge(g.neighbour.size()) {
    for (std::size_t e = 0; e < edge.size(); ++e) edge[e] = {g.weight[e], g.neighbour[e]};
    for (std::int64_t i = 0; i < g.n_cells(); ++i)
      std::sort(edge.begin() + g.row_begin[usize(i)], edge.begin() + g.row_begin[usize(i) + 1]);
  }
};

/// One worker's search, from one cell after the other.
class search {
 public:
  search(const graph<>& g, const by_length& short_first, std::int64_t k)
      : g_(&g), edge_(&short_first), k_(usize(k)), length_(usize(g.n_cells())), seen_by_(usize(g.n_cells()), -1) {}

  void from(std::int32_t start, std::int32_t* neighbour, float* distance) {
    heap_.clear();
    near_.clear();
    within_ = std::numeric_limits<double>::infinity();
    std::size_t found = 0;
    length_[usize(start)] = 0;
    seen_by_[usize(start)] = start;
    expand(start, 0, start);
    while (found < k_ && !heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const auto [length, cell] = heap_.back();
      heap_.pop_back();
      if (length > length_[usize(cell)]) continue;  // a shorter path was found since
      neighbour[found] = cell;
      distance[found++] = static_cast<float>(length);
      if (found < k_) expand(cell, length, start);
    }
    std::fill(neighbour + found, neighbour + k_, -1);
    std::fill(distance + found, distance + k_, std::numeric_limits<float>::infinity());
  }

 private:
  using step = std::pair<double, std::int32_t>;
  const graph<>* g_;
  const by_length* edge_;
  std::size_t k_;
  std::vector<double> length_;         // of the shortest path yet
  std::vector<std::int32_t> seen_by_;  // the start that has a path to the cell
  std::vector<step> heap_;
  std::vector<std::int32_t> near_;  // cells with a path, among them the k nearest yet
  double within_ = 0;               // k cells have a path not longer than this

  static bool later(const step& a, const step& b) { return a > b; }

  void expand(std::int32_t cell, double length, std::int32_t start) {
    for (std::int64_t e = g_->row_begin[usize(cell)]; e < g_->row_begin[usize(cell) + 1]; ++e) {
      const auto [more, to] = edge_->edge[usize(e)];
      const double whole = length + static_cast<double>(more);
      if (whole > within_) return;  // the edges that follow are longer still
      const bool is_new = seen_by_[usize(to)] != start;
      if (!is_new && whole >= length_[usize(to)]) continue;
      length_[usize(to)] = whole;
      heap_.emplace_back(whole, to);
      std::push_heap(heap_.begin(), heap_.end(), later);
      if (!is_new) continue;
      seen_by_[usize(to)] = start;
      near_.push_back(to);
      if (near_.size() == 2 * k_) tighten();
    }
  }
  void tighten() {
    const auto shorter = [&](std::int32_t a, std::int32_t b) {
      return std::pair(length_[usize(a)], a) < std::pair(length_[usize(b)], b);
    };
    std::nth_element(near_.begin(), near_.begin() + isize(k_ - 1), near_.end(), shorter);
    within_ = length_[usize(near_[k_ - 1])];
    near_.resize(k_);
  }
};

}  // namespace paths

/// The k nearest others of every cell by the shortest path, with the weights of the edges as their lengths.
/// in     graph with weights >= 0; k >= 1                   out    path_table [cells, k]
/// ties   paths of equal length: lower row                  errors none
/// cost   O(cells k degree): 30 us a cell for k = 90 and 20 edges a cell; rooms of 12 bytes a cell a thread
/// repeat bit-equal for any number of threads               source Dijkstra 1959
[[nodiscard]] inline path_table nearest_by_path(const graph<>& g, std::int64_t k, int threads = 1) {
  path_table out;
  out.n_cells = g.n_cells();
  out.k = k;
  out.neighbour.resize(usize(out.n_cells * k));
  out.distance.resize(out.neighbour.size());
  const paths::by_length short_first(g);
  std::vector<paths::search> search(usize(std::max(1, threads)), paths::search(g, short_first, k));
  constexpr std::int64_t together = 64;
  kernel::parallel_chunks((out.n_cells + together - 1) / together, threads, [&](std::int64_t chunk, int worker) {
    for (std::int64_t i = chunk * together; i < std::min(out.n_cells, (chunk + 1) * together); ++i)
      search[usize(worker)].from(static_cast<std::int32_t>(i), out.neighbour.data() + i * k, out.distance.data() + i * k);
  });
  return out;
}

}  // namespace tepui::metric
