// expect: attention cuts every token vector into heads
#include <tepui/layer/self_attention.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::self_attention<layer::attention_settings{.dims = 8, .heads = 2}> made;
#else
const layer::self_attention<layer::attention_settings{.dims = 8, .heads = 3}> made;
#endif
