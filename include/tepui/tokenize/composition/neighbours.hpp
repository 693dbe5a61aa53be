#pragma once
/// Sentences of the genes that a cell expresses and of their neighbours in a network of genes.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/gene_network.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/match_names.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::composition {

/// The genes of the network that the cell expresses, and all genes that an edge joins to them; in ascending gene.
/// note   genes without counts become tokens too, with the value 0            cost   O(genes + edges of the expressed genes)
/// empty  no tokens            repeat bit-equal everywhere
/// source GREmLN (expressed plus neighbours, in either direction of the edge; only genes of the network)
struct joined_in_network {
  static constexpr std::string_view name = "expressed_and_neighbours";
  static constexpr bool wants_zeros = true;
  static constexpr bool begins = true;

  std::string bound_from = "hand";
  std::vector<std::int64_t> gene_begin{0};  ///< [genes + 1] positions in neighbour
  std::vector<std::int32_t> neighbour;      ///< [edges, both ways] columns; ascending and unique for each gene
  std::vector<std::int32_t> in_network;     ///< [genes] 1 where an edge of the network names the gene

  struct scratch {
    std::vector<std::uint8_t> taken;  // [genes]
  };
  [[nodiscard]] std::string describe() const { return bound_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from);
    visit("gene_begin", self.gene_begin);
    visit("neighbour", self.neighbour);
    visit("in_network", self.in_network);
  }
  void check(std::int32_t n_genes) const {
    if (in_network.size() != usize(n_genes))
      throw bad_data("the network was bound to " + std::to_string(in_network.size()) + " genes, but these cells have " +
                     std::to_string(n_genes) + " columns; bring them into the order of the training genes first");
  }
  void operator()(const auto& cell, sentence& s, scratch& r, const auto&) const {
    r.taken.assign(in_network.size(), 0);
    for (std::size_t i = 0; i < cell.size(); ++i) {
      const std::size_t g = usize(cell.gene[i]);
      if (cell.value[i] == 0 || in_network[g] == 0) continue;
      r.taken[g] = 1;
      for (std::int64_t k = gene_begin[g]; k < gene_begin[g + 1]; ++k) r.taken[usize(neighbour[usize(k)])] = 1;
    }
    s.at.clear();
    for (std::size_t i = 0; i < cell.size(); ++i)
      if (r.taken[usize(cell.gene[i])] != 0) s.at.push_back(static_cast<std::int32_t>(i));
  }
};

/// expressed_and_neighbours{.network = io::read_gene_network("network.tsv")}: becomes joined_in_network.
/// fit    finds the genes of the network among the columns and looks at no cell
/// errors bad_option: no edges; bad_data: fewer than `min_share` of the genes are in the network, see match_names
struct expressed_and_neighbours {
  static constexpr std::string_view name = "expressed_and_neighbours";
  using fitted = joined_in_network;
  gene_network network{};
  double min_share = 0;

  [[nodiscard]] std::string describe() const {
    return "expressed_and_neighbours(" +
           (network.source.empty() ? std::to_string(network.size()) + " edges" : network.source) + ")";
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context&) const {
    if (network.size() == 0)
      throw bad_option("expressed_and_neighbours was given no edges; read a network from a file of gene pairs");
    std::vector<std::string> names;
    std::unordered_map<std::string_view, std::int32_t> number;
    for (const auto* side : {&network.from, &network.to})
      for (const std::string& gene : *side)
        if (number.emplace(without_version(gene), static_cast<std::int32_t>(names.size())).second) names.push_back(gene);
    const name_match match = match_names(train.genes(), names, min_share, "network", network.source);
    if (match.n_matched == 0) (void)match_names(train.genes(), names, 1e-9, "network", network.source);  // says so
    std::vector<std::vector<std::int32_t>> columns(names.size());
    for (std::size_t g = 0; g < match.place.size(); ++g)
      if (match.place[g] >= 0) columns[usize(match.place[g])].push_back(static_cast<std::int32_t>(g));
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::size_t e = 0; e < network.from.size(); ++e)
      for (const std::int32_t a : columns[usize(number.at(without_version(network.from[e])))])
        for (const std::int32_t b : columns[usize(number.at(without_version(network.to[e])))]) {
          pairs.emplace_back(a, b);
          pairs.emplace_back(b, a);
        }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    fitted out;
    out.bound_from = describe();
    std::size_t at = 0;
    for (std::int32_t g = 0; g < train.genes().size(); ++g) {
      for (; at < pairs.size() && pairs[at].first == g; ++at) out.neighbour.push_back(pairs[at].second);
      out.gene_begin.push_back(isize(out.neighbour.size()));
      out.in_network.push_back(match.place[usize(g)] >= 0 ? 1 : 0);
    }
    return out;
  }
};

}  // namespace tepui::tokenize::composition
