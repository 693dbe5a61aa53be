#pragma once
/// Cells with their true and their predicted types: what the metrics of classification read.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/metric/classification/answers.hpp>
#include <tepui/metric/classification/class_counts.hpp>
#include <tepui/metric/classification/ranking.hpp>
#include <tepui/metric/classification/resampled.hpp>

namespace tepui::metric {

/// AUROC and AUPRC of each class in all cells and in every resample.
struct ranked_classes {
  std::vector<ranking_areas> whole;               ///< [classes], one against the others
  std::vector<std::vector<ranking_areas>> again;  ///< [resamples][classes]
  std::vector<std::vector<std::int64_t>> cells;   ///< [resamples][classes]: how many cells of the class the resample holds
};

/// What several heads need is computed when the first asks, and kept here: one subject a set of predictions, one thread at a
/// time.
/// All heads of one seed see the same resamples.
class predicted_cells {
 public:
  /// errors bad_data: see answers
  explicit predicted_cells(const answers& of) : given_(of) {
    of.check();
    whole_ = class_counts(of.truth, of.predicted, of.n_classes);
    if (!of.trivial.empty()) trivial_ = class_counts(of.truth, of.trivial, of.n_classes);
  }

  [[nodiscard]] const answers& given() const { return given_; }
  [[nodiscard]] std::int64_t n_cells() const { return isize(given_.truth.size()); }
  [[nodiscard]] std::size_t n_classes() const { return usize(given_.n_classes); }
  [[nodiscard]] bool has_probability() const { return !given_.probability.empty(); }
  /// The probabilities of a cell.                                                  -> [classes]
  [[nodiscard]] std::span<const double> probability(std::size_t cell) const {
    return given_.probability.subspan(cell * n_classes(), n_classes());
  }

  [[nodiscard]] const class_counts& counts() const { return whole_; }
  /// Those of the trivial answers.                    errors  none: without trivial answers there are no classes in it
  [[nodiscard]] const class_counts& trivial_counts() const { return trivial_; }
  [[nodiscard]] bool has_trivial() const { return !given_.trivial.empty(); }

  /// The counts of every resample.                                                  -> [resamples]
  /// cost   O(resamples cells) when first asked: 50,000 cells and 1,000 resamples take a few tenths of a second on one
  ///        thread
  [[nodiscard]] const std::vector<class_counts>& resampled_counts(const score_options& options) const {
    if (counts_of_.is(options, options.resamples)) return again_;
    const std::size_t classes = n_classes();
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::size_t i = 0; i < given_.truth.size(); ++i) pairs.emplace_back(given_.truth[i], given_.predicted[i]);
    std::vector<std::pair<std::int32_t, std::int32_t>> occupied = pairs;
    std::sort(occupied.begin(), occupied.end());
    occupied.erase(std::unique(occupied.begin(), occupied.end()), occupied.end());
    std::vector<std::uint32_t> pair_of_cell;  // few pairs are occupied, so that one small table is counted into
    for (const auto& p : pairs)
      pair_of_cell.push_back(
          static_cast<std::uint32_t>(std::lower_bound(occupied.begin(), occupied.end(), p) - occupied.begin()));
    again_.assign(n_cells() == 0 ? 0 : usize(options.resamples), class_counts(static_cast<std::int32_t>(classes)));
    const kernel::draws random = resampling_of(options);
    std::vector<std::vector<std::uint32_t>> drawn(usize(options.threads), std::vector<std::uint32_t>(occupied.size()));
    kernel::parallel_chunks(isize(again_.size()), options.threads, [&](std::int64_t b, int worker) {
      auto& count = drawn[usize(worker)];
      std::fill(count.begin(), count.end(), 0);
      drawn_cells(n_cells(), random, b, [&](std::size_t cell) { ++count[pair_of_cell[cell]]; });
      for (std::size_t p = 0; p < occupied.size(); ++p)
        again_[usize(b)].add(occupied[p].first, occupied[p].second, count[p]);
    });
    counts_of_.set(options, options.resamples);
    return again_;
  }

  /// Resamples of rankings cost more than those of counts, so they are at most 2e8 / (cells classes), but not fewer than 100
  /// unless
  /// fewer were asked for: 20,000 cells of 20 classes are resampled 500 times.
  [[nodiscard]] std::int64_t ranking_resamples(const score_options& options) const {
    const std::int64_t entries = std::max<std::int64_t>(1, n_cells() * given_.n_classes);
    return n_cells() == 0 ? 0 : std::min(options.resamples, std::max<std::int64_t>(100, 200'000'000 / entries));
  }

  /// Needs probabilities.
  /// cost   O(classes cells (log cells + resamples)) when first asked
  [[nodiscard]] const ranked_classes& ranked(const score_options& options) const {
    const std::int64_t resamples = ranking_resamples(options);
    if (ranked_of_.is(options, resamples)) return ranked_;
    std::vector<ranking> of_class(n_classes(), ranking({}));
    kernel::parallel_chunks(given_.n_classes, options.threads, [&](std::int64_t c, int) {
      std::vector<ranking::entry> entries;
      entries.reserve(given_.truth.size());
      for (std::size_t i = 0; i < given_.truth.size(); ++i)
        entries.push_back({probability(i)[usize(c)], static_cast<std::int32_t>(i), given_.truth[i] == c});
      of_class[usize(c)] = ranking(std::move(entries));
    });
    ranked_ = {};
    for (const ranking& r : of_class) ranked_.whole.push_back(r.areas());
    ranked_.again.resize(usize(resamples));
    ranked_.cells.assign(usize(resamples), std::vector<std::int64_t>(n_classes(), 0));
    each_weighting(options, resamples, [&](std::size_t b, std::span<const std::uint32_t> weight) {
      for (std::size_t i = 0; i < weight.size(); ++i) ranked_.cells[b][usize(given_.truth[i])] += weight[i];
      for (const ranking& r : of_class) ranked_.again[b].push_back(r.areas(weight));
    });
    ranked_of_.set(options, resamples);
    return ranked_;
  }

  /// One ranking of all (cell, class) entries, the true class of each cell being positive, and its resamples.
  /// in     number(cell, class) -> double
  template <class Number>
  [[nodiscard]] std::pair<ranking_areas, std::vector<ranking_areas>> pooled(const score_options& options,
                                                                            std::int64_t resamples,
                                                                            const Number& number) const {
    std::vector<ranking::entry> entries;
    entries.reserve(given_.truth.size() * n_classes());
    for (std::size_t i = 0; i < given_.truth.size(); ++i)
      for (std::size_t c = 0; c < n_classes(); ++c)
        entries.push_back({number(i, c), static_cast<std::int32_t>(i), usize(given_.truth[i]) == c});
    const ranking all(std::move(entries));
    std::vector<ranking_areas> again(usize(resamples));
    each_weighting(options, resamples,
                   [&](std::size_t b, std::span<const std::uint32_t> weight) { again[b] = all.areas(weight); });
    return {all.areas(), std::move(again)};
  }

  /// Calls visit(resample, weight [cells]): how often each resample drew each cell. Resamples are visited by several
  /// threads.
  template <class Visit>
  void each_weighting(const score_options& options, std::int64_t resamples, const Visit& visit) const {
    const kernel::draws random = resampling_of(options);
    std::vector<std::vector<std::uint32_t>> room(usize(options.threads));
    kernel::parallel_chunks(resamples, options.threads, [&](std::int64_t b, int worker) {
      auto& weight = room[usize(worker)];
      weight.assign(given_.truth.size(), 0);
      drawn_cells(n_cells(), random, b, [&](std::size_t cell) { ++weight[cell]; });
      visit(usize(b), std::span<const std::uint32_t>(weight));
    });
  }

 private:
  struct made_for {
    std::uint64_t seed = 0;
    std::int64_t resamples = -1;
    [[nodiscard]] bool is(const score_options& o, std::int64_t n) const { return seed == o.seed && resamples == n; }
    void set(const score_options& o, std::int64_t n) { seed = o.seed, resamples = n; }
  };
  answers given_;
  class_counts whole_, trivial_;
  mutable std::vector<class_counts> again_;
  mutable ranked_classes ranked_;
  mutable made_for counts_of_, ranked_of_;
};

}  // namespace tepui::metric
