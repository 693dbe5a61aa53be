#pragma once
/// In which order a cell names its genes: the most expressed first, at random, or as the matrix has them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/kernel/simd/rank_row.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/tokenize/sentence.hpp>
#include <tepui/tokenize/slots.hpp>

namespace tepui::tokenize {

/// What genes are compared by.
namespace key {
/// The value as it came in.
struct value {
  static constexpr std::string_view name = "value";
  static auto of(const auto& cell) { return cell.value; }
};
/// What the expression axis made of it: scaled values, bins.
struct level {
  static constexpr std::string_view name = "level";
  static auto of(const auto& cell) { return cell.level; }
};
}  // namespace key

namespace composition {

/// The most expressed first, and of these the first `slots`. Genes whose key is zero give no token.
/// ties   lower gene index first, also for who is kept         empty  no tokens
/// errors bad_option: slots <= 0 at run time (in the type it does not compile)
/// cost   O(genes expressed + slots log slots) per cell        repeat bit-equal everywhere
/// source Theodoris et al. 2023 (Geneformer); there the order of ties depends on the processor
template <std::int32_t Slots = usual_slots, class Key = key::value>
struct by_expression {
  static constexpr std::string_view name = "by_expression";
  static constexpr bool begins = true;
  static constexpr bool drops_zeros = true;
  static constexpr bool ranks_values = std::is_same_v<Key, key::value>;
  static consteval bool check_shape() { return check_slots_in_type<Slots>(); }
  std::int32_t slots = Slots;
  using scratch = kernel::simd::rank_row_room;
  [[nodiscard]] std::string describe() const {
    return "by_expression(" + std::to_string(slots) + (Key::name == key::value::name ? ")" : ", " + std::string(Key::name) + ")");
  }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }
  void check(std::int32_t) const { check_slots(name, slots); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    if constexpr (std::is_same_v<Key, key::level> && requires { cell.exact_level(0); }) {
      kernel::simd::row_order_near(cell.level, slots, r.order, s.at, [&cell](std::size_t entry) { return cell.exact_level(entry); });
    } else {
      kernel::simd::row_order(Key::of(cell), slots, r.order, s.at);
    }
  }
};

/// All entries in ascending order of the key, highest first, ties by a draw for each entry; also those whose key is zero.
/// draws  one an entry            cost   O(entries log entries)            repeat bit-equal everywhere
/// source State and Cell2Sentence order genes of equal expression at random
template <class Key = key::value>
struct by_expression_random_ties {
  static constexpr std::string_view name = "by_expression_random_ties";
  static constexpr bool begins = true;
  struct scratch {
    std::vector<std::pair<double, std::int32_t>> draw;
  };
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    const auto by = Key::of(cell);
    r.draw.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) r.draw[i] = {random.uniform(cell.cell_id, i), static_cast<std::int32_t>(i)};
    std::sort(r.draw.begin(), r.draw.end(), [&](const auto& a, const auto& b) {
      const auto va = by[usize(a.second)], vb = by[usize(b.second)];
      return va > vb || (va == vb && a < b);
    });
    s.at.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) s.at[i] = r.draw[i].second;
  }
};

/// All entries in an order drawn for the cell; a cut behind it keeps a random subset.
/// draws  one an entry            cost   O(entries log entries)            repeat bit-equal everywhere
/// source Cui et al. 2024 (scGPT): a random subset of the expressed genes where there are more than slots
struct at_random {
  static constexpr std::string_view name = "at_random";
  static constexpr bool begins = true;
  struct scratch {
    std::vector<std::pair<double, std::int32_t>> draw;
  };
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    r.draw.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) r.draw[i] = {random.uniform(cell.cell_id, i), static_cast<std::int32_t>(i)};
    std::sort(r.draw.begin(), r.draw.end());
    s.at.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) s.at[i] = r.draw[i].second;
  }
};

/// As at_random, but entries whose level is not zero come before the others.
/// source RandomOrder of HEIMDALL, which orders by what the expression axis gives: with floor bins, values below 1 count as zero
struct expressed_first_at_random {
  static constexpr std::string_view name = "expressed_first_at_random";
  static constexpr bool begins = true;
  using scratch = at_random::scratch;
  void operator()(const auto& cell, sentence& s, scratch& r, const random_source auto& random) const {
    at_random{}(cell, s, r, random);
    std::size_t zeros = 0, to = 0;
    for (std::size_t i = 0; i < s.at.size(); ++i) {
      const std::int32_t entry = s.at[i];
      if (cell.level[usize(entry)] == 0) {
        r.draw[zeros++].second = entry;
      } else {
        s.at[to++] = entry;
      }
    }
    for (std::size_t i = 0; i < zeros; ++i) s.at[to + i] = r.draw[i].second;
  }
};

/// As the matrix has them: ascending gene.
struct by_gene {
  static constexpr std::string_view name = "by_gene";
  static constexpr bool begins = true;
  void operator()(const auto& cell, sentence& s, no_scratch&, const auto&) const { s.say_all(cell.size()); }
};

}  // namespace composition
}  // namespace tepui::tokenize
