// expect: an embedding is made behind one of the blocks
#include <tepui/encode/transformer.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const encode::transformer<encode::transformer_shape{.layers = 2, .dims = 8, .heads = 2, .embed_after = 1}> made;
#else
const encode::transformer<encode::transformer_shape{.layers = 2, .dims = 8, .heads = 2, .embed_after = 3}> made;
#endif
