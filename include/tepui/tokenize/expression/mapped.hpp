#pragma once
/// Expression encodings that look at one value at a time: floored into bins, cut off at a ceiling, logged.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::expression {

/// Bin = the whole part of the value, at most `Top`; values below 0 fall into bin 0.
/// in     values [entries], usually log1p              out    channel bin: 0 ... Top
/// note   expressed genes with a value below 1 share bin 0 with genes that are not expressed
/// cost   O(entries)                                  repeat bit-equal everywhere
/// source Yang et al. 2022 (scBERT, Top = 5 on log2(1 + x)); HEIMDALL takes Top = 7 on the natural log
template <std::int32_t Top = 7>
struct floor_bins {
  static constexpr std::string_view name = "floor_bins";
  static_assert(Top >= 1, "tepui: floor_bins needs a highest bin of at least 1; write floor_bins<7>");
  using channel_list = channels<channel::bin>;
  template <class Value>
  using level = std::int32_t;
  struct scratch {
    std::vector<std::int32_t> bin;
  };
  [[nodiscard]] std::string describe() const { return "floor_bins(" + std::to_string(Top) + ")"; }
  template <class Value>
  [[nodiscard]] std::span<const std::int32_t> levels(const cell_entries<Value, std::int32_t>& cell, scratch& room, const auto&) const {
    room.bin.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) {
      const double v = static_cast<double>(cell.value[i]);
      room.bin[i] = v >= Top ? Top : v > 0 ? static_cast<std::int32_t>(v) : 0;
    }
    return room.bin;
  }
};

/// The value, cut off at a ceiling.
/// in     values [entries]                            out    channel value: min(value, ceiling)
/// cost   O(entries)                                  repeat bit-equal everywhere
/// source Pearce et al. 2025 (TranscriptFormer): raw counts up to 30, which its attention takes as a bias
struct clipped {
  static constexpr std::string_view name = "clipped";
  using takes = port::counts<scale::raw>;
  using channel_list = channels<channel::value>;
  template <class Value>
  using level = float;
  struct scratch {
    std::vector<float> value;
  };
  float ceiling = 30;
  [[nodiscard]] std::string describe() const { return "clipped(" + std::to_string(ceiling) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("ceiling", self.ceiling); }
  template <class Value>
  [[nodiscard]] std::span<const float> levels(const cell_entries<Value, float>& cell, scratch& room, const auto&) const {
    room.value.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) room.value[i] = std::min(static_cast<float>(cell.value[i]), ceiling);
    return room.value;
  }
};

/// log(1 + count) as a share, in percent, of the sum of these logs over the cell.
/// in     raw counts [entries]                        out    channel value: 100 log1p(c) / sum log1p(c); an empty cell has none
/// cost   O(entries), one logarithm each              repeat bit-equal where the C library's log1p is
/// source Adduri et al. 2025 (State embedding): the count that its soft bins read
struct share_of_log {
  static constexpr std::string_view name = "share_of_log";
  using takes = port::counts<scale::raw>;
  using channel_list = channels<channel::value>;
  template <class Value>
  using level = float;
  struct scratch {
    std::vector<double> log;
    std::vector<float> share;
  };
  template <class Value>
  [[nodiscard]] std::span<const float> levels(const cell_entries<Value, float>& cell, scratch& room, const auto&) const {
    room.log.resize(cell.size());
    room.share.resize(cell.size());
    double sum = 0;
    for (std::size_t i = 0; i < cell.size(); ++i) sum += room.log[i] = std::log1p(static_cast<double>(cell.value[i]));
    for (std::size_t i = 0; i < cell.size(); ++i) room.share[i] = sum > 0 ? static_cast<float>(100.0 * (room.log[i] / sum)) : 0.0F;
    return room.share;
  }
};

}  // namespace tepui::tokenize::expression
