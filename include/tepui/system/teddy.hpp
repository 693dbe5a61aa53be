#pragma once
/// TEDDY reads a cell as Geneformer does (G) or as bins of expression (X), with labels of the cell as tokens before the
/// genes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/system/geneformer.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// TEDDY-G. Where the label tokens (disease, tissue, cell type, sex) stand is not published with code; here before the
/// genes.
/// source TEDDY (Merck), by its description
struct teddy_g {
  static constexpr std::string_view name = "teddy-g";
  static constexpr auto needs = ranked_needs;
  using writes = channels<>;
  vocabulary words{};
  gene_numbers usual{};
  std::vector<std::string> labels{};  ///< words of the vocabulary that stand before the genes
  std::int32_t slots = 2048;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>")}; }
  [[nodiscard]] auto stages() const {
    return compose(ranked(words, usual, slots_beside(name, slots, labels.size()), min_share,
                          tokenize::composition::first{.tokens = labels, .values = {}}));
  }
};

/// TEDDY-X: the highest genes in ascending gene, with their bins.
/// ties   highest bin: the original's rule is not published
struct teddy_x {
  static constexpr std::string_view name = "teddy-x";
  static constexpr std::array needs{need{file::vocabulary, "the id of each token, with \"<pad>\""}};
  using writes = channels<channel::bin>;
  vocabulary words{};
  std::vector<std::string> labels{};
  std::int32_t slots = 2048;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>")}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(transform::normalise{}, transform::log1p{},
                   tokenizer_of(tokenize::identity::named{words, min_share}, tokenize::expression::quantile_bins<51>{},
                                c::in_sequence(c::keep_highest<>{slots_beside(name, slots, labels.size())},
                                               c::first{.tokens = labels, .values = {}})));
  }
};

static_assert(published<teddy_g> && published<teddy_x>);

}  // namespace tepui::system
