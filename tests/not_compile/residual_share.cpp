// expect: only a residual layer with its norm behind the sum can weigh what it was given
#include <tepui/layer/residual.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/linear.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::residual<layer::layer_norm<8>, layer::linear<8, 8>, layer::norm_place::after, 0, 1861> made;
#else
const layer::residual<layer::layer_norm<8>, layer::linear<8, 8>, layer::norm_place::before, 0, 1861> made;
#endif
