// expect: retention cuts every token vector into heads
#include <tepui/layer/retention.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::retention<layer::retention_settings{.dims = 8, .heads = 2}> made;
#else
const layer::retention<layer::retention_settings{.dims = 8, .heads = 3}> made;
#endif
