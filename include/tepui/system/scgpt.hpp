#pragma once
/// scGPT reads a cell as its expressed genes in any order, each with the bin of its expression.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/composition/subset.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/identity/named.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// <cls>, then all expressed genes, or 1,199 of them at random; 51 bins, drawn where a value lies on several edges.
/// note   <pad>, <cls> and <eoc> get the next ids where the vocabulary lacks them, as in the original
/// source Cui et al. 2024 (scGPT)
struct scgpt {
  static constexpr std::string_view name = "scgpt";
  static constexpr std::array needs{need{file::vocabulary, "the id of each token, genes by symbol: {\"A1BG\": 0, ...}"}};
  using writes = channels<channel::bin>;
  vocabulary words{};
  std::int32_t slots = 1200;
  double min_share = 0.5;
  tokenize::side on_ties = tokenize::side::random;

  [[nodiscard]] padding pads(std::int32_t) const { return {id_of(vocabulary_with_special(), "<pad>"), -2}; }
  [[nodiscard]] vocabulary vocabulary_with_special() const { return with_words(words, {"<pad>", "<cls>", "<eoc>"}); }
  [[nodiscard]] auto tokenizer() const {
    namespace c = tokenize::composition;
    return tokenizer_of(
        tokenize::identity::named{vocabulary_with_special(), min_share}, tokenize::expression::quantile_bins<51>{on_ties},
        c::in_sequence(c::random_subset<>{slots_beside(name, slots, 1)}, c::first{.tokens = {"<cls>"}, .values = {0}}));
  }
  [[nodiscard]] auto stages() const { return compose(transform::normalise{}, transform::log1p{}, tokenizer()); }
};

static_assert(published<scgpt>);

}  // namespace tepui::system
