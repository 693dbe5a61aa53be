#pragma once
/// What published code does where it differs from what it was meant to do. docs/differences.md has the evidence for each.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/tokenize/composition/chromosomes.hpp>
#include <tepui/tokenize/composition/order.hpp>

namespace tepui::tokenize::compat {

/// HEIMDALL's ChromosomeOrder: the start of the gene in column i stands for the i-th token of the cell, whatever gene that is.
struct slots_by_token_start : composition::slots_by_start {
  static constexpr std::string_view name = "slots_by_token_start";
  [[nodiscard]] std::string describe() const { return std::string(name); }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    sort_slots(cell, s, r, [](std::int32_t entry) { return entry; });
  }
};

/// HEIMDALL's ExpressionOrder with medians: subtracts the median of the logged values instead of dividing counts, from whatever
/// the expression axis gives, bins too; genes whose key is zero stay.
/// ties   lower gene index first (HEIMDALL: as the processor has it)
struct by_level_minus_median {
  static constexpr std::string_view name = "by_level_minus_median";
  static constexpr bool begins = true;
  std::vector<double> median;  ///< [genes], of the logged values; empty: 0 for all
  struct scratch {
    std::vector<std::pair<double, std::int32_t>> key;
  };
  [[nodiscard]] std::string describe() const { return std::string(name); }
  static void each_array(auto& self, auto&& visit) { visit("median", self.median); }
  void check(std::int32_t n_genes) const {
    if (!median.empty() && median.size() != usize(n_genes))
      throw bad_data("there are medians of " + std::to_string(median.size()) + " genes, but these cells have " +
                     std::to_string(n_genes) + " columns; bring both into the same order of genes first");
  }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    r.key.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i)
      r.key[i] = {(median.empty() ? 0.0 : median[usize(cell.gene[i])]) - static_cast<double>(cell.level[i]), static_cast<std::int32_t>(i)};
    std::sort(r.key.begin(), r.key.end());
    s.at.resize(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) s.at[i] = r.key[i].second;
  }
};

/// State's sentence: <cls> first, with the value of the gene whose place among the known genes is the number of its <cls> token.
/// note   needs composition::all_genes, so that every known gene has a place; the default there is 0: composition::first
struct cls_with_value_of_gene {
  static constexpr std::string_view name = "cls_with_value_of_gene";
  std::int32_t place = 3;
  std::string token = "<cls>";

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + std::to_string(place) + ")"; }
  static void each_array(auto& self, auto&& visit) {
    visit("place", self.place);
    visit("token", self.token);
  }
  [[nodiscard]] std::int32_t n_special() const { return 1; }
  [[nodiscard]] std::vector<std::string> special_names() const { return {token}; }
  void operator()(const auto& cell, sentence& s, no_scratch&, const auto&) const {
    s.at.insert(s.at.begin(), s.make_special(0, usize(place) < cell.size() ? static_cast<double>(cell.level[usize(place)]) : 0.0));
  }
};

}  // namespace tepui::tokenize::compat
