// expect: the second axis of a tokenizer is an expression
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/tokenizer.hpp>
#include "compose/toy_stages.hpp"

using namespace tepui;
using tokenize::tokenizer;
using columns = tokenize::identity::columns;
using values = tokenize::expression::values;
using order = tokenize::composition::by_expression<16>;

#ifdef TEPUI_MENDED
const auto made = compose(tokenizer<columns, values, order>{}, toy::sum{});
#else
const auto made = compose(tokenizer<columns, order, values>{}, toy::sum{});
#endif
