#pragma once
/// Whether batches mix inside of each cell type: kBET within every label, as the integration benchmarks report it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/cell_labels.hpp>
#include <tepui/metric/dealt_labels.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/head.hpp>
#include <tepui/metric/interval.hpp>
#include <tepui/metric/neighbours/batch_test.hpp>
#include <tepui/metric/neighbours/components.hpp>
#include <tepui/metric/neighbours/subgraph.hpp>
#include <tepui/metric/neighbours/walk_neighbours.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::metric {

/// kBET of one label. rejection is the share of its cells that are rejected, or the reason why the label is not tested.
struct label_mixing {
  std::int32_t label = 0;
  std::int64_t k = 0;             ///< neighbours wanted (k0)
  std::vector<std::int64_t> row;  ///< cells that count
  std::vector<char> rejected;     ///< [row]
  measured rejection;
  std::string note;  ///< why all are rejected, where no test was made
};

/// How the two published variants differ.
struct kbet_by_label_rules {
  std::int64_t leave_out = 0;      ///< of the k neighbours, the last so many are not looked at
  bool small_pieces_count = true;  ///< cells of small components count, as rejected; else they are left out
  double alpha = 0.05;
};

/// The neighbourhoods of one label's cells, to be tested under any dealing of the batches.
struct label_neighbourhoods {
  std::int32_t label = 0;
  std::int64_t k = 0, of_each = 0;
  std::vector<std::int64_t> row, tested;  ///< rows of the label; places in `row` that have a neighbourhood
  std::vector<std::int32_t> neighbour;    ///< [tested, of_each], places in `tested`; without the cell itself
  std::string untested, note;             ///< why the label does not count; why all its cells are rejected
};

/// Finds the neighbourhoods of each label with cells.
/// in     graph [cells]; label, batch [cells]; neighbours_of(graph of a label's tested cells, k) -> [cells, k] other rows,
///        nearest first, or nothing where there are not so many; how many of the k, the last, are not looked at
/// out    one entry a label, in the order of codes. A label of fewer than 10 cells or of one batch does not count; k is a
///        quarter of the mean cells a batch, between 10 and 70. In several components, those of 3 k cells and more are
///        tested where they hold 75 % of the cells; else, and where cells have fewer than k neighbours, all its cells are
///        rejected
/// source Luecken et al. 2022 (kBET of scib)
template <class NeighboursOf>
[[nodiscard]] std::vector<label_neighbourhoods> neighbourhoods_by_label(const graph<>& g, const cell_labels& label,
                                                                        const cell_labels& batch, std::int64_t leave_out,
                                                                        NeighboursOf&& neighbours_of) {
  std::vector<std::vector<std::int64_t>> rows(label.name.size());
  for (std::size_t i = 0; i < label.code.size(); ++i) rows[usize(label.code[i])].push_back(isize(i));
  const auto component = components_within(g, label.code);
  std::vector<std::int64_t> size(component.size(), 0), in_batch(batch.name.size());
  for (const std::int32_t c : component) ++size[usize(c)];
  std::vector<label_neighbourhoods> out;
  for (std::size_t l = 0; l < rows.size(); ++l) {
    if (rows[l].empty()) continue;
    label_neighbourhoods one;
    one.label = static_cast<std::int32_t>(l);
    one.row = std::move(rows[l]);
    const std::int64_t n = isize(one.row.size());
    std::fill(in_batch.begin(), in_batch.end(), 0);
    for (const std::int64_t row : one.row) ++in_batch[usize(batch.code[usize(row)])];
    const std::int64_t batches = std::count_if(in_batch.begin(), in_batch.end(), [](std::int64_t c) { return c > 0; });
    if (n < 10 || batches < 2) {
      one.untested = n < 10 ? "fewer than 10 cells" : "cells of one batch only";
      out.push_back(std::move(one));
      continue;
    }
    one.k = std::clamp<std::int64_t>(n / batches / 4, 10, 70);
    // In components of their own that are too small, cells have no neighbourhood.
    const bool whole = size[usize(component[usize(one.row[0])])] == n;
    std::vector<std::int64_t> tested_rows;
    for (std::int64_t i = 0; i < n; ++i) {
      if (!whole && size[usize(component[usize(one.row[usize(i)])])] < 3 * one.k) continue;
      one.tested.push_back(i);
      tested_rows.push_back(one.row[usize(i)]);
    }
    if (4 * isize(one.tested.size()) < 3 * n) {
      one.note = "components of " + std::to_string(3 * one.k) + " cells and more hold less than 75 % of the cells";
      one.tested.clear();
    } else {
      auto found = neighbours_of(subgraph(g, tested_rows), one.k);
      if (found) {
        one.of_each = one.k - leave_out;
        for (std::size_t i = 0; i < one.tested.size(); ++i)
          one.neighbour.insert(one.neighbour.end(), found->begin() + isize(i) * one.k,
                               found->begin() + isize(i) * one.k + one.of_each);
      } else {
        one.note = "some cells do not reach " + std::to_string(one.k) + " others";
        one.tested.clear();
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// Tests every neighbourhood, the cell itself included, against the batches of its label.
/// out    one entry a label, as in the neighbourhoods        cost   O(cells (k + batches))
/// repeat bit-equal for any number of threads
[[nodiscard]] inline std::vector<label_mixing> kbet_within_labels(std::span<const label_neighbourhoods> all,
                                                                  const cell_labels& batch, const kbet_by_label_rules& rules,
                                                                  int threads = 1) {
  std::vector<label_mixing> out;
  for (const label_neighbourhoods& of : all) {
    label_mixing one;
    one.label = of.label;
    one.k = of.k;
    one.note = of.note;
    if (!of.untested.empty()) {
      one.rejection = measured::missing(of.untested);
      out.push_back(std::move(one));
      continue;
    }
    const bool every = rules.small_pieces_count || of.tested.empty();
    std::vector<std::int32_t> frequency_of;  // batches of the cells that count
    std::vector<std::size_t> place(of.tested.size());
    if (every) {
      one.row = of.row;
      for (std::size_t i = 0; i < place.size(); ++i) place[i] = usize(of.tested[i]);
    } else {
      for (std::size_t i = 0; i < place.size(); ++i) {
        place[i] = i;
        one.row.push_back(of.row[usize(of.tested[i])]);
      }
    }
    for (const std::int64_t row : one.row) frequency_of.push_back(batch.code[usize(row)]);
    one.rejected.assign(one.row.size(), 1);
    const batch_test first(frequency_of, batch.n_labels(), of.of_each + 1);
    constexpr std::int64_t together = 512;
    const std::int64_t n = isize(of.tested.size());
    if (first.n_batches() > 1)
      kernel::parallel_chunks((n + together - 1) / together, threads, [&](std::int64_t chunk, int) {
        batch_test test = first;
        for (std::int64_t i = chunk * together; i < std::min(n, (chunk + 1) * together); ++i) {
          test.meet(isize(place[usize(i)]));
          for (std::int64_t j = 0; j < of.of_each; ++j)
            test.meet(isize(place[usize(of.neighbour[usize(i * of.of_each + j)])]));
          one.rejected[place[usize(i)]] = test.p_value(test.statistic()) < rules.alpha ? 1 : 0;
        }
      });
    const auto rejections = static_cast<double>(std::count(one.rejected.begin(), one.rejected.end(), 1));
    one.rejection = first.n_batches() > 1 ? measured(rejections / static_cast<double>(one.row.size()))
                                          : measured::missing("the components that are tested hold cells of one batch only");
    out.push_back(std::move(one));
  }
  return out;
}

/// 1 - the mean rejection over labels that are tested.                                                -> NaN where none is
[[nodiscard]] inline double acceptance_over_labels(std::span<const label_mixing> labels) {
  double sum = 0, tested = 0;
  for (const label_mixing& l : labels) {
    if (!l.rejection.known()) continue;
    sum += l.rejection.value;
    tested += 1;
  }
  return 1 - sum / tested;
}

namespace kbet_by_label {

/// What both heads share. in  neighbours_of as above
template <class NeighboursOf>
[[nodiscard]] std::vector<score> scored(std::string_view name, const embedded_cells& of, std::int64_t graph_k,
                                        const kbet_by_label_rules& rules, const score_options& options,
                                        NeighboursOf&& neighbours_of) {
  options.check();
  if (!(rules.alpha > 0 && rules.alpha < 1))
    throw bad_option(std::string(name) + " was asked for with alpha = " + std::to_string(rules.alpha) +
                     "; give one between 0 and 1");
  const std::string full = options.prefix + std::string(name);
  const std::int64_t n = of.label.n_cells();
  if (const std::string why = why_no_batches(of); !why.empty()) return {without_value(full, why, n)};
  const auto near = neighbourhoods_by_label(of.connectivities(graph_k), of.label, of.batch, rules.leave_out, neighbours_of);
  const auto labels = kbet_within_labels(near, of.batch, rules, of.threads);
  const double value = acceptance_over_labels(labels);
  if (std::isnan(value)) return {without_value(full, "no label has 10 cells and two batches", n)};

  // Cells weigh so that labels weigh alike.
  std::vector<double> share;
  std::vector<std::int32_t> group;
  double tested = 0;
  for (const label_mixing& l : labels) tested += l.rejection.known() ? 1 : 0;
  for (const label_mixing& l : labels) {
    if (!l.rejection.known()) continue;
    for (const char rejected : l.rejected) {
      share.push_back(rejected ? 0 : 1 / (tested * static_cast<double>(l.row.size())));
      group.push_back(l.label);
    }
  }
  score out;
  out.name = full;
  out.n = isize(share.size());
  out.value = value;
  const interval ends = interval_by_resampling(isize(share.size()), group, options, [&](std::span<const std::int64_t> rows) {
    double sum = 0;
    for (const std::int64_t r : rows) sum += share[usize(r)];
    return std::min(sum, 1.0);
  });
  out.low = ends.low;
  out.high = ends.high;
  out.floor = 0.0;
  const auto dealt =
      dealt_labels(of.batch.code, of.cells.cells.id,
                   kernel::draws(options.seed, "metric: batches that mean nothing within a label"), of.label.code);
  out.ceiling = acceptance_over_labels(kbet_within_labels(near, cell_labels(dealt, of.batch.name), rules, of.threads));
  return {out};
}

}  // namespace kbet_by_label

/// kBET by label as scib computes it, without its randomness: the share of cells accepted, as a mean over labels with two
/// batches.
/// reads  embedded_cells: batch, label                      out    one score, share, higher is better
/// rule   within each label, neighbours are those that a random walk over the graph of 50 neighbours visits most
///        (walk_neighbours): k - 1 of them and the cell itself, against the batches of the label; components as in
///        neighbourhoods_by_label, and cells of the small ones are rejected, since R's kBET tests them with themselves alone
/// differs  scib tests 10 % of the cells, drawn at random, 100 times, and takes the mean: here every cell is tested, once
/// large  of a label with more than most_cells cells, so many, drawn by their ids, stand for it, and the graph is then that
///        of the cells that are left: n counts those, and the unit says so
/// empty  no batches given, no label of 10 cells in two batches: no value, with the reason
/// floor  0: every neighbourhood is rejected                ceiling  batches dealt out anew within each label over the same
///        neighbours
/// interval  over cells drawn again within their label      errors   bad_option: alpha outside (0, 1), most_cells below 10
/// cost   O(cells of the label^2) for the walks, which take most of the time: about 10 s on one core for a label of
///        most_cells = 5,000, which is the most that a label takes
/// repeat bit-equal for one seed
/// source Buettner et al. 2019; Luecken et al. 2022
struct kbet_by_label_walks {
  static constexpr std::string_view name = "kbet_by_label_walks";
  using reads = embedded_cells;
  std::int64_t graph_k = 50;  ///< neighbours of the graph, the cell itself included
  double alpha = 0.05;        ///< a neighbourhood is rejected below this
  std::int64_t most_cells = 5000;  ///< of a label; of more, so many stand for it
  std::uint64_t seed = 1;          ///< decides which

  [[nodiscard]] std::string describe() const {
    return "kbet_by_label_walks graph_k=" + std::to_string(graph_k) + " alpha=" + std::to_string(alpha) +
           " most_cells=" + std::to_string(most_cells) + " a label seed=" + std::to_string(seed);
  }
  [[nodiscard]] std::vector<score> operator()(const embedded_cells& of, const score_options& options = {}) const {
    if (most_cells < 10)
      throw bad_option("kbet_by_label_walks was asked for with at most " + std::to_string(most_cells) +
                       " cells a label; a label of fewer than 10 is not tested, so give at least 10");
    const auto sizes = of.label.sizes();
    if (!of.batch.given() || std::all_of(sizes.begin(), sizes.end(), [&](std::int64_t s) { return s <= most_cells; }))
      return of_all(of, options);
    const auto rows = some_cells(of.cells.cells.id, most_cells,
                                 kernel::draws(seed, "metric: cells that stand for their label"), of.label.code);
    const embedding_batch<> some = rows_of(of.cells, std::span<const std::int64_t>(rows));
    std::vector<std::int32_t> label, batch;
    for (const std::int64_t r : rows) {
      label.push_back(of.label.code[usize(r)]);
      batch.push_back(of.batch.code[usize(r)]);
    }
    auto out = of_all({some.view(), {label, of.label.name}, {batch, of.batch.name}, of.threads}, options);
    for (score& s : out) s.unit += ", of at most " + std::to_string(most_cells) + " cells a label, by lot";
    return out;
  }

 private:
  [[nodiscard]] std::vector<score> of_all(const embedded_cells& of, const score_options& options) const {
    return kbet_by_label::scored(name, of, graph_k, {.leave_out = 1, .small_pieces_count = true, .alpha = alpha}, options,
                                 [&](const graph<>& part, std::int64_t k) { return walk_neighbours(part, k, of.threads); });
  }
};

}  // namespace tepui::metric
