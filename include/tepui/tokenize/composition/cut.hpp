#pragma once
/// Which genes of a cell find room in its sentence: the first, the largest, all of them, or some drawn at random.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/simd/row_order.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/tokenize/sentence.hpp>
#include <tepui/tokenize/slots.hpp>

namespace tepui::tokenize::composition {

/// Every gene of the vocabulary becomes a token, those that the cell does not express with the value 0.
/// note   put it first; `columns` of 20,000 genes give 20,000 tokens a cell            cost   O(genes) per cell
struct all_genes {
  static constexpr std::string_view name = "all_genes";
  static constexpr bool wants_zeros = true;
  void operator()(const auto&, sentence&, no_scratch&, const auto&) const {}
};

/// The first `slots` tokens of the sentence so far.            errors bad_option: slots <= 0
template <std::int32_t Slots = usual_slots>
struct truncate {
  static constexpr std::string_view name = "truncate";
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  [[nodiscard]] std::string describe() const { return "truncate(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto&, sentence& s, no_scratch&, const auto&) const {
    if (isize(s.at.size()) > slots) {
      s.at.resize(usize(slots));
      if (!s.program.empty()) s.program.resize(usize(slots));
    }
  }
};

/// The genes with the `slots` largest values that are not zero, in ascending gene.
/// ties   lower gene index is kept            errors bad_option: slots <= 0            cost   O(entries + slots log slots)
template <std::int32_t Slots = usual_slots>
struct keep_highest {
  static constexpr std::string_view name = "keep_highest";
  static constexpr bool begins = true;
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  using scratch = kernel::simd::row_order_room;
  [[nodiscard]] std::string describe() const { return "keep_highest(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    if (isize(cell.size()) > slots) {
      kernel::simd::row_order(cell.value, slots, r, s.at);
      if (s.at.empty()) return;
      // All above the smallest value that is kept, and of its ties the first ones: one pass instead of a second sort.
      const auto least = cell.value[usize(s.at.back())];
      std::size_t tied = 0, n = 0;
      while (tied < s.at.size() && cell.value[usize(s.at[s.at.size() - 1 - tied])] == least) ++tied;
      for (std::size_t i = 0; n < s.at.size(); ++i) {
        const auto v = cell.value[i];
        const bool kept = v != 0 && (v > least || (v == least && tied > 0));
        tied -= kept && v == least ? 1 : 0;
        s.at[n] = static_cast<std::int32_t>(i);
        n += kept ? 1 : 0;
      }
      return;
    }
    s.say_all(cell.size());
    if (!cell.zeros) return;
    s.write_down();
    std::erase_if(s.at, [&](std::int32_t at) { return cell.value[usize(at)] == 0; });
  }
};

/// How much an entry weighs when genes are drawn: log(1 + level) as a share of the cell, in float32.
/// in     level [entries] >= 0            out    weight [entries], all 0 where every level is            errors bad_data: a level below 0
inline void log_weights(const auto& cell, std::vector<float>& weight) {
  weight.resize(cell.size());
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell.level[i] < 0)
      throw bad_data("cell " + std::to_string(cell.cell_id) + " has the value " + std::to_string(cell.level[i]) + " for gene " +
                     std::to_string(cell.gene[i]) + ", and genes are drawn by values that are not below 0; give counts or logged counts");
    weight[i] = static_cast<float>(std::log1p(static_cast<double>(cell.level[i])));
  }
  double sum = 0;
  for (const float w : weight) sum += static_cast<double>(w);
  const float whole = static_cast<float>(sum);
  for (float& w : weight) w = whole > 0 ? w / whole : 0.0F;
}

/// Draws entries with replacement by weight.
/// in     weight [entries] >= 0; uniform(d): draw d in [0, 1)            out    taken [n], in the order of the draws; none where all weigh 0
/// cost   O(entries + n log entries)            repeat bit-equal everywhere
/// source numpy.random.Generator.choice with replacement: the running sums in float64, over the last one; searchsorted from the right
inline void draw_by_weight(std::span<const float> weight, std::int32_t n, const auto& uniform, std::vector<double>& up_to,
                           std::vector<std::int32_t>& taken) {
  taken.clear();
  up_to.resize(weight.size());
  double sum = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) up_to[i] = sum += static_cast<double>(weight[i]);
  if (!(sum > 0)) return;
  for (double& u : up_to) u /= sum;
  for (std::int32_t d = 0; d < n; ++d) {
    const auto hit = std::upper_bound(up_to.begin(), up_to.end(), uniform(d)) - up_to.begin();
    taken.push_back(static_cast<std::int32_t>(std::min(hit, isize(weight.size()) - 1)));
  }
}

/// Where the draws of `weighted_sample` leave the genes.
enum class drawn {
  in_order,  ///< in the order that the sentence had, repeats side by side
  as_drawn,  ///< in the order of the draws, whatever the order before (UCE; HEIMDALL whatever its order says)
};

/// Draws `Size` genes with replacement, the more expressed the likelier: log(1 + level).
/// draws  one a token, from the running sums of the weights in float64; an empty cell draws nothing
/// errors bad_data: a value below 0            cost   O(entries + Size log entries)        repeat bit-equal for equal weights
/// source Rosen et al. 2023 (UCE): 1,024 genes drawn by log(1 + count)
template <std::int32_t Size, drawn Drawn = drawn::in_order>
struct weighted_sample {
  static constexpr std::string_view name = "weighted_sample";
  static constexpr bool samples = true;
  struct scratch {
    std::vector<float> weight;
    std::vector<double> up_to;
    std::vector<std::int32_t> place, taken;
  };
  [[nodiscard]] std::string describe() const {
    return "weighted_sample(" + std::to_string(Size) + (Drawn == drawn::in_order ? ")" : ", as drawn)");
  }
  static void each_array(auto&, auto&&) {}
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    log_weights(cell, r.weight);
    draw_by_weight(r.weight, Size, [&](std::int32_t d) { return random.uniform(cell.cell_id, static_cast<std::uint64_t>(d)); }, r.up_to, r.taken);
    if (Drawn == drawn::in_order) {
      r.place.assign(cell.size(), -1);
      for (std::size_t i = 0; i < s.at.size(); ++i)
        if (s.at[i] >= 0) r.place[usize(s.at[i])] = static_cast<std::int32_t>(i);
    }
    if (Drawn == drawn::in_order)
      std::sort(r.taken.begin(), r.taken.end(),
                [&](std::int32_t a, std::int32_t b) { return std::pair(r.place[usize(a)], a) < std::pair(r.place[usize(b)], b); });
    s.at.assign(r.taken.begin(), r.taken.end());
  }
};

/// Where a cell has more than `Slots` genes with a count, `Slots` of them drawn without replacement, the likelier the larger
/// log(1 + value); in ascending gene. Where it has fewer, and genes without counts are there (`all_genes`), these fill the room,
/// drawn alike, behind the others.
/// draws  one an entry: the largest log(u) / weight are kept (Efraimidis and Spirakis 2006)            cost   O(entries log entries)
/// source Zeng et al. 2025 (CellFM)
template <std::int32_t Slots = 2048>
struct weighted_subset {
  static constexpr std::string_view name = "weighted_subset";
  static constexpr bool begins = true;
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  struct scratch {
    std::vector<std::pair<double, std::int32_t>> chance, zero;
  };
  [[nodiscard]] std::string describe() const { return "weighted_subset(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    r.chance.clear();
    r.zero.clear();
    for (std::size_t i = 0; i < cell.size(); ++i) {
      const double u = 1.0 - random.uniform(cell.cell_id, i), w = std::log1p(static_cast<double>(cell.value[i]));
      if (w > 0) {
        r.chance.emplace_back(-std::log(u) / w, static_cast<std::int32_t>(i));  // the smallest are kept
      } else {
        r.zero.emplace_back(u, static_cast<std::int32_t>(i));
      }
    }
    const std::size_t kept = std::min(r.chance.size(), usize(slots)), filled = std::min(r.zero.size(), usize(slots) - kept);
    std::sort(r.chance.begin(), r.chance.end());
    std::sort(r.zero.begin(), r.zero.end());
    s.at.clear();
    for (std::size_t i = 0; i < kept; ++i) s.at.push_back(r.chance[i].second);
    std::sort(s.at.begin(), s.at.end());
    for (std::size_t i = 0; i < filled; ++i) s.at.push_back(r.zero[i].second);
    std::sort(s.at.begin() + isize(kept), s.at.end());
  }
};

/// Fills the sentence up to `Slots` tokens with genes that the cell does not express, drawn alike; needs `all_genes`.
/// draws  one a token            repeats  with replacement (State embedding), so a gene may stand twice
template <std::int32_t Slots = 2048>
struct fill_unexpressed {
  static constexpr std::string_view name = "fill_unexpressed";
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  struct scratch {
    std::vector<std::int32_t> zero;
  };
  [[nodiscard]] std::string describe() const { return "fill_unexpressed(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    r.zero.clear();
    for (std::size_t i = 0; i < cell.size(); ++i)
      if (cell.value[i] == 0) r.zero.push_back(static_cast<std::int32_t>(i));
    std::erase_if(s.at, [&](std::int32_t at) { return at >= 0 && cell.value[usize(at)] == 0; });
    if (isize(s.at.size()) > slots) s.at.resize(usize(slots));
    if (r.zero.empty()) return;
    for (std::uint64_t d = 0; isize(s.at.size()) < slots; ++d) {
      const double u = random.uniform(cell.cell_id, d);
      s.at.push_back(r.zero[static_cast<std::size_t>(u * static_cast<double>(r.zero.size()))]);
    }
  }
};

}  // namespace tepui::tokenize::composition
