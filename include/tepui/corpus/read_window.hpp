#pragma once
/// Reads the cells of one window out of a source, each once and in the order in which they lie there.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/corpus/cell_order.hpp>
#include <tepui/flow/cell_source.hpp>

namespace tepui::corpus {

/// The most counts that cells [first, first + n) can have, where a source knows it before it reads them: with this, several
/// threads write into one buffer. A source says so with a member of this name; none is needed.
template <cell_source S>
[[nodiscard]] std::optional<std::int64_t> stored_counts(const S& source, std::int64_t first, std::int64_t n) {
  if constexpr (requires {
                  { source.stored_counts(first, n) } -> std::convertible_to<std::optional<std::int64_t>>;
                })
    return source.stored_counts(first, n);
  else
    return std::nullopt;
}

/// Cells of a source that lie side by side, and the row of the first one in the memory that they are read to.
struct cell_run {
  std::int64_t first = 0, n = 0, row = 0;
};

/// Which cells are read, in which order they are given, and where each stands.
/// shapes  given [cells], row_of [cells]: rows [0, rows), ascending by position in the source, each position once
struct reading_plan {
  static constexpr std::int64_t most_in_a_run = 64;  ///< what one reading holds besides the window stays small

  std::vector<std::int64_t> given;
  std::vector<std::int64_t> row_of;
  std::vector<cell_run> run;
  std::int64_t n_rows = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> sorted;  // working memory: position, place in `given`

  /// in  given, filled                                   cost  O(cells log cells)
  void make() {
    sorted.clear();
    for (std::int64_t i = 0; i < isize(given.size()); ++i) sorted.emplace_back(given[usize(i)], i);
    std::sort(sorted.begin(), sorted.end());
    row_of.resize(given.size());
    run.clear();
    n_rows = 0;
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      const std::int64_t cell = sorted[k].first;
      if (k == 0 || cell != sorted[k - 1].first) {
        if (run.empty() || cell != run.back().first + run.back().n || run.back().n == most_in_a_run)
          run.push_back({cell, 0, n_rows});
        ++run.back().n;
        ++n_rows;
      }
      row_of[usize(sorted[k].second)] = n_rows - 1;
    }
  }
};

/// The cells of one window in memory, and rows in the order in which they are given. Memory grows and is never given back.
/// shapes  row_begin, row_end, cell_id [given]; total [given] or empty; batch_begin [batches + 1]
template <class View>
struct cell_window {
  using view_type = counts_view<typename View::scale, typename View::value_type, typename View::place>;
  template <class T>
  using buffer = buffer_in<typename View::place, T>;

  reading_plan plan;
  std::vector<std::int64_t> batch_begin, batch_number;  ///< of the share; number: in the epoch, [batches]
  std::vector<std::size_t> part_run;                    ///< where each part's runs begin, [parts + 1]
  std::vector<std::int64_t> part_place, part_end;       ///< its place in gene and value; [parts], empty: not known
  std::vector<std::uint8_t> without_total;              ///< [parts] whether the source gave no totals

  buffer<std::int32_t> gene;
  buffer<typename View::value_type> value;
  std::int32_t n_genes = 0;
  std::vector<std::int64_t> begin, end, id;  // of the rows as they were read
  std::vector<double> sum;
  buffer<std::int64_t> row_begin, row_end, cell_id;
  buffer<double> total;

  [[nodiscard]] std::size_t n_parts() const { return part_run.empty() ? 0 : part_run.size() - 1; }
  [[nodiscard]] std::int64_t n_batches() const { return isize(batch_number.size()); }
  [[nodiscard]] view_type batch(std::int64_t i) const {
    const view_type all{n_genes, row_begin, row_end, gene, value, total, cell_axis<>(cell_id)};
    return all.part(batch_begin[usize(i)], batch_begin[usize(i) + 1] - batch_begin[usize(i)]);
  }

  /// Chooses the cells of a share, and cuts the reading into parts for several threads where sizes are known.
  template <class Source>
  void prepare(const Source& source, const cell_order& order, std::int64_t epoch, std::int64_t number,
               const order_share& share, int threads) {
    order.window(epoch, number, plan.given);
    const std::int64_t batch = order.settings().batch, cells = isize(plan.given.size());
    std::int64_t kept = 0;
    batch_begin.assign(1, 0);
    batch_number.clear();
    for (std::int64_t first = 0, b = number * order.batches_per_window(); first < cells; first += batch, ++b) {
      if (b % share.workers != share.worker) continue;
      const auto [at, n] = part_of_batch(share, std::min(batch, cells - first));
      for (std::int64_t i = 0; i < n; ++i) plan.given[usize(kept++)] = plan.given[usize(first + at + i)];
      batch_begin.push_back(kept);
      batch_number.push_back(b);
    }
    plan.given.resize(usize(kept));
    plan.make();
    for (auto* v : {&begin, &end, &id}) v->resize(usize(plan.n_rows));
    sum.resize(usize(plan.n_rows));
    n_genes = source.genes().size();
    cut(source, threads);
    without_total.assign(n_parts(), 0);
  }

  /// Reads one part; parts may be read at the same time, each with a room of its own.
  /// errors  whatever the source throws; bad_data: it gives more counts than it said
  template <class Source>
  void read_part(const Source& source, std::size_t part, typename Source::room& room) {
    const bool known = !part_place.empty();
    std::int64_t at = known ? part_place[part] : 0;
    for (std::size_t r = part_run[part]; r < part_run[part + 1]; ++r) {
      const cell_run& run = plan.run[r];
      const auto cells = source.read(run.first, run.n, room);
      if (cells.total.empty()) without_total[part] = 1;
      for (std::int64_t c = 0; c < run.n;) {
        // Rows that lie behind each other are copied at once.
        std::int64_t last = c;
        while (last + 1 < run.n && cells.row_begin[usize(last) + 1] == cells.row_end[usize(last)]) ++last;
        const std::int64_t from = cells.row_begin[usize(c)], size = cells.row_end[usize(last)] - from;
        if (known ? at + size > part_end[part] : at + size > isize(gene.size())) {
          if (known)
            throw bad_data(
                "cells " + std::to_string(run.first) + " to " + std::to_string(run.first + run.n - 1) +
                " have more counts than their source said; its stored_counts must be the most that read can give");
          grow(at + size, at);
        }
        std::copy_n(cells.gene.data() + from, size, gene.data() + at);
        std::copy_n(cells.value.data() + from, size, value.data() + at);
        for (; c <= last; ++c) {
          const std::size_t row = usize(run.row + c);
          begin[row] = at + cells.row_begin[usize(c)] - from;
          end[row] = at + cells.row_end[usize(c)] - from;
          id[row] = cells.cells.id[usize(c)];
          if (!cells.total.empty()) sum[row] = cells.total[usize(c)];
        }
        at += size;
      }
    }
  }

  /// When all parts are there: rows in the order in which they are given.
  void finish() {
    const std::size_t n = plan.row_of.size();
    for (auto* v : {&row_begin, &row_end, &cell_id}) v->resize(n);
    const bool totals = std::ranges::find(without_total, 1) == without_total.end();
    total.resize(totals ? n : 0);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t row = usize(plan.row_of[i]);
      row_begin[i] = begin[row];
      row_end[i] = end[row];
      cell_id[i] = id[row];
      if (totals) total[i] = sum[row];
    }
  }

 private:
  /// Room for n counts, of which `keep` are kept. And more, because the next window is never as large as this one.
  void grow(std::int64_t n, std::int64_t keep) {
    const auto larger = [&](auto& v) {
      std::remove_reference_t<decltype(v)> bigger(usize(n + (keep == 0 ? n / 8 : n / 2)));
      std::copy_n(v.begin(), keep, bigger.begin());
      v.swap(bigger);
    };
    if (keep == 0) gene = {}, value = {};  // nothing is kept twice
    larger(gene);
    larger(value);
  }

  template <class Source>
  void cut(const Source& source, int threads) {
    part_run.assign(1, 0);
    part_place.clear();
    part_end.clear();
    std::int64_t all = 0;
    bool known = true;
    for (const cell_run& r : plan.run) {
      const auto most = stored_counts(source, r.first, r.n);
      known = known && most;
      all += most.value_or(0);
    }
    if (!known || plan.run.empty()) {
      part_run.push_back(plan.run.size());
      return;
    }
    if (all > isize(gene.size())) grow(all, 0);
    // More parts than threads, because some take longer; few, because parts that share a piece of the file unpack it twice.
    const std::int64_t parts = threads > 1 ? 4 * threads : 1;
    std::int64_t place = 0;
    part_place.push_back(0);
    for (std::size_t r = 0; r < plan.run.size(); ++r) {
      place += *stored_counts(source, plan.run[r].first, plan.run[r].n);
      if (r + 1 == plan.run.size() || (isize(part_run.size()) < parts && place >= all * isize(part_run.size()) / parts)) {
        part_run.push_back(r + 1);
        part_end.push_back(place);
        if (r + 1 < plan.run.size()) part_place.push_back(place);
      }
    }
  }
};

}  // namespace tepui::corpus
