// expect: rotary positions turn pairs of numbers
#include <tepui/layer/self_attention.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::self_attention<layer::attention_settings{.dims = 8, .heads = 2, .position = layer::turned::rotary}> made;
#else
const layer::self_attention<layer::attention_settings{.dims = 6, .heads = 2, .position = layer::turned::rotary}> made;
#endif
