// expect: works on raw counts
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/gene_scaled.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>
#include <tepui/transform/normalise.hpp>
#include "compose/toy_stages.hpp"

using namespace tepui;

// Geneformer's expression normalises by itself.
using ranked = tokenize::tokenizer<tokenize::identity::columns, tokenize::expression::gene_scaled_by,
                                   tokenize::composition::by_expression<16, tokenize::key::level>>;
#ifdef TEPUI_MENDED
const auto made = compose(ranked{}, toy::sum{});
#else
const auto made = compose(transform::normalise{}, ranked{}, toy::sum{});
#endif
