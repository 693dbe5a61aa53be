// expect: dropout needs dims above 0 and a rate in 1,000
#include <tepui/layer/dropout.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const layer::dropout<8, 100> made;
#else
const layer::dropout<8, 1000> made;
#endif
