// expect: a unit sphere needs dims above 0
#include <tepui/layer/unit_sphere.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::unit_sphere<8> made;
#else
const layer::unit_sphere<0> made;
#endif
