// expect: an embedding is the end of a composition
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = from_counts | toy::as_tokens{} | toy::sum{};
#else
const auto made = from_counts | toy::as_tokens{} | toy::sum{} | toy::twice{};
#endif
