// expect: the decoder of triplet_and_expression takes another number of dims than the embedding has
#include <tepui/objective/triplet_and_expression.hpp>

using namespace tepui;

void bound(const objective::token_facts& facts) {
#ifdef TEPUI_MENDED
  constexpr int dims = 8;
#else
  constexpr int dims = 16;
#endif
  const objective::triplet_and_expression<layer::mlp_between_up<layer::mlp_shape{}, dims, 4>> ask;
  (void)ask.bind<8>(facts);
}
