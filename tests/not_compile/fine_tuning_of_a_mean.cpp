// expect: this encoder has nothing that learns by steps
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/train/fine_tune.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

using vectors = embed::token_vectors<embed::learned<8>>;
using encoder = encode::transformer<encode::transformer_shape{.layers = 1, .dims = 8, .heads = 2}>;

#ifdef TEPUI_MENDED
const auto model = compose(toy::as_tokens{}, vectors{}, encoder{});
#else
const auto model = compose(toy::as_tokens{}, vectors{}, encode::mean_of_vectors{});
#endif
const auto learned = train::fine_tune(model.fit(toy::three_cells()), toy::three_cells(), {}, 2, {});
