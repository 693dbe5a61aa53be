#pragma once
/// The State embedding model reads the most expressed genes and, where these are few, genes that the cell does not express.

#include <array>
#include <cstdint>
#include <string_view>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/composition/subset.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/identity/named.hpp>

namespace tepui::system {

/// <cls>, then 2,047 genes, the most expressed first, ties drawn; genes without counts come last, in an order drawn for
/// the cell.
/// out    value: 100 log(1 + count) / the sum of these logs; 0 for <cls> (the original: that of an unrelated gene)
/// note   its model puts the token of the data set behind these            source Adduri et al. 2025 (State)
struct state_se {
  static constexpr std::string_view name = "state-se";
  static constexpr std::array needs{
      need{file::vocabulary, "the row of each gene in the table of protein vectors: {\"A1BG\": 0, ...}"}};
  using writes = channels<channel::value>;
  vocabulary words{};
  std::int32_t slots = 2048;
  double min_share = 0.5;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    const std::int32_t n = slots_beside(name, slots, 1);
    return compose(tokenizer_of(tokenize::identity::named{with_words(words, {"<cls>"}), min_share},
                                tokenize::expression::share_of_log{},
                                c::in_sequence(c::all_genes{}, c::by_expression_random_ties<>{}, c::truncate<>{n},
                                               c::fill_where_short<>{{n}}, c::first{.tokens = {"<cls>"}, .values = {0}})));
  }
};

static_assert(published<state_se>);

}  // namespace tepui::system
