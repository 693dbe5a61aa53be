#pragma once
/// TranscriptFormer reads a cell as its expressed genes, each with its raw count up to 30.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/identity/named.hpp>

namespace tepui::system {

/// The expressed genes, the first 2,047 of them. `Order`: by_gene as it embeds, at_random as it trains.
/// note   its model puts [START] and the token of the assay before these
/// source Pearce et al. 2025 (TranscriptFormer)
template <class Order = tokenize::composition::by_gene>
struct transcriptformer {
  static constexpr std::string_view name = "transcriptformer";
  static constexpr std::array needs{need{file::vocabulary, "the id of each token, genes by Ensembl id, with \"[PAD]\""}};
  using writes = channels<channel::value>;
  vocabulary words{};
  std::int32_t slots = 2047;
  double min_share = 0.5;
  float ceiling = 30;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(words, "[PAD]")}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(tokenizer_of(tokenize::identity::named{words, min_share}, tokenize::expression::clipped{ceiling},
                                c::in_sequence(Order{}, c::truncate<>{slots})));
  }
};

static_assert(published<transcriptformer<>>);

}  // namespace tepui::system
