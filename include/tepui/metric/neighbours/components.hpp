#pragma once
/// Which cells hang together in a graph.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/metric/neighbours/table.hpp>

namespace tepui::metric {

/// Components when only edges between cells of one label count, in whichever direction they point.
/// in     graph [cells]; label [cells]            out    for each cell the lowest row of its component
/// cost   O(edges)                                source Tarjan 1975 (union-find)
[[nodiscard]] inline std::vector<std::int32_t> components_within(const graph<>& g, std::span<const std::int32_t> label) {
  std::vector<std::int32_t> leader(label.size());
  std::iota(leader.begin(), leader.end(), 0);
  const auto find = [&](std::int32_t i) {
    while (leader[usize(i)] != i) i = leader[usize(i)] = leader[usize(leader[usize(i)])];
    return i;
  };
  for (std::size_t i = 0; i < label.size(); ++i)
    for (std::int64_t e = g.row_begin[i]; e < g.row_begin[i + 1]; ++e) {
      const std::int32_t j = g.neighbour[usize(e)];
      if (label[usize(j)] != label[i]) continue;
      const std::int32_t a = find(static_cast<std::int32_t>(i)), b = find(j);
      leader[usize(std::max(a, b))] = std::min(a, b);
    }
  for (std::size_t i = 0; i < leader.size(); ++i) leader[i] = find(static_cast<std::int32_t>(i));
  return leader;
}

/// Strong components of the directed graph "is among the k nearest of": cells of one component reach each other along such
/// edges, and only edges between cells of one label count.
/// in     neighbours; k of them, itself included; label [cells]
/// out    component [cells], numbered from 0 as they are closed
/// cost   O(cells k), no recursion                                        source Tarjan 1972
[[nodiscard]] inline std::vector<std::int32_t> strong_components_within(const neighbour_table& neighbours, std::int64_t k,
                                                                        std::span<const std::int32_t> label) {
  const std::int64_t of_each = std::min(k, neighbours.k);
  constexpr std::int32_t unseen = -1;
  std::vector<std::int32_t> number(label.size(), unseen), lowest(label.size(), 0), component(label.size(), unseen), open;
  struct visit {
    std::int32_t cell;
    std::int64_t next;
  };
  std::vector<visit> path;
  std::int32_t numbers = 0, components = 0;
  for (std::size_t root = 0; root < label.size(); ++root) {
    if (number[root] != unseen) continue;
    path.push_back({static_cast<std::int32_t>(root), 0});
    while (!path.empty()) {
      const std::int32_t at = path.back().cell;
      if (path.back().next == 0) {
        number[usize(at)] = lowest[usize(at)] = numbers++;
        open.push_back(at);
      }
      if (path.back().next < of_each) {
        const std::int32_t to = neighbours.neighbours_of(at, of_each)[usize(path.back().next++)];
        if (label[usize(to)] != label[usize(at)]) continue;
        if (number[usize(to)] == unseen)
          path.push_back({to, 0});
        else if (component[usize(to)] == unseen)
          lowest[usize(at)] = std::min(lowest[usize(at)], number[usize(to)]);
        continue;
      }
      if (lowest[usize(at)] == number[usize(at)]) {
        std::int32_t closed;
        do {
          closed = open.back();
          open.pop_back();
          component[usize(closed)] = components;
        } while (closed != at);
        ++components;
      }
      path.pop_back();
      if (!path.empty()) lowest[usize(path.back().cell)] = std::min(lowest[usize(path.back().cell)], lowest[usize(at)]);
    }
  }
  return component;
}

}  // namespace tepui::metric
