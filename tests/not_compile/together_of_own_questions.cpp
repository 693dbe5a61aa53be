// expect: an objective that chooses its own questions
#include <tepui/objective/cell_labels.hpp>
#include <tepui/objective/masked_expression.hpp>
#include <tepui/objective/together.hpp>

using namespace tepui;

const objective::token_facts facts{.n_vocabulary = 5, .n_rows = 5};
const objective::masked_expression<> ask{.what = objective::hides::nothing};
#ifdef TEPUI_MENDED
const auto made = objective::together(ask, ask).bind<8>(facts);
#else
const auto made = objective::together(ask, objective::cell_labels{nullptr, 2}).bind<8>(facts);
#endif
