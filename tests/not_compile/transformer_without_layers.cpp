// expect: a transformer needs layers and dims above 0 and dropout below 1000 per mille
#include <tepui/encode/transformer.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const encode::transformer<encode::transformer_shape{.layers = 1, .dims = 8, .heads = 2}> made;
#else
const encode::transformer<encode::transformer_shape{.layers = 0, .dims = 8, .heads = 2}> made;
#endif
