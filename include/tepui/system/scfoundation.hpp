#pragma once
/// scFoundation reads the expressed genes of its list with their logged values, and how deep the cell was sequenced.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/named_genes.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// The expressed genes by place in the list with log(1 + x), then T (the depth to read the cell at) and S (its own):
/// what its encoder reads. Genes without counts join in its decoder.
/// total  counts of the list's genes only, as in the original; S = log10 of it
/// source Hao et al. 2024 (scFoundation)
struct scfoundation {
  static constexpr std::string_view name = "scfoundation";
  static constexpr std::array needs{
      need{file::vocabulary, "the genes of the model in its order (19,264): a table gene_name, index"}};
  using writes = channels<channel::value>;
  vocabulary words{};
  double target_depth = 4;  ///< T: log10 of the counts that the cell should be read as having
  std::int32_t slots = 0;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {words.size() + 2, 103}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(transform::named_genes{in_order_of_ids(words), min_share, transform::total_of::list_only, words.source},
                   transform::normalise{}, transform::log1p{},
                   tokenizer_of(tokenize::identity::columns{}, tokenize::expression::values{},
                                c::in_sequence(c::by_gene{}, c::depth_tokens{.target = target_depth})));
  }
};

static_assert(published<scfoundation>);

}  // namespace tepui::system
