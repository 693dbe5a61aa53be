#pragma once
/// Expression encodings that published systems need beside the usual ones: a level for a cell whose genes are all alike,
/// and the log of a scaled count where genes are chosen by the counts.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::expression {

/// The bins of `Bins`, except where all values of a cell that are not zero are equal: then they take the bin `Middle`.
/// source GREmLN: half of its number of bins, where quantiles cannot tell low from high
template <class Bins, std::int32_t Middle>
struct middle_where_alike : Bins {
  static constexpr std::string_view name = "middle_where_alike";
  struct scratch {
    scratch_t<Bins> bins;
    std::vector<std::int32_t> middle;
  };
  [[nodiscard]] std::string describe() const { return Bins::describe() + " or " + std::to_string(Middle); }
  static void each_array(auto& self, auto&& visit) { Bins::each_array(self, visit); }

  template <class Value>
  [[nodiscard]] std::span<const std::int32_t> levels(const cell_entries<Value, std::int32_t>& cell, scratch& room,
                                                     const random_source auto& random) const {
    Value seen = 0;
    bool alike = true;
    for (const Value v : cell.value) {
      if (v == 0) continue;
      if (seen != 0 && v != seen) alike = false;
      seen = v;
    }
    if (!alike) return Bins::levels(cell, room.bins, random);
    room.middle.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) room.middle[i] = cell.value[i] == 0 ? 0 : Middle;
    return room.middle;
  }
};

/// log(1 + count / total * target): what normalise and log1p give, for a tokenizer that needs the counts beside it.
/// in     raw counts [entries]            out    channel value, computed in float64 and rounded once
/// errors bad_data: a total <= 0 beside counts            cost   O(entries), one logarithm each
/// repeat bit-equal where the C library's log1p is            source Zeng et al. 2025 (CellFM)
struct log_of_scaled {
  static constexpr std::string_view name = "log_of_scaled";
  static constexpr bool reads_total = true;
  using takes = port::counts<scale::raw>;
  using channel_list = channels<channel::value>;
  template <class Value>
  using level = float;
  struct scratch {
    std::vector<float> value;
  };
  double target = 1e4;
  [[nodiscard]] std::string describe() const { return "log_of_scaled(" + std::to_string(target) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("target", self.target); }

  template <class Value>
  [[nodiscard]] std::span<const float> levels(const cell_entries<Value, float>& cell, scratch& room, const auto&) const {
    check_total(cell);
    room.value.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i)
      room.value[i] = static_cast<float>(std::log1p(static_cast<double>(cell.value[i]) / cell.total * target));
    return room.value;
  }
};

}  // namespace tepui::tokenize::expression
