// expect: a performer cuts every token vector into heads
#include <tepui/layer/performer.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::performer<layer::performer_settings{.dims = 8, .heads = 2}> made;
#else
const layer::performer<layer::performer_settings{.dims = 8, .heads = 3}> made;
#endif
