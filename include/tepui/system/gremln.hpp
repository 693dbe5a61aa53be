#pragma once
/// GREmLN reads a cell as the genes of a regulatory network that it expresses, and their neighbours, each with a bin.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/neighbours.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/composition/subset.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/expression/shared_level.hpp>
#include <tepui/tokenize/identity/named.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// <CLS>, then up to 4,096 genes; 98 bins by inner quantiles, ties lowest, 0 for genes without counts, 50 where all are
/// alike.
/// order  ascending gene; highest bin first only in a cell with more genes than slots
/// note   cells with fewer than 500 genes are not left out: that is a choice of cells, and no tokenizer makes it
/// source GREmLN (CZI 2025); its graph of each cell is the network among the tokens
struct gremln {
  static constexpr std::string_view name = "gremln";
  static constexpr std::array needs{
      need{file::vocabulary, "the id of each token, genes by Ensembl id: gene_name,idx with <PAD>, <MASK> and <CLS>"},
      need{file::network, "pairs of genes: a table whose first two columns are regulator and target"}};
  using writes = channels<channel::bin>;
  static constexpr std::int32_t n_bins = 100, bin_of_padding = 100, bin_of_cls = 102;
  vocabulary words{};
  gene_network network{};
  std::int32_t slots = 4097;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<PAD>"), bin_of_padding}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    using bins = tokenize::expression::quantile_bins<n_bins, tokenize::edges::inner>;
    return compose(transform::normalise{1e6}, transform::log1p{},
                   tokenizer_of(tokenize::identity::named{with_words(words, {"<CLS>"}), min_share},
                                tokenize::expression::middle_where_alike<bins, n_bins / 2>{{tokenize::side::lowest}},
                                c::in_sequence(c::expressed_and_neighbours{network},
                                               c::highest_where_full<>{slots_beside(name, slots, 1)},
                                               c::first{.tokens = {"<CLS>"}, .values = {bin_of_cls}})));
  }
};

static_assert(published<gremln>);

}  // namespace tepui::system
