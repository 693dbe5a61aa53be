// expect: quantile bins need Bins >= 2
#include <tepui/tokenize/binned.hpp>
#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/mean_of.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(tokenize::binned<2>{}, encode::mean_of<encode::random_vectors<8>>{});
#else
const auto made = compose(tokenize::binned<1>{}, encode::mean_of<encode::random_vectors<8>>{});
#endif
