// expect: a norm needs dims above 0 and an epsilon of 0 or more
#include <tepui/layer/rms_norm.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::rms_norm<8> made;
#else
const layer::rms_norm<8, -1.0F> made;
#endif
