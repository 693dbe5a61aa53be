#pragma once
/// Compares every gene of every group of cells with the control by ranks: the Mann-Whitney (Wilcoxon rank-sum) test.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/gene_lists.hpp>
#include <tepui/kernel/simd/radix_order.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

/// Wide enough for the cube of any number of cells.
__extension__ using wide_count = unsigned __int128;

/// t^3 - t: what t equal values take from the variance of ranks, times 12 n (n - 1) / (n1 n2).
[[nodiscard]] constexpr wide_count tie_term(std::uint64_t t) noexcept {
  return t == 0 ? 0 : wide_count{t} * (wide_count{t} * t - 1);
}

/// The two-sided p of U, by the normal approximation with corrections for ties and for continuity.
/// in     U of the first sample; ties, the sum of tie_term over different values of both; the sizes of the samples
/// out    p in [0, 1]; NaN where a sample is empty or all values are equal, where U has no spread
/// repeat bit-equal with one library of mathematics (erfc)
/// source Mann and Whitney 1947; as scipy.stats.mannwhitneyu(method="asymptotic"), which gives 1 where all values are equal
[[nodiscard]] inline double mann_whitney_p(double u, wide_count ties, std::int64_t n_first, std::int64_t n_second) {
  const std::int64_t n_cells = n_first + n_second;
  if (n_first == 0 || n_second == 0 || ties == tie_term(static_cast<std::uint64_t>(n_cells)))
    return std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(n_cells), pairs = static_cast<double>(n_first) * static_cast<double>(n_second);
  const double spread = std::sqrt(pairs / 12 * ((n + 1) - static_cast<double>(ties) / (n * (n - 1))));
  const double z = (std::max(u, pairs - u) - pairs / 2 - 0.5) / spread;
  return std::min(1.0, std::erfc(z / std::numbers::sqrt2));
}

/// Which cells are compared with which.                of_cell [cells] in [0, n_groups), or -1: left out
struct compared_groups {
  std::span<const std::int32_t> of_cell;
  std::int32_t n_groups = 0;
  std::int32_t control = 0;

  /// errors  bad_data: another number of cells, a group that is not there, a control that is no group or has no cells
  void check(std::int64_t n_cells) const {
    if (control < 0 || control >= n_groups)
      throw bad_data("the control was given as group " + std::to_string(control) + ", but groups lie between 0 and " +
                     std::to_string(n_groups - 1) + "; give the group of the control's cells");
    if (isize(of_cell.size()) != n_cells)
      throw bad_data("there are " + std::to_string(of_cell.size()) + " groups for " + std::to_string(n_cells) +
                     " cells; give one a cell");
    bool found = false;
    for (std::size_t c = 0; c < of_cell.size(); ++c) {
      found = found || of_cell[c] == control;
      if (of_cell[c] < -1 || of_cell[c] >= n_groups)
        throw bad_data("cell " + std::to_string(c) + " is of the group " + std::to_string(of_cell[c]) +
                       ", but groups lie between 0 and " + std::to_string(n_groups - 1) + " (-1: left out)");
    }
    if (!found)
      throw bad_data("no cell is of group " + std::to_string(control) +
                     ", the control; groups are compared with the control's cells");
  }
};

/// What ranks say about every gene of every group.
/// shapes  n_cells [groups]; u, p, sum [groups, genes]: U of the group's cells (of the pairs of one of them and a control
///         cell, those in which it has the larger value, ties a half), its p, and the sum of the values
/// invariants  the control's own row, and those of groups without cells, have p and U that are NaN
struct rank_table {
  std::int32_t n_groups = 0;
  std::int64_t n_genes = 0;
  std::vector<std::int64_t> n_cells;
  std::vector<double> u, p, sum;

  [[nodiscard]] std::size_t at(std::int64_t group, std::int64_t gene) const { return usize(group * n_genes + gene); }
};

/// Ranks one gene: all groups in one walk over its values in ascending order.
class rank_walk {
 public:
  rank_walk(const compared_groups& groups, std::span<const std::int64_t> n_cells)
      : control_(groups.control), n_cells_(n_cells), group_(usize(groups.n_groups)) {}

  /// in     the pairs of a gene's values that are not zero; the others are zeros, which are one tie and never looked at
  /// out    the gene's column of `to`
  /// cost   O(values not zero + groups)          errors  bad_data: a value that is not finite
  void operator()(std::span<const std::uint64_t> list, std::int64_t gene, rank_table& to) {
    pairs_.assign(list.begin(), list.end());
    if (!pairs_.empty()) simd::radix_order(pairs_, spare_);
    for (const float end : {pairs_.empty() ? 0.0F : value(0), pairs_.empty() ? 0.0F : value(pairs_.size() - 1)})
      if (!std::isfinite(end))
        throw bad_data("gene " + std::to_string(gene) + " has the value " + std::to_string(end) +
                       " in a cell, and such values have no rank; leave the cell or the gene out");
    std::fill(group_.begin(), group_.end(), of_group{});
    std::uint64_t control_cells = 0;
    for (const std::uint64_t pair : pairs_) control_cells += static_cast<std::int32_t>(pair) == control_;
    control_zeros_ = static_cast<std::uint64_t>(n_cells_[usize(control_)]) - control_cells;
    below_ = 0;
    control_ties_ = tie_term(control_zeros_);
    const std::size_t positive =
        usize(std::partition_point(pairs_.begin(), pairs_.end(), [](std::uint64_t pair) { return pair >> 32 < zero_key; }) -
              pairs_.begin());
    walk(0, positive);
    const std::uint64_t below_zero = below_;
    below_ += control_zeros_;
    walk(positive, pairs_.size());
    for (std::size_t g = 0; g < group_.size(); ++g) {
      of_group& here = group_[g];
      const auto n = static_cast<std::uint64_t>(n_cells_[g]), zeros = n - here.not_zero;
      here.twice_u += zeros * (2 * below_zero + control_zeros_);
      here.ties += tie_term(control_zeros_ + zeros) - tie_term(control_zeros_);
      const std::size_t at = to.at(isize(g), gene);
      to.sum[at] = here.sum;
      const bool compared = g != usize(control_) && n > 0;
      to.u[at] = compared ? static_cast<double>(here.twice_u) / 2 : std::numeric_limits<double>::quiet_NaN();
      to.p[at] =
          compared ? mann_whitney_p(to.u[at], control_ties_ + here.ties, n_cells_[g], n_cells_[usize(control_)]) : to.u[at];
    }
  }

 private:
  static constexpr std::uint32_t zero_key = simd::rising_key(0.0F);
  struct of_group {
    std::uint64_t twice_u = 0;
    wide_count ties = 0;  ///< beyond those of the control alone
    double sum = 0;
    std::uint32_t not_zero = 0, equal = 0;
  };
  [[nodiscard]] std::uint32_t key(std::size_t i) const { return static_cast<std::uint32_t>(pairs_[i] >> 32); }
  [[nodiscard]] float value(std::size_t i) const { return simd::value_of_rising_key(key(i)); }
  [[nodiscard]] of_group& group(std::size_t i) { return group_[static_cast<std::uint32_t>(pairs_[i])]; }
  [[nodiscard]] bool is_control(std::size_t i) const { return static_cast<std::int32_t>(pairs_[i]) == control_; }

  void walk(std::size_t i, std::size_t end) {
    while (i < end) {
      const std::uint32_t here = key(i);
      if (i + 1 == end || key(i + 1) != here) {  // most values stand alone: no tie
        of_group& one = group(i);
        one.twice_u += 2 * below_;
        one.sum += static_cast<double>(value(i));
        ++one.not_zero;
        below_ += is_control(i);
        ++i;
        continue;
      }
      const std::size_t begin = i;
      std::uint64_t controls = 0;
      for (; i < end && key(i) == here; ++i) controls += is_control(i);
      for (std::size_t j = begin; j < i; ++j) {
        of_group& one = group(j);
        one.twice_u += 2 * below_ + controls;
        one.sum += static_cast<double>(value(j));
        ++one.not_zero;
        ++one.equal;
      }
      const wide_count alone = tie_term(controls);
      control_ties_ += alone;
      for (std::size_t j = begin; j < i; ++j) {
        of_group& one = group(j);
        if (one.equal > 0 && !is_control(j)) one.ties += tie_term(controls + one.equal) - alone;
        one.equal = 0;
      }
      below_ += controls;
    }
  }

  std::int32_t control_;
  std::span<const std::int64_t> n_cells_;
  std::vector<of_group> group_;
  std::vector<std::uint64_t> pairs_, spare_;
  std::uint64_t below_ = 0, control_zeros_ = 0;
  wide_count control_ties_ = 0;
};

/// Every gene in blocks, over threads.      in     fill(first, n, lists): puts genes [first, first + n) into lists
template <class Fill>
[[nodiscard]] rank_table compare_with_control(const compared_groups& groups, std::int64_t n_genes,
                                              std::int64_t genes_at_once, int threads, Fill&& fill) {
  rank_table out{groups.n_groups, n_genes, std::vector<std::int64_t>(usize(groups.n_groups)), {}, {}, {}};
  for (const std::int32_t g : groups.of_cell)
    if (g >= 0) ++out.n_cells[usize(g)];
  for (auto* column : {&out.u, &out.p, &out.sum}) column->resize(usize(groups.n_groups * n_genes));
  std::vector<simd::gene_lists> lists(usize(std::max(1, threads)));
  std::vector<rank_walk> walk(lists.size(), rank_walk(groups, out.n_cells));
  parallel_chunks((n_genes + genes_at_once - 1) / genes_at_once, threads, [&](std::int64_t chunk, int worker) {
    const std::int64_t first = chunk * genes_at_once, n = std::min(genes_at_once, n_genes - first);
    fill(first, n, lists[usize(worker)]);
    for (std::int64_t g = 0; g < n; ++g) walk[usize(worker)](lists[usize(worker)].of(usize(g)), first + g, out);
  });
  return out;
}

/// Mann-Whitney of every gene and every group against the control.
/// in     row [cells] pointers to [genes] values each (a row may stand twice); groups of the cells; threads
/// out    rank_table [groups, genes]
/// ties   equal values share their mean rank; -0 equals 0; all values equal: p is NaN
/// errors bad_data: lengths that do not fit, no control cells, a value that is not finite
/// cost   O(cells x genes) to read, O(values not zero + groups x genes) to rank: a gene is sorted once for all groups
/// repeat bit-equal everywhere for U, sums and ties, for any number of threads and any order of the cells; p as erfc is
/// source Mann and Whitney 1947
[[nodiscard]] inline rank_table mann_whitney(std::span<const float* const> row, std::int64_t n_genes,
                                             const compared_groups& groups, int threads = 1) {
  const std::int64_t n_cells = isize(row.size());
  groups.check(n_cells);
  // Whole lines of the cache, as long as the lists of a block stay small beside it.
  const std::int64_t together = n_cells > 200'000 ? 16 : 64;
  const auto fill = [&](std::int64_t first, std::int64_t n, simd::gene_lists& lists) {
    lists.clear(n, n_cells);
    constexpr std::int64_t ahead = 8;
    for (std::int64_t c = 0; c < n_cells; ++c) {
      if (c + ahead < n_cells)
        for (std::int64_t g = 0; g < n; g += 16) __builtin_prefetch(row[usize(c + ahead)] + first + g);
      const std::int32_t group = groups.of_cell[usize(c)];
      if (group >= 0) simd::add_row(row[usize(c)] + first, usize(n), group, lists);
    }
  };
  return compare_with_control(groups, n_genes, together, threads, fill);
}
/// The same of a matrix.        in     value [cells, genes], row after row
[[nodiscard]] inline rank_table mann_whitney(std::span<const float> value, std::int64_t n_genes,
                                             const compared_groups& groups, int threads = 1) {
  const std::int64_t n_cells = isize(groups.of_cell.size());
  if (isize(value.size()) != n_cells * n_genes)
    throw bad_data("there are " + std::to_string(value.size()) + " values for " + std::to_string(n_cells) + " cells of " +
                   std::to_string(n_genes) + " genes; give one for each");
  std::vector<const float*> row(usize(n_cells));
  for (std::int64_t c = 0; c < n_cells; ++c) row[usize(c)] = value.data() + c * n_genes;
  return mann_whitney(std::span<const float* const>(row), n_genes, groups, threads);
}

/// The same of sparse rows, whose values need not be expanded.
/// cost   O(values); the lists of 1,024 genes are held at a time
template <class Scale, class Value, class Covariates>
[[nodiscard]] rank_table mann_whitney(const counts_view<Scale, Value, host, Covariates>& cells,
                                      const compared_groups& groups, int threads = 1) {
  const std::int64_t n_cells = cells.n_cells();
  groups.check(n_cells);
  std::vector<std::int64_t> most(usize(cells.n_genes), 0);
  for (std::int64_t c = 0; c < n_cells; ++c)
    if (groups.of_cell[usize(c)] >= 0)
      for (const std::int32_t g : cells.genes_of(c)) ++most[usize(g)];
  return compare_with_control(
      groups, cells.n_genes, 1024, threads, [&](std::int64_t first, std::int64_t n, simd::gene_lists& lists) {
        lists.clear(std::span<const std::int64_t>(most).subspan(usize(first), usize(n)));
        for (std::int64_t c = 0; c < n_cells; ++c) {
          const std::int32_t group = groups.of_cell[usize(c)];
          if (group < 0) continue;
          const auto genes = cells.genes_of(c);
          const auto values = cells.values_of(c);
          auto at = usize(std::lower_bound(genes.begin(), genes.end(), static_cast<std::int32_t>(first)) - genes.begin());
          for (; at < genes.size() && genes[at] < first + n; ++at)
            if (values[at] != 0) lists.add(usize(genes[at] - first), static_cast<float>(values[at]), group);
        }
      });
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
