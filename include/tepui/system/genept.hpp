#pragma once
/// GenePT sums texts' vectors of genes by their expression (w), or gives a language model the ranked names (s).

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/cell_text.hpp>
#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/identity/named.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// GenePT-w: the expressed genes that have a vector, with their logged values as weights; an encoder sums and scales to
/// length 1.
/// source Chen and Zou 2024 (GenePT)
struct genept_w {
  static constexpr std::string_view name = "genept-w";
  static constexpr std::array needs{
      need{file::vocabulary, "the row of each gene in the table of text vectors: {\"A1BG\": 0, ...}"}};
  using writes = channels<channel::value>;
  vocabulary words{};
  std::int32_t slots = 0;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }  // with the weight 0
  [[nodiscard]] auto stages() const {
    return compose(transform::normalise{}, transform::log1p{},
                   tokenizer_of(tokenize::identity::named{words, min_share}, tokenize::expression::values{},
                                tokenize::composition::by_gene{}));
  }
};

/// GenePT-s: the names of the expressed genes, highest first, ties by the lower gene; `cell_text(tokens, cell, genes, ...)`.
struct genept_s {
  static constexpr std::string_view name = "genept-s";
  static constexpr std::array<need, 0> needs{};
  using writes = channels<>;
  static constexpr letters writes_text = letters::as_they_are;
  std::int32_t slots = tokenize::no_limit;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }
  [[nodiscard]] auto stages() const {
    return compose(tokenizer_of(tokenize::identity::columns{}, tokenize::expression::unsaid{},
                                tokenize::composition::by_expression<>{slots}));
  }
};

static_assert(published<genept_w> && published<genept_s>);

}  // namespace tepui::system
