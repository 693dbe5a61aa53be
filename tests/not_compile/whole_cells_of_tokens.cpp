// expect: this objective asks about all genes of a cell, but the model reads tokens
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/objective/masked_expression.hpp>
#include <tepui/objective/masked_values.hpp>
#include <tepui/train/pretrain.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

const auto model = compose(toy::as_tokens{}, embed::token_vectors<embed::learned<8>>{},
                           encode::transformer<encode::transformer_shape{.layers = 1, .dims = 8, .heads = 2}>{});
#ifdef TEPUI_MENDED
const auto learned = train::pretrain(model, objective::masked_values<>{}, toy::three_cells(), {});
#else
const auto learned = train::pretrain(model, objective::masked_expression<>{}, toy::three_cells(), {});
#endif
