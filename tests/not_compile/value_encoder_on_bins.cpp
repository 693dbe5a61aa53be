// expect: this encoder needs a channel that the tokenizer does not give
#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/mean_of.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/rank.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const auto made = compose(tokenize::rank<>{}, encode::value_weighted_mean<>{});
#else
const auto made = compose(tokenize::binned<>{}, encode::value_weighted_mean<>{});
#endif
