// expect: positions need dims above 0
#include <tepui/layer/sinusoid_positions.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::sinusoid_positions<8> made;
#else
const layer::sinusoid_positions<0> made;
#endif
