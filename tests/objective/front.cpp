#include <tepui/objective/front.hpp>

#include "laws/layer_laws.hpp"

namespace tepui::tests::front_objective {
namespace {

namespace front = objective::front;

TEST_CASE("the layers in front of a head keep the laws of layers") {
  laws::of_layer(front::bent<8, kernel::bend::gelu>{});
  laws::of_layer(front::bert<8>{}, {.near = 1e-4});
  laws::of_layer(front::gremln<8>{}, {.near = 1e-4});
  laws::of_layer(front::scgpt<6>{}, {.near = 1e-4});
}

}  // namespace
}  // namespace tepui::tests::front_objective
