#pragma once
/// Gives each expressed gene a level, low to high, compared with the cell's other genes.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/row_bin.hpp>
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
/// edges  quantiles of the values that are not zero, in float64. Full: a bin begins at its edge. Inner: a value on one edge takes
///        the bin above it, with side::lowest the bin below it
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
    std::vector<double> sorted, edges;
    std::vector<std::int32_t> bin;
  };

  [[nodiscard]] std::string describe() const {
    return "quantile_bins(" + std::to_string(Bins) + (Edges == edges::inner ? ", inner, " : ", ") +
           (on_ties == side::highest ? "highest" : on_ties == side::lowest ? "lowest" : "random") + ")";
  }
  static void each_array(auto& self, auto&& visit) { visit("on_ties", self.on_ties); }

  template <class Value>
  [[nodiscard]] std::span<const std::int32_t> levels(const cell_entries<Value, std::int32_t>& cell, scratch& room,
                                                     const random_source auto& random) const {
    room.sorted.clear();
    for (const Value v : cell.value)
      if (v != 0) room.sorted.push_back(static_cast<double>(v));
    std::sort(room.sorted.begin(), room.sorted.end());
    if (!room.sorted.empty()) kernel::quantile_edges(room.sorted, Edges == edges::inner ? Bins : Bins - 1, room.edges);
    room.bin.resize(cell.size());
    std::uint64_t draw = 0;  // one for every value that is not zero, in the order of the genes
    for (std::size_t i = 0; i < cell.size(); ++i) {
      if (cell.value[i] == 0) {
        room.bin[i] = 0;
        continue;
      }
      room.bin[i] = bin_of(used_edges(room.edges), static_cast<double>(cell.value[i]), cell.cell_id, draw++, random);
    }
    return room.bin;
  }

 private:
  [[nodiscard]] static std::span<const double> used_edges(std::span<const double> edge) {
    return Edges == edges::inner ? edge.subspan(1, edge.size() - 2) : edge;
  }
  [[nodiscard]] std::int32_t bin_of(std::span<const double> edge, double value, std::int64_t cell, std::uint64_t draw,
                                    const random_source auto& random) const {
    constexpr std::int32_t above = Edges == edges::inner ? 1 : 0;
    const std::int32_t high = kernel::edges_up_to(edge, value);
    if (on_ties == side::highest) return high + above;
    const std::int32_t low = kernel::edges_below(edge, value);
    if (on_ties == side::lowest) return low + 1;
    if (high - low < 2) return high + above;
    // ceil(u (low - high) + high): high for u = 0, never below low + 1.
    const double drawn = kernel::rounded(random.uniform(cell, draw) * static_cast<double>(low - high)) + static_cast<double>(high);
    return static_cast<std::int32_t>(std::ceil(drawn)) + above;
  }
};

}  // namespace expression
}  // namespace tepui::tokenize
