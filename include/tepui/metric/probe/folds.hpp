#pragma once
/// Divides labelled cells into folds, so that every cell is predicted once by a probe that did not see it.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::metric {

/// Cells to learn from and cells to predict, as rows, ascending.
struct fold {
  std::vector<std::int64_t> train, test;
};

/// Deals the cells of each class, in random order, to k folds in turn; the next class goes on where the last one stopped.
/// in     labels [cells], -1 where missing (in no fold); number of classes, number of folds, seed
/// out    fold [cells] or -1
/// even   the cells of a class differ by at most one between folds, and so do the folds themselves
/// small  a class with fewer cells than folds is missing in some folds; a class with one cell is never learned when it is
///        predicted
/// errors bad_option: k < 2; bad_data: fewer labelled cells than folds
/// cost   O(cells log cells)                  repeat bit-equal everywhere
[[nodiscard]] inline std::vector<std::int32_t> stratified_fold_of(std::span<const std::int32_t> label,
                                                                  std::int32_t n_classes, std::int32_t k = 5,
                                                                  std::uint64_t seed = 1) {
  if (k < 2) throw bad_option("cells cannot be divided into " + std::to_string(k) + " folds; give at least 2");
  const kernel::draws random(seed, "metric: folds");
  std::vector<std::vector<std::pair<std::uint64_t, std::int64_t>>> of_class(usize(n_classes));
  std::int64_t labelled = 0;
  for (std::int64_t row = 0; row < isize(label.size()); ++row) {
    const std::int32_t l = label[usize(row)];
    if (l >= n_classes)
      throw bad_data("cell " + std::to_string(row) + " has the class " + std::to_string(l) + ", but there are " +
                     std::to_string(n_classes) + " classes; give the number of classes that the labels have");
    if (l < 0) continue;
    of_class[usize(l)].emplace_back(random.bits(row), row);
    ++labelled;
  }
  if (labelled < k)
    throw bad_data(std::to_string(labelled) + " labelled cells cannot be divided into " + std::to_string(k) +
                   " folds; give fewer folds or more cells");
  std::vector<std::int32_t> out(label.size(), -1);
  std::int32_t next = 0;
  for (auto& lots : of_class) {
    std::sort(lots.begin(), lots.end());
    for (const auto& [bits, row] : lots) {
      out[usize(row)] = next;
      next = (next + 1) % k;
    }
  }
  return out;
}

/// The folds of a division: in fold f the cells with number f are predicted, and all others with a number >= 0 learned from.
/// in     number [cells], -1 for cells that take no part            out    [n_folds]
[[nodiscard]] inline std::vector<fold> folds_of(std::span<const std::int32_t> number, std::int32_t n_folds) {
  std::vector<fold> out(usize(n_folds));
  for (std::int64_t row = 0; row < isize(number.size()); ++row) {
    if (number[usize(row)] < 0) continue;
    for (std::int32_t f = 0; f < n_folds; ++f)
      (number[usize(row)] == f ? out[usize(f)].test : out[usize(f)].train).push_back(row);
  }
  return out;
}

/// Stratified folds of labelled cells. See stratified_fold_of.
[[nodiscard]] inline std::vector<fold> stratified_folds(std::span<const std::int32_t> label, std::int32_t n_classes,
                                                        std::int32_t k = 5, std::uint64_t seed = 1) {
  return folds_of(stratified_fold_of(label, n_classes, k, seed), k);
}

}  // namespace tepui::metric
