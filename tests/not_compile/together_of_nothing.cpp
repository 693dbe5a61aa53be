// expect: together needs at least one objective
#include <tepui/objective/masked_genes.hpp>
#include <tepui/objective/together.hpp>

using namespace tepui;

#ifdef TEPUI_MENDED
const objective::together<objective::masked_genes<>> made{objective::masked_genes<>{}};
#else
const objective::together<> made{};
#endif
