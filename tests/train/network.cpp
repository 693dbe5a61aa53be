#include <tepui/train/network.hpp>

#include <doctest/doctest.h>

#include "train/small_model.hpp"
#include "train/whole_gradient.hpp"

namespace of_network {
using namespace tepui;

/// Slices that learn.
auto slices_of(const auto& model, const auto& ask) {
  return whole_gradient::is_exact(model, ask, small_model::corpus(12), 2e-6);
}

TEST_CASE("the gradient of a whole transformer is exact") {
  CHECK(slices_of(small_model::model<8>(), objective::masked_genes<>{.rate = 0.3}) > 20);
  CHECK(slices_of(small_model::model<8, 200, layer::norm_place::after>(),
                  objective::masked_genes<objective::output::own>{.rate = 0.3}) > 20);
  CHECK(slices_of(small_model::model<8, 0, layer::norm_place::stream>(), objective::masked_genes<>{.rate = 0.3}) > 20);
}

}  // namespace of_network
