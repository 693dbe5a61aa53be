#pragma once
/// Hides some tokens of each cell, so that a model can be asked which genes they were.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::objective {

/// Replaces each token by the mask token with a chance of `rate`: always by the mask, never by another gene.
/// in     id [tokens of one cell]; special [tokens] or none: not 0 for tokens that are no genes, and are never hidden;
///        uniform(t) in [0, 1) for token t
/// out    hidden [tokens] ids with mask_id where hidden; mask [tokens] 1 there, else 0. What was hidden still stands in `id`
/// errors bad_option: a rate outside of [0, 1]            cost   one draw a token            repeat bit-equal everywhere
/// source Devlin et al. 2019 without its 10 % random and 10 % kept tokens: what HEIMDALL does
template <class Uniform>
void mask_genes(std::span<const std::int32_t> id, std::span<const std::int32_t> special, double rate, std::int32_t mask_id,
                const Uniform& uniform, std::span<std::int32_t> hidden, std::span<std::uint8_t> mask) {
  if (!(rate >= 0 && rate <= 1))
    throw bad_option("genes cannot be hidden at a rate of " + std::to_string(rate) + "; give 0 to 1");
  for (std::size_t t = 0; t < id.size(); ++t) {
    const bool gene = special.empty() || special[t] == 0;
    mask[t] = gene && uniform(t) < rate ? 1 : 0;
    hidden[t] = mask[t] ? mask_id : id[t];
  }
}

/// The same with the random numbers of a cell.            in     draws of this step; cell id
inline void mask_genes(std::span<const std::int32_t> id, std::span<const std::int32_t> special, double rate,
                       std::int32_t mask_id, const kernel::draws& random, std::int64_t cell, std::span<std::int32_t> hidden,
                       std::span<std::uint8_t> mask) {
  mask_genes(id, special, rate, mask_id, [&](std::size_t t) { return random.uniform(cell, t); }, hidden, mask);
}

}  // namespace tepui::objective
