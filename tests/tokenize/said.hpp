#pragma once
/// What a tokenizer makes of cells that fit in a test's line.

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>

#include "laws/count_batches.hpp"

namespace tepui::tests {

/// The tokens of these axes, fitted where an axis learns, on cells with the genes g0 (ENSG00), g1 (ENSG01), ...
template <class Scale = scale::raw, class Random = kernel::draws>
auto said(const laws::plain_cells& cells, std::int32_t n_genes, const auto& stage, const Random& random = Random()) {
  const auto ready = laws::ready<Scale>(stage, n_genes);
  using stage_type = std::remove_cvref_t<decltype(ready)>;
  typename stage_type::gives::template buffer<host> out;
  scratch_t<stage_type> room;
  const auto batch = laws::batch_of<Scale>(cells, n_genes);
  ready(batch.view(), out, room, random);
  return out;
}
using ids = std::vector<std::int32_t>;
inline ids ids_of(const auto& tokens, std::int64_t cell = 0) {
  const auto of = tokens.view().ids_of(cell);
  return {of.begin(), of.end()};
}
template <class Channel>
std::vector<double> channel_of(const auto& tokens, std::int64_t cell = 0) {
  const auto of = tokens.view().template of<Channel>(cell);
  return {of.begin(), of.end()};
}
/// Columns as identity, values as expression: what a test of compositions needs.
template <class Composition>
auto composed(Composition composition) {
  return tokenize::tokenizer<tokenize::identity::columns, tokenize::expression::values, Composition>{{}, {}, std::move(composition)};
}

}  // namespace tepui::tests
