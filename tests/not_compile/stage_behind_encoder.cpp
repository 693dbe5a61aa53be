// expect: an embedding is the end of a composition
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{});
#else
const auto made = compose(toy::as_tokens{}, toy::sum{}, toy::as_tokens{});
#endif
