#pragma once
/// Cell2Sentence writes a cell as the names of its genes, the most expressed first.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/cell_text.hpp>
#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>

namespace tepui::system {

/// All expressed genes, the highest count first, ties drawn; with `cell_text(tokens, cell, genes)` the sentence in upper
/// case.
/// note   the original ranks log10(1 + count / total * 10,000), which has the order of the counts
/// source Levine et al. 2024 (Cell2Sentence)
struct cell2sentence {
  static constexpr std::string_view name = "cell2sentence";
  static constexpr std::array<need, 0> needs{};
  using writes = channels<>;
  static constexpr letters writes_text = letters::upper_case;
  std::int32_t slots = tokenize::no_limit;  ///< words: 100, 200 or 1,000 in its prompts

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    return compose(tokenizer_of(tokenize::identity::columns{}, tokenize::expression::unsaid{},
                                c::in_sequence(c::by_expression_random_ties<>{}, c::truncate<>{slots})));
  }
};

static_assert(published<cell2sentence>);

}  // namespace tepui::system
