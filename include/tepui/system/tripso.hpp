#pragma once
/// Tripso reads a cell's ranked genes once for every gene program.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <tepui/flow/gene_set.hpp>
#include <tepui/system/geneformer.hpp>
#include <tepui/tokenize/composition/by_program.hpp>

namespace tepui::system {

/// Geneformer's ranks, of which each program takes its genes in the same order; channel program says which.
/// note   the class tokens of its transformers are no tokens here            source Tripso (Lotfollahi lab)
struct tripso {
  static constexpr std::string_view name = "tripso";
  static constexpr std::array needs{ranked_needs[0], ranked_needs[1],
                                    need{file::gene_sets, "gene programs: one a line, name, note, genes, between tabs"}};
  using writes = channels<channel::program>;
  vocabulary words{};
  gene_numbers usual{};
  std::vector<gene_set> sets{};
  std::int32_t ranks = 2048;   ///< genes of the cell that programs choose from
  bool fullest_first = false;  ///< programs by the share of their genes that the cell expresses, as on its second level
  std::int32_t slots = 0;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>"), -1}; }
  [[nodiscard]] auto stages() const {
    return compose(ranked(words, usual, ranks, min_share, tokenize::composition::by_program{sets, fullest_first}));
  }
};

static_assert(published<tripso>);

}  // namespace tepui::system
