// expect: a layer norm needs dims above 0
#include <tepui/layer/layer_norm.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::layer_norm<8> made;
#else
const layer::layer_norm<8, -1.0F> made;
#endif
