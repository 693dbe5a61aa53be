#pragma once
/// Tahoe-x1 reads a cell as its expressed genes in any order, each with the bin of its count.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/composition/subset.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/identity/named.hpp>

namespace tepui::system {

/// <cls>, <drug> where the cells were treated, then all expressed genes or a random subset; 51 bins of the raw counts,
/// ties lowest.
/// note   the value of special tokens is the padding value, as in the original; which drug it was stands beside the tokens
/// source Tahoe-x1 (Tahoe Therapeutics 2025)
struct tahoe_x1 {
  static constexpr std::string_view name = "tahoe-x1";
  static constexpr std::array needs{
      need{file::vocabulary, "the id of each token, genes by Ensembl id, with \"<pad>\" and \"<cls>\""}};
  using writes = channels<channel::bin>;
  vocabulary words{};
  bool drug_token = false;
  std::int32_t slots = 1024;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>"), -2}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    std::vector<std::string> before{"<cls>"};
    if (drug_token) before.emplace_back("<drug>");
    return compose(tokenizer_of(
        tokenize::identity::named{words, min_share}, tokenize::expression::quantile_bins<51>{tokenize::side::lowest},
        c::in_sequence(c::random_subset<>{slots_beside(name, slots, before.size())},
                       c::first{.tokens = before, .values = std::vector<double>(before.size(), -2.0)})));
  }
};

static_assert(published<tahoe_x1>);

}  // namespace tepui::system
