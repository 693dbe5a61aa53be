#pragma once
/// How well a number that grows with "this cell is a T cell" puts the T cells before the others: AUROC and AUPRC.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/classification/class_counts.hpp>

namespace tepui::metric {

/// The two areas of one ranking; undefined (not a number) where cells of only one kind are there.
struct ranking_areas {
  double auroc = undefined;  ///< chance that a positive stands before a negative, half of the ties counted
  double auprc = undefined;  ///< average precision; defined without negatives (1), undefined without positives
};

/// Cells in falling order of a number, sorted once and summed for any weights of the cells (how often a resample drew each).
/// ties    cells with equal numbers stand at one place: trapezoids for AUROC, one threshold for AUPRC
/// cost    O(entries log entries) once, O(entries) a sum, in whole numbers, so the areas do not depend on the order of the
///         cells
/// source  Hanley and McNeil 1982; scikit-learn roc_auc_score, average_precision_score (sum of precision times the gain in
///         recall, no interpolation)
class ranking {
 public:
  struct entry {
    double number;
    std::int32_t cell;  ///< whose weight counts: one cell may have several entries (one a class, when classes are pooled)
    bool positive;
  };
  explicit ranking(std::vector<entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
      if (a.number != b.number) return a.number > b.number;
      if (a.positive != b.positive) return a.positive;
      return a.cell < b.cell;
    });
    cell_.reserve(entries.size());
    for (const entry& e : entries) cell_.push_back(e.cell);
    for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
      std::size_t positives = begin;
      for (end = begin; end < entries.size() && entries[end].number == entries[begin].number; ++end)
        if (entries[end].positive) positives = end + 1;
      if (positives > begin)
        place_.push_back({begin, positives, end});  // places without positives only add to the negatives
    }
  }

  /// in     weight [cells]; empty: every cell counts once
  [[nodiscard]] ranking_areas areas(std::span<const std::uint32_t> weight = {}) const {
    const auto sum = [&](std::size_t from, std::size_t to) {
      if (weight.empty()) return isize(to - from);
      std::int64_t all = 0;
      for (std::size_t i = from; i < to; ++i) all += weight[usize(cell_[i])];
      return all;
    };
    std::int64_t positives = 0, negatives = 0,
                 twice_before = 0;  // before: pairs in which the negative stands before the positive
    double precision = 0;
    std::size_t at = 0;
    for (const place& p : place_) {
      negatives += sum(at, p.begin);
      const std::int64_t more = sum(p.begin, p.positives), tied = sum(p.positives, p.end);
      twice_before += more * (2 * negatives + tied);
      positives += more;
      negatives += tied;
      if (more > 0)
        precision +=
            static_cast<double>(more) * (static_cast<double>(positives) / static_cast<double>(positives + negatives));
      at = p.end;
    }
    negatives += sum(at, cell_.size());
    ranking_areas out;
    if (positives > 0) out.auprc = std::min(1.0, precision / static_cast<double>(positives));
    if (positives > 0 && negatives > 0)
      out.auroc =
          1 - static_cast<double>(twice_before) / (2.0 * static_cast<double>(positives) * static_cast<double>(negatives));
    return out;
  }

 private:
  struct place {
    std::size_t begin, positives, end;  // entries [begin, positives) are positive, [positives, end) negative
  };
  std::vector<std::int32_t> cell_;
  std::vector<place> place_;
};

/// The ranking of cells by a number, those of one class being the positives.
/// in     number [cells]; truth [cells]; which class                     see ranking
[[nodiscard]] inline ranking rank_cells(std::span<const double> number, std::span<const std::int32_t> truth,
                                        std::int32_t positive) {
  std::vector<ranking::entry> entries;
  for (std::size_t i = 0; i < truth.size(); ++i)
    entries.push_back({number[i], static_cast<std::int32_t>(i), truth[i] == positive});
  return ranking(std::move(entries));
}

/// -> the share of pairs in which the cell of the class has the larger number, ties counted half; not a number where cells
/// of only one kind are there
[[nodiscard]] inline double area_under_roc(std::span<const double> number, std::span<const std::int32_t> truth,
                                           std::int32_t positive = 1) {
  return rank_cells(number, truth, positive).areas().auroc;
}
/// -> average precision; 0 where no cell is of the class, as in scikit-learn (the heads say the reason instead)
[[nodiscard]] inline double average_precision(std::span<const double> number, std::span<const std::int32_t> truth,
                                              std::int32_t positive = 1) {
  const ranking_areas areas = rank_cells(number, truth, positive).areas();
  return areas.auprc >= 0 ? areas.auprc : 0;
}

}  // namespace tepui::metric
