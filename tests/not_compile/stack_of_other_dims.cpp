// expect: layers that are stacked must give as many dims as they take
#include <tepui/layer/chain.hpp>
#include <tepui/layer/linear.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::stack<layer::linear<8, 8>, 2> made;
#else
const layer::stack<layer::linear<8, 4>, 2> made;
#endif
