// expect: a residual layer adds its result to what it was given
#include <tepui/layer/residual.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/linear.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::residual<layer::layer_norm<8>, layer::linear<8, 8>> made;
#else
const layer::residual<layer::layer_norm<8>, layer::linear<8, 4>> made;
#endif
