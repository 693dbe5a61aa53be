#pragma once
/// What a probe is asked: here are embedded cells with labels; which labels have these others?

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/matrix.hpp>

namespace tepui::metric {

/// shapes  train [training cells, dims], label [training cells] in [0, n_classes); test [test cells, dims]
/// cost    copies pointers only
struct probe_task {
  embedding_view<> train;
  std::span<const std::int32_t> label;
  std::int32_t n_classes = 0;
  embedding_view<> test;
  int threads = 1;  ///< the answer does not depend on it

  /// errors  bad_data: no training cells, numbers of cells, dims or classes that do not fit together, a missing label, a
  ///         value that is not finite
  void check(std::string_view probe) const {
    const auto refuse = [&](const std::string& what) { throw bad_data(std::string(probe) + ": " + what); };
    if (train.n_cells() == 0) refuse("there are no training cells; give at least one");
    if (isize(label.size()) != train.n_cells())
      refuse("there are " + std::to_string(label.size()) + " labels for " + std::to_string(train.n_cells()) +
             " training cells; give one a cell");
    if (train.n_columns != test.n_columns)
      refuse("the training cells have " + std::to_string(train.n_columns) + " dims and the test cells " +
             std::to_string(test.n_columns) + "; embed both with one fitted pipeline");
    for (std::size_t i = 0; i < label.size(); ++i)
      if (label[i] < 0 || label[i] >= n_classes)
        refuse("training cell " + std::to_string(i) + " has the label " + std::to_string(label[i]) +
               ", but labels lie between 0 and " + std::to_string(n_classes - 1) +
               " (-1 means missing); leave cells without a label out");
    for (const auto* view : {&train, &test}) {
      // Whether there is any such value is asked of many at once; which it is, only if there is.
      constexpr std::uint32_t exponent = 0x7F800000U;
      std::uint32_t any = 0;
      for (const float v : view->value) any |= (std::bit_cast<std::uint32_t>(v) & exponent) == exponent ? 1U : 0U;
      for (std::size_t i = 0; any != 0 && i < view->value.size(); ++i)
        if (!std::isfinite(view->value[i]))
          refuse(std::string(view == &train ? "training" : "test") + " cell " + std::to_string(i / usize(view->n_columns)) +
                 " has the value " + std::to_string(view->value[i]) + " in dimension " +
                 std::to_string(i % usize(view->n_columns)) + "; embeddings must be finite");
    }
  }
};

/// The labels of chosen rows.                                       -> [rows]
[[nodiscard]] inline std::vector<std::int32_t> labels_of(std::span<const std::int32_t> label,
                                                         std::span<const std::int64_t> rows) {
  std::vector<std::int32_t> out;
  out.reserve(rows.size());
  for (const std::int64_t r : rows) out.push_back(label[usize(r)]);
  return out;
}

/// The most common label: what a classifier answers that does not look at the cell.
/// in     labels [cells], -1 is passed over            ties   smallest class            empty  0
[[nodiscard]] inline std::int32_t majority_class(std::span<const std::int32_t> label, std::int32_t n_classes) {
  std::vector<std::int64_t> count(usize(std::max(1, n_classes)), 0);
  for (const std::int32_t l : label)
    if (l >= 0) ++count[usize(l)];
  std::size_t best = 0;
  for (std::size_t c = 1; c < count.size(); ++c)
    if (count[c] > count[best]) best = c;
  return static_cast<std::int32_t>(best);
}

}  // namespace tepui::metric
