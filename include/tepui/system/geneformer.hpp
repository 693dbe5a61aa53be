#pragma once
/// Geneformer reads a cell as its genes in order of expression, each compared with its usual level.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/gene_scaled.hpp>
#include <tepui/tokenize/identity/named.hpp>
#include <tepui/transform/named_genes.hpp>

namespace tepui::system {

inline constexpr std::array ranked_needs{
    need{file::vocabulary,
         "the id of each token, genes by Ensembl id: {\"<pad>\": 0, \"<mask>\": 1, ..., \"ENSG00000000003\": 4, ...}"},
    need{file::usual_levels,
         "the nonzero median of each gene over the corpus of the model: {\"ENSG00000000003\": 0.8, ...}"}};

/// Genes by count / total * 10,000 / usual level, the highest first; a gene needs a token and a level.
template <class... Ends>
[[nodiscard]] auto ranked(const vocabulary& words, const gene_numbers& usual, std::int32_t slots, double min_share,
                          Ends... ends) {
  using by_rank = tokenize::composition::by_expression<tokenize::usual_slots, tokenize::key::level>;
  return tokenizer_of(tokenize::identity::named{words, min_share},
                      tokenize::expression::gene_scaled_by{.usual = usual, .min_share = min_share},
                      tokenize::composition::in_sequence(by_rank{slots}, std::move(ends)...));
}

/// Geneformer, first version: 2,048 genes, no special tokens.
/// ties   lower gene first (the original: as the processor sorts)            source Theodoris et al. 2023
struct geneformer_v1 {
  static constexpr std::string_view name = "geneformer-v1";
  static constexpr auto needs = ranked_needs;
  using writes = channels<>;
  vocabulary words{};
  gene_numbers usual{};
  std::int32_t slots = 2048;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>")}; }
  [[nodiscard]] auto stages() const { return compose(ranked(words, usual, slots, min_share)); }
};

/// Geneformer, second version: <cls>, up to 4,094 genes, <eos>; columns of one Ensembl id are added up first.
/// source Chen et al. 2024 (Geneformer V2)
struct geneformer_v2 {
  static constexpr std::string_view name = "geneformer-v2";
  static constexpr auto needs = ranked_needs;
  using writes = channels<>;
  vocabulary words{};
  gene_numbers usual{};
  std::int32_t slots = 4096;
  double min_share = 0.5;
  std::string before = "<cls>", behind = "<eos>";

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>")}; }
  [[nodiscard]] auto stages() const {
    return compose(transform::joined_genes{}, ranked(words, usual, slots_beside(name, slots, 2), min_share,
                                                     tokenize::composition::first{.tokens = {before}, .values = {}},
                                                     tokenize::composition::last({behind})));
  }
};

static_assert(published<geneformer_v1> && published<geneformer_v2>);

}  // namespace tepui::system
