// expect: a layer takes another number of dims than the layer in front of it gives
#include <tepui/layer/chain.hpp>
#include <tepui/layer/linear.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::chain<layer::linear<8, 4>, layer::linear<4, 2>> made;
#else
const layer::chain<layer::linear<8, 4>, layer::linear<8, 2>> made;
#endif
