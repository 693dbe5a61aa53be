#pragma once
/// Schedules that are published in epochs, as the steps that they mean for a corpus of so many cells.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <tepui/train/loop.hpp>

namespace tepui::system {

/// Batches of a corpus that is read again and again: a batch begins where the last one ended, so that an epoch needs no whole
/// number of them.
struct epochs_in_steps {
  std::int64_t cells = 1;  ///< that are learned from: those held out for validation are not
  std::int64_t batch = 1;  ///< cells of a batch: as wanted, or all of them where they are fewer

  /// in     cells that are given to training; the published batch; the share that training holds out
  epochs_in_steps(std::int64_t given, std::int64_t batch_cells, double held_out)
      : cells(std::max<std::int64_t>(1, std::llround(static_cast<double>(given) * (1 - held_out)))),
        batch(std::clamp<std::int64_t>(batch_cells, 1, cells)) {}

  /// Steps in which so many epochs are seen, rounded up.
  [[nodiscard]] std::int64_t steps(std::int64_t epochs) const { return (epochs * cells + batch - 1) / batch; }
};

}  // namespace tepui::system
