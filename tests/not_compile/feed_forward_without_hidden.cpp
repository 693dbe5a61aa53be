// expect: a feed-forward layer needs dims above 0
#include <tepui/layer/feed_forward.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::feed_forward<8, 16> made;
#else
const layer::feed_forward<8, 0> made;
#endif
