// expect: a pool needs dims above 0
#include <tepui/layer/pool.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::weighted_pool<8> made;
#else
const layer::weighted_pool<0> made;
#endif
