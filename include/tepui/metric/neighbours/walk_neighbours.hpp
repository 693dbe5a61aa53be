#pragma once
/// The cells that a random walk over a graph visits most: neighbours of the same number for every cell, whatever the graph.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/walk_step.hpp>

namespace tepui::metric {

namespace walking {

/// Steps after which a walk from every cell can have been at `wanted` cells, the start included; -1 where more than `most`
/// are needed.
[[nodiscard]] inline int steps_to_reach(const graph<>& g, std::int64_t wanted, int most) {
  std::vector<std::int32_t> seen_by(usize(g.n_cells()), -1), reached;
  int steps = 1;
  for (std::int64_t start = 0; start < g.n_cells(); ++start) {
    reached.assign(1, static_cast<std::int32_t>(start));
    seen_by[usize(start)] = static_cast<std::int32_t>(start);
    std::size_t from = 0;
    for (int step = 1; isize(reached.size()) < wanted; ++step) {
      const std::size_t until = reached.size();
      if (step > most || from == until) return -1;
      for (; from < until; ++from)
        for (std::int64_t e = g.row_begin[usize(reached[from])]; e < g.row_begin[usize(reached[from]) + 1]; ++e) {
          const std::int32_t to = g.neighbour[usize(e)];
          if (seen_by[usize(to)] == start) continue;
          seen_by[usize(to)] = static_cast<std::int32_t>(start);
          reached.push_back(to);
        }
      steps = std::max(steps, step);
    }
  }
  return steps;
}

/// The rows of the `wanted` largest values but that of `self`, largest first; of equal ones the lower row.
class largest {
 public:
  void operator()(const float* value, std::int64_t n, std::int64_t self, std::span<std::int32_t> out) {
    kept_.clear();
    float least = -1;
    const std::size_t most = 4 * out.size();
    for (std::int64_t i = 0; i < n; ++i) {
      if (!(value[i] > least) || i == self) continue;
      kept_.emplace_back(value[i], static_cast<std::int32_t>(i));
      if (kept_.size() < most) continue;
      cut(out.size());
      least = kept_[out.size() - 1].first;
    }
    cut(out.size());
    std::sort(kept_.begin(), kept_.end(), before);
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = kept_[j].second;
  }

 private:
  using entry = std::pair<float, std::int32_t>;
  std::vector<entry> kept_;
  static bool before(const entry& a, const entry& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
  }
  void cut(std::size_t to) {
    if (kept_.size() <= to) return;
    std::nth_element(kept_.begin(), kept_.begin() + isize(to - 1), kept_.end(), before);
    kept_.resize(to);
  }
};

}  // namespace walking

/// The k others that a walk from each cell visits most often in its first steps: the largest of T + T^2 + T^3 (and further
/// powers until every cell can have met k others), with T the weights of the graph, each row scaled to sum 1.
/// in     connected symmetric graph, weights > 0; k >= 1
/// out    [cells, k], most visited first; nothing where some cell cannot meet k others in 25 steps
/// ties   equal visits: lower row                            errors none
/// cost   O(cells steps edges), sixteen walks at once; a room of 200 bytes a cell a thread
/// repeat bit-equal for any number of threads and everywhere
/// source Luecken et al. 2022 (diffusion_nn of scib), which keeps the matrix of all cells to all
[[nodiscard]] inline std::optional<std::vector<std::int32_t>> walk_neighbours(const graph<>& g, std::int64_t k,
                                                                              int threads = 1) {
  constexpr std::int64_t walks = kernel::walks_together;
  const std::int64_t n = g.n_cells();
  const int needed = walking::steps_to_reach(g, k + 1, 25), steps = std::max(3, needed);
  if (needed < 0) return std::nullopt;
  std::vector<float> degree;
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::int64_t e = g.row_begin[usize(i)]; e < g.row_begin[usize(i) + 1]; ++e)
      sum += static_cast<double>(g.weight[usize(e)]);
    degree.push_back(static_cast<float>(sum));
  }
  const kernel::walked_graph walked{g.row_begin, g.neighbour, g.weight, degree};

  struct room {
    std::vector<float> share, next, sum, of_one;
    walking::largest largest;
  };
  std::vector<room> rooms(usize(std::max(1, threads)));
  std::vector<std::int32_t> out(usize(n * k));
  kernel::parallel_chunks((n + walks - 1) / walks, threads, [&](std::int64_t chunk, int worker) {
    room& r = rooms[usize(worker)];
    r.share.assign(usize(n * walks), 0);
    r.sum.assign(usize(n * walks), 0);
    r.next.resize(usize(n * walks));
    r.of_one.resize(usize(n));
    const std::int64_t first = chunk * walks, here = std::min(walks, n - first);
    for (std::int64_t w = 0; w < here; ++w) r.share[usize((first + w) * walks + w)] = 1 / degree[usize(first + w)];
    for (int step = 0; step < steps; ++step) {
      kernel::walk_step(walked, r.share, r.next, r.sum);
      std::swap(r.share, r.next);
    }
    for (std::int64_t w = 0; w < here; ++w) {
      for (std::int64_t i = 0; i < n; ++i) r.of_one[usize(i)] = r.sum[usize(i * walks + w)];
      r.largest(r.of_one.data(), n, first + w, std::span(out).subspan(usize((first + w) * k), usize(k)));
    }
  });
  return out;
}

}  // namespace tepui::metric
