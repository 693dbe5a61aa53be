#pragma once
/// Reads a cell as its genes in order of expression, the most expressed first.

#include <cstdint>

#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>

namespace tepui::tokenize {

/// rank<2048>{}: a token is a gene's column, highest value first, ties by the lower gene; channel value: what ranked the gene.
/// With another number of slots at run time: rank<>{.composition = {.slots = 512}}.
/// source Theodoris et al. 2023 (Geneformer) when normalise and gene_medians stand before it; exactly Geneformer: system/geneformer.hpp
template <std::int32_t Slots = usual_slots>
using rank = tokenizer<identity::columns, expression::values, composition::by_expression<Slots>>;

static_assert(is_stage<rank<>>);

}  // namespace tepui::tokenize
