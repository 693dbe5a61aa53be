#pragma once
/// CellFM reads up to 2,048 expressed genes, the more expressed the likelier, with their logged values.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/expression/shared_level.hpp>
#include <tepui/tokenize/identity/named.hpp>
#include <tepui/transform/named_genes.hpp>

namespace tepui::system {

/// Genes drawn without replacement by log(1 + count) where there are more than slots; in the order of the list.
/// total  counts of the list's genes only, as in the original            source Zeng et al. 2025 (CellFM)
struct cellfm {
  static constexpr std::string_view name = "cellfm";
  static constexpr std::array needs{
      need{file::vocabulary, "the id of each gene, from 1, because 0 is its padding: {\"A1BG\": 1, ...}"}};
  using writes = channels<channel::value>;
  vocabulary words{};
  std::int32_t slots = 2048;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }
  [[nodiscard]] auto stages() const {
    return compose(transform::named_genes{in_order_of_ids(words), min_share, transform::total_of::list_only, words.source},
                   tokenizer_of(tokenize::identity::named{words, 0}, tokenize::expression::log_of_scaled{},
                                tokenize::composition::weighted_subset<>{slots}));
  }
};

static_assert(published<cellfm>);

}  // namespace tepui::system
