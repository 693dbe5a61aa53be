#pragma once
/// scBERT reads all genes of its list, always in the same places, each as the whole part of its logged expression.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/named_genes.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// Every gene of the list with its bin, floor(log2(1 + x)) up to 5, and one token with bin 0 behind them.
/// out    id: place in the list; bin: what scBERT itself calls its tokens
/// total  counts of the list's genes only, as in the original            source Yang et al. 2022 (scBERT)
struct scbert {
  static constexpr std::string_view name = "scbert";
  static constexpr std::array needs{
      need{file::vocabulary, "the genes of the model in its order (16,906): a table gene_name, index"}};
  using writes = channels<channel::bin>;
  vocabulary words{};
  std::int32_t slots = 0;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }  // every cell has all tokens
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(transform::named_genes{in_order_of_ids(words), min_share, transform::total_of::list_only, words.source},
                   transform::normalise{}, transform::log2_1p{},
                   tokenizer_of(tokenize::identity::columns{}, tokenize::expression::floor_bins<5>{},
                                c::in_sequence(c::all_genes{}, c::last({"<end>"}))));
  }
};

static_assert(published<scbert>);

}  // namespace tepui::system
