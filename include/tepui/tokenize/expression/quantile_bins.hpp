#pragma once
/// Gives each expressed gene a level, low to high, compared with the cell's other genes.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/rounded.hpp>
#include <tepui/kernel/simd/row_bin.hpp>
#include <tepui/kernel/simd/scaled.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize {

/// Which bin a value takes that lies on several edges at once, as the many 1s of a cell's counts do.
enum class side {
  lowest,   ///< the lowest of them (Tahoe-x1, GREmLN)
  highest,  ///< the highest (scGPT with side="one", Tabula)
  random,   ///< each of them alike, drawn for every value (scGPT, HEIMDALL)
};

/// Which quantiles are the edges of the bins.
enum class edges {
  full,   ///< Bins - 1 of them from 0 to 1: the highest bin holds only the largest value (scGPT, Tahoe-x1)
  inner,  ///< Bins - 2 of them, without 0 and 1 (HEIMDALL, GREmLN)
};

namespace expression {

/// Sorts a cell's values that are not zero into `Bins - 1` quantile bins of its own. Zeros fall into bin 0.
/// in     values [entries], any scale              out    channel bin: 0, or 1 ... Bins - 1
/// edges  quantiles of the values that are not zero, to the bit numpy.quantile of a float32 row. A bin begins at its edge; with
///        side::lowest it ends at its edge
/// ties   equal values take the same bin, unless the bins of a tie are drawn: see `side`
/// draws  side::random: one a value, by the value's place among the entries
/// cost   O(entries log entries) per cell          repeat bit-equal everywhere
/// source Cui et al. 2024 (scGPT): edges numpy.quantile, bins numpy.digitize, random ties
template <std::int32_t Bins = 51, edges Edges = edges::full>
struct quantile_bins {
  static constexpr std::string_view name = "quantile_bins";
  static constexpr std::int32_t n_edges = Edges == edges::full ? Bins - 1 : Bins - 2;
  static consteval bool check_shape() {
    static_assert(Bins >= 2, "tepui: quantile bins need Bins >= 2, because bin 0 means not expressed; write quantile_bins<51>");
    return Bins >= 2;
  }
  using channel_list = channels<channel::bin>;
  template <class Value>
  using level = std::int32_t;

  side on_ties = side::highest;

  struct scratch {
    kernel::simd::row_bin_room<float> row;
    std::vector<float> expressed;
    std::vector<std::int32_t> bin, above, below;
  };

  [[nodiscard]] std::string describe() const {
    return "quantile_bins(" + std::to_string(Bins) + (Edges == edges::inner ? ", inner, " : ", ") +
           (on_ties == side::highest ? "highest" : on_ties == side::lowest ? "lowest" : "random") + ")";
  }
  static void each_array(auto& self, auto&& visit) { visit("on_ties", self.on_ties); }

  [[nodiscard]] std::span<const std::int32_t> levels(const cell_entries<float, std::int32_t>& cell, scratch& room,
                                                     const random_source auto& random) const {
    if (!cell.zeros || !kernel::simd::has_zero(cell.value)) {
      bins_of(cell.value, cell.cell_id, room, room.bin, random);
      return room.bin;
    }
    room.expressed.clear();
    for (const float v : cell.value)
      if (v != 0) room.expressed.push_back(v);
    bins_of(room.expressed, cell.cell_id, room, room.above, random);
    room.bin.resize(cell.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < cell.size(); ++i) room.bin[i] = cell.value[i] == 0 ? 0 : room.above[next++];
    return room.bin;
  }

 private:
  static constexpr kernel::edge_rule rule{.ends = Edges == edges::full, .float_gaps = true};
  static constexpr std::int32_t above_edge = Edges == edges::full ? 0 : 1;

  /// in     values [n] that are not zero            out    bin [n]
  void bins_of(std::span<const float> values, std::int64_t cell, scratch& room, std::vector<std::int32_t>& bin,
               const random_source auto& random) const {
    if (n_edges == 0 || values.empty()) {
      bin.assign(values.size(), 1);
      return;
    }
    kernel::simd::row_bins(values, n_edges, rule, on_ties == side::lowest ? kernel::on_edge::below : kernel::on_edge::above, room.row, bin);
    if (on_ties == side::random) {
      kernel::simd::digitize(std::span<const double>(room.row.edges), values, kernel::on_edge::below, room.below);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int32_t high = bin[i], low = room.below[i];
        if (high - low < 2) continue;
        // ceil(u (low - high) + high): high for u = 0, never below low + 1.
        const double drawn = kernel::rounded(random.uniform(cell, i) * static_cast<double>(low - high)) + static_cast<double>(high);
        bin[i] = static_cast<std::int32_t>(std::ceil(drawn));
      }
    }
    const std::int32_t shift = on_ties == side::lowest ? 1 : above_edge;
    if (shift != 0)
      for (std::int32_t& b : bin) b += shift;
  }
};

}  // namespace expression
}  // namespace tepui::tokenize
