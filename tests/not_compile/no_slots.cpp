// expect: a tokenizer needs at least one slot
#include <tepui/tokenize/rank.hpp>
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(tokenize::rank<16>{}, toy::sum{});
#else
const auto made = compose(tokenize::rank<0>{}, toy::sum{});
#endif
