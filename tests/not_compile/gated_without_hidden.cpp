// expect: a gated layer needs dims and hidden dims above 0
#include <tepui/layer/gated.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::gated<8, 16> made;
#else
const layer::gated<8, 0> made;
#endif
