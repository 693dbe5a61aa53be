// expect: a linear layer needs inputs and outputs
#include <tepui/layer/linear.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::linear<8, 4> made;
#else
const layer::linear<8, 0> made;
#endif
