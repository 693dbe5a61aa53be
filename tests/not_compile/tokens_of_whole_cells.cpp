// expect: asks about cells (objective::masked_expression, count_elbo, cell_labels)
#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/masked_expression.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/train/pretrain.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

const auto model = compose(encode::mlp_encoder<layer::mlp_shape{}, 8, 4>{});
#ifdef TEPUI_MENDED
const auto learned = train::pretrain(model, objective::masked_expression<>{}, toy::three_cells(), {});
#else
const auto learned = train::pretrain(model, objective::masked_genes<>{}, toy::three_cells(), {});
#endif
