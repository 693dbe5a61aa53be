// expect: the counts that reach this stage are logged already
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(transform::normalise{}, transform::log1p{}, toy::as_tokens{});
#else
const auto made = compose(transform::normalise{}, transform::log1p{}, transform::log1p{}, toy::as_tokens{});
#endif
