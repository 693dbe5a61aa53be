// expect: two objectives that learn together ask for different labels
#include <tepui/objective/masked_bins.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/objective/masked_values.hpp>
#include <tepui/objective/together.hpp>

using namespace tepui;

const objective::token_facts facts{.n_vocabulary = 5, .n_rows = 6, .mask_id = 5};
#ifdef TEPUI_MENDED
const auto made = objective::together(objective::masked_genes<>{}, objective::masked_values<>{}).bind<8>(facts);
#else
const auto made = objective::together(objective::masked_genes<>{}, objective::masked_bins<51>{}).bind<8>(facts);
#endif
