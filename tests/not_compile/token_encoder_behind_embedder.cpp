// expect: they have been turned into vectors already
#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/masked.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/weighted_sum.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{});
#else
const auto made = compose(
    toy::as_tokens{}, embed::token_vectors<embed::learned<8>>{}, toy::sum{});
#endif
