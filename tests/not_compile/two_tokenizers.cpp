// expect: this stage reads counts, but the stage before it gives tokens
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{});
#else
const auto made = compose(toy::as_tokens{}, toy::as_tokens{}, toy::sum{});
#endif
