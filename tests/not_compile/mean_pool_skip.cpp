// expect: a mean over rows needs dims above 0
#include <tepui/layer/pool.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::mean_pool<8, 1> made;
#else
const layer::mean_pool<8, -1> made;
#endif
