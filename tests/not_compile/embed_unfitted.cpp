// expect: this pipeline has not been fitted, so it cannot embed
#include "compose/toy_stages.hpp"

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{}).fit(toy::three_cells()).embed(toy::three_cells());
#else
const auto made = (compose(toy::as_tokens{}, toy::sum{}).embed(toy::three_cells()), 0);
#endif
