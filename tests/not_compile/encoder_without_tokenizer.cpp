// expect: this encoder reads tokens, but nothing before it makes tokens
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{});
#else
const auto made = compose(toy::twice{}, toy::sum{});
#endif
