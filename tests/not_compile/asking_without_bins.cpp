// expect: the objective asks about a channel
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/objective/masked_bins.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/train/pretrain.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
using ask = objective::masked_genes<>;
#else
using ask = objective::masked_bins<4>;
#endif
const auto model = compose(tokenize::rank<4>{}, embed::token_vectors<embed::learned<8>>{},
                           encode::transformer<encode::transformer_shape{.layers = 1, .dims = 8, .heads = 2}>{});
const auto learned = train::pretrain(model, ask{}, toy::three_cells(), {});
