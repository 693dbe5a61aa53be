#pragma once
/// How many kinds of cells (batches, types) a cell meets among its neighbours, counted by their weight.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/neighbours/effective_neighbours.hpp>
#include <tepui/metric/neighbours/lisi_score.hpp>
#include <tepui/metric/neighbours/table.hpp>

namespace tepui::metric {

/// The local inverse Simpson index of every cell: 1 where all its weighted neighbours are of one label, L where L labels
/// share them.
/// in     neighbours; k of them, the cell itself included: it takes one of the k places and has no weight; several
///        labellings of the same cells, scored in one reading
/// out    for each labelling [cells], in [1, labels]; NaN where k < 6
/// weights  effective_neighbours of perplexity floor(k / 3)
/// ties   those of the neighbours; the order of equal ones does not matter          errors  none
/// cost   O(cells k): 20,000 cells and k = 90 take about 30 ms on one thread
/// repeat bit-equal for any number of threads
/// source Korsunsky et al. 2019; as lisi_knn of scib-metrics, which computes in float (apart by up to 2e-5)
[[nodiscard]] inline std::vector<std::vector<double>> lisi(const neighbour_table& neighbours, std::int64_t k,
                                                           std::span<const cell_labels> labellings, int threads = 1) {
  const std::int64_t n = neighbours.n_cells, of_each = std::min(k, neighbours.k);
  std::vector<std::vector<double>> out(labellings.size(),
                                       std::vector<double>(usize(n), std::numeric_limits<double>::quiet_NaN()));
  const double perplexity = std::floor(static_cast<double>(of_each) / 3);
  if (perplexity < 2) return out;
  constexpr std::int64_t together = 256;
  kernel::parallel_chunks((n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
    lisi_room room(perplexity, labellings);
    for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) {
      const auto near = neighbours.neighbours_of(i, of_each);
      const auto distance = neighbours.distances_of(i, of_each);
      room.clear();
      for (std::size_t j = 0; j < near.size(); ++j)
        if (near[j] != i) room.add(near[j], distance[j]);
      room.weigh();
      for (std::size_t l = 0; l < labellings.size(); ++l) out[l][usize(i)] = room.inverse_simpson(labellings[l], l);
    }
  });
  return out;
}

/// The same for one labelling.                                                                    -> [cells]
[[nodiscard]] inline std::vector<double> lisi(const neighbour_table& neighbours, std::int64_t k, const cell_labels& label,
                                              int threads = 1) {
  return std::move(lisi(neighbours, k, std::span(&label, 1), threads)[0]);
}

/// How well batches mix around a cell: the median LISI of batches, scaled from one batch (0) to all of them alike (1).
/// reads  embedded_cells: batch, and label for the ceiling          out    one score, share, higher is better
/// empty  no batches given, one batch, too few cells: no value, with the reason; a batch without cells does not count
/// floor  0: every neighbourhood is of one batch
/// ceiling  batches dealt out anew within each label over the same neighbours: what is left when nothing but the label
///        decides where a cell lies
/// interval  of the median over cells                               errors  bad_option: k < 6
/// cost   two LISI in one reading, beside the neighbours            repeat  bit-equal for one seed
/// source Korsunsky et al. 2019, scaled by Luecken et al. 2022; as ilisi_knn of scib-metrics
struct ilisi {
  static constexpr std::string_view name = "ilisi";
  using reads = embedded_cells;
  std::int64_t k = 90;  ///< neighbours, the cell itself included

  [[nodiscard]] std::string describe() const { return "ilisi k=" + std::to_string(k); }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    return lisi_score::of_batches(name, k, of, options, [&](std::span<const cell_labels> labellings) {
      return lisi(of.neighbours(k), k, labellings, of.threads);
    });
  }
};

/// How pure the labels around a cell are: the median LISI of labels, scaled from all labels alike (0) to one (1).
/// reads  embedded_cells: label                                     out    one score, share, higher is better
/// empty  one label, too few cells: no value, with the reason; a label without cells does not count
/// floor  labels dealt out anew over the same neighbours            ceiling  1: every neighbourhood is of one label
/// interval, errors, cost, repeat, source  as ilisi; as clisi_knn of scib-metrics
struct clisi {
  static constexpr std::string_view name = "clisi";
  using reads = embedded_cells;
  std::int64_t k = 90;  ///< neighbours, the cell itself included

  [[nodiscard]] std::string describe() const { return "clisi k=" + std::to_string(k); }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    return lisi_score::of_labels(name, k, of, options, [&](std::span<const cell_labels> labellings) {
      return lisi(of.neighbours(k), k, labellings, of.threads);
    });
  }
};

}  // namespace tepui::metric
