#pragma once
/// Keeps a sentence whose genes all find room as it is, and chooses only where they do not.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>

namespace tepui::tokenize::composition {

/// Where a cell has more than `Slots` genes, `Slots` of them drawn alike, in the order of the draws; else all in
/// ascending gene.
/// draws  one an entry, only in cells with more            errors bad_option: slots <= 0            cost   as at_random
/// source Cui et al. 2024 (scGPT), Tahoe-x1: torch.randperm, of which the first are kept
template <std::int32_t Slots = usual_slots>
struct random_subset {
  static constexpr std::string_view name = "random_subset";
  static constexpr bool begins = true;
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  using scratch = at_random::scratch;
  [[nodiscard]] std::string describe() const { return "random_subset(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    if (isize(cell.size()) <= slots) {
      s.at.resize(cell.size());
      for (std::size_t i = 0; i < cell.size(); ++i) s.at[i] = static_cast<std::int32_t>(i);
      return;
    }
    at_random{}(cell, s, r, random);
    s.at.resize(usize(slots));
  }
};

/// Where the sentence so far has more than `Slots` tokens, those with the highest keys, highest first; else it stays as
/// it is. Genes whose key is zero stay, behind the others. Special tokens must come behind this step.
/// ties   in the order that the sentence had            errors bad_option: slots <= 0            cost   O(tokens log tokens)
/// source GREmLN: pandas nlargest(keep="first")
template <std::int32_t Slots = usual_slots, class Key = key::level>
struct highest_where_full {
  static constexpr std::string_view name = "highest_where_full";
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  struct scratch {
    std::vector<std::pair<std::int32_t, std::int32_t>> placed;  // place in the sentence, entry
  };
  [[nodiscard]] std::string describe() const { return "highest_where_full(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    if (isize(s.at.size()) <= slots) return;
    const auto by = Key::of(cell);
    r.placed.clear();
    for (std::size_t i = 0; i < s.at.size(); ++i) r.placed.emplace_back(static_cast<std::int32_t>(i), s.at[i]);
    std::sort(r.placed.begin(), r.placed.end(), [&](const auto& a, const auto& b) {
      const auto ka = by[usize(a.second)], kb = by[usize(b.second)];
      return ka > kb || (ka == kb && a.first < b.first);
    });
    s.at.resize(usize(slots));
    for (std::size_t i = 0; i < s.at.size(); ++i) s.at[i] = r.placed[i].second;
  }
};

/// fill_unexpressed, but only where the sentence is shorter than `Slots`: where all genes together do not fill it.
/// source State embedding: genes without counts stand once each where there are enough of them, else they are drawn again
template <std::int32_t Slots = usual_slots>
struct fill_where_short : fill_unexpressed<Slots> {
  static constexpr std::string_view name = "fill_where_short";
  using scratch = typename fill_unexpressed<Slots>::scratch;
  [[nodiscard]] std::string describe() const { return "fill_where_short(" + std::to_string(this->slots) + ")"; }
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    if (isize(s.at.size()) < this->slots) fill_unexpressed<Slots>::operator()(cell, s, r, random);
  }
};

}  // namespace tepui::tokenize::composition
