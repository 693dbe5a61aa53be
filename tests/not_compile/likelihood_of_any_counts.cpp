// expect: this objective is a likelihood of raw counts, but the encoder takes others
#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/count_elbo.hpp>
#include <tepui/train/pretrain.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto model = compose(encode::scvi_encoder<4, layer::mlp_shape{}, 8>{});
#else
const auto model = compose(encode::mlp_encoder<layer::mlp_shape{}, 8, 8>{});
#endif
const auto learned = train::pretrain(model, objective::count_elbo<objective::count_decoder_shape{}, 8>{}, toy::three_cells(), {});
