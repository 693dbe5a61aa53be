#pragma once
/// Settings of a short training run, and cells with labels, for tests of training.

#include <cstdint>

#include <tepui/simulate/corpus.hpp>
#include <tepui/train/loop.hpp>

namespace small_run {
using namespace tepui;

inline train::training_options options(train::cutting cut, std::int64_t steps = 12) {
  train::training_options o;
  o.steps = steps;
  o.batch_cells = 16;
  o.rate = {.highest = 3e-3, .warm_up = 3};
  o.cut = cut;
  o.seed = 5;
  o.block = 8;
  o.window = 64;
  o.validation_share = 0.2;
  o.validation_cells = 20;
  return o;
}

/// Labels that the simulator gave, and the share of cells whose label a classifier guesses.
struct labelled {
  simulate::corpus cells;
  categorical type = cells.obs(0, cells.n_cells()).labels("cell_type");
  std::int32_t n_labels = static_cast<std::int32_t>(type.category.size());

  [[nodiscard]] double share_right(const auto& model) const {
    const auto guess = model.predict(cells);
    std::int64_t right = 0;
    for (std::size_t i = 0; i < guess.size(); ++i) right += guess[i] == type.code[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(guess.size());
  }
};

}  // namespace small_run
