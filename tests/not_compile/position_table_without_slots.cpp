// expect: a table of positions needs dims and slots above 0
#include <tepui/layer/position_table.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::position_table<8, 16> made;
#else
const layer::position_table<8, 0> made;
#endif
