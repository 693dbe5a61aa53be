#pragma once
/// Draws cells again, with replacement, within their groups: the one step that every bootstrap of cells shares.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::metric {

/// in     n cells, n < 2^32; group [cells], codes from 0, or empty: one group
/// out    for each resample the row that takes the place of each row [n], of the same group, so that groups keep their sizes
/// ties   the draw of a row depends on the row and the resample alone: other codes for the same groups draw the same rows
/// errors bad_data: another number of groups than cells, a negative code
/// cost   O(n) a resample, four draws from one generator call; the bias of a draw is below n / 2^32
/// repeat bit-equal everywhere
class row_resampler {
 public:
  row_resampler(std::int64_t n, std::span<const std::int32_t> group, std::uint64_t seed,
                std::string_view purpose = "metric: resampled cells")
      : key_(kernel::draws(seed, purpose).key()), group_(group), rows_(usize(n)) {
    if (group.empty()) return;
    if (isize(group.size()) != n)
      throw bad_data("there are " + std::to_string(group.size()) + " groups for " + std::to_string(n) +
                     " cells to draw again; give one a cell");
    for (std::size_t i = 0; i < group.size(); ++i)
      if (group[i] < 0)
        throw bad_data(
            "cell " + std::to_string(i) + " is in group " + std::to_string(group[i]) +
            " (below 0 means missing), so it cannot be drawn again within its group; leave cells without one out");
    const auto n_groups = n == 0 ? 0 : usize(*std::max_element(group.begin(), group.end())) + 1;
    first_.assign(n_groups + 1, 0);
    for (const std::int32_t g : group) ++first_[usize(g) + 1];
    for (std::size_t g = 0; g < n_groups; ++g) first_[g + 1] += first_[g];
    member_.resize(usize(n));
    std::vector<std::uint64_t> at(first_.begin(), first_.end() - 1);
    for (std::size_t i = 0; i < group.size(); ++i) member_[at[usize(group[i])]++] = isize(i);
  }

  /// The rows of one resample [n]. They are overwritten by the next call.
  [[nodiscard]] std::span<const std::int64_t> operator()(std::int64_t resample) {
    const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)};
    const auto b = static_cast<std::uint64_t>(resample);
    for (std::size_t i = 0; i < rows_.size(); i += 4) {
      const std::uint64_t block = i / 4;
      const auto word = kernel::philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                                        static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32)},
                                       key);
      for (std::size_t j = 0; j < std::min<std::size_t>(4, rows_.size() - i); ++j) {
        if (group_.empty()) {
          rows_[i + j] = static_cast<std::int64_t>((word[j] * static_cast<std::uint64_t>(rows_.size())) >> 32);
        } else {
          const auto g = usize(group_[i + j]);
          rows_[i + j] = member_[first_[g] + ((word[j] * (first_[g + 1] - first_[g])) >> 32)];
        }
      }
    }
    return rows_;
  }

 private:
  std::uint64_t key_;
  std::span<const std::int32_t> group_;
  std::vector<std::int64_t> rows_, member_;
  std::vector<std::uint64_t> first_;
};

}  // namespace tepui::metric
