// expect: this pipeline does not end with a tokenizer
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}).fit(toy::three_cells()).tokens(toy::three_cells());
#else
const auto made = compose(toy::as_tokens{}, toy::sum{}).fit(toy::three_cells()).tokens(toy::three_cells());
#endif
