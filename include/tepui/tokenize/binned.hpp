#pragma once
/// Reads a cell as its genes with a level each, low to high, compared with the cell's other genes.

#include <cstdint>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>

namespace tepui::tokenize {

/// binned<51, 2048>{}: a token is a gene's column, in ascending gene; channel bin: 1 ... Bins - 1, quantiles of the cell's own
/// values. A cell with more genes than slots keeps its largest values, binned among all of them.
/// Bins of a tie: binned<>{.expression = {.on_ties = side::random}}; other slots: binned<>{.composition = {.slots = 512}}.
/// source Cui et al. 2024 (scGPT)
template <std::int32_t Bins = 51, std::int32_t Slots = usual_slots>
using binned = tokenizer<identity::columns, expression::quantile_bins<Bins>, composition::keep_highest<Slots>>;

static_assert(is_stage<binned<>>);

}  // namespace tepui::tokenize
