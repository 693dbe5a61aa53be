#pragma once
/// MaxToki reads each cell of a paragraph as Geneformer does, between <bos> and <eos>.

#include <string_view>

#include <tepui/system/geneformer.hpp>

namespace tepui::system {

/// One cell of MaxToki's paragraph: geneformer_v2 with its own words for beginning and end. Paragraphs of several cells with
/// numbers for the time between them are put together from these.            source MaxToki (Theodoris lab)
struct maxtoki {
  static constexpr std::string_view name = "maxtoki";
  static constexpr auto needs = ranked_needs;
  using writes = channels<>;
  vocabulary words{};
  gene_numbers usual{};
  std::int32_t slots = 4096;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "<pad>")}; }
  [[nodiscard]] auto stages() const { return geneformer_v2{words, usual, slots, min_share, "<bos>", "<eos>"}.stages(); }
};

static_assert(published<maxtoki>);

}  // namespace tepui::system
