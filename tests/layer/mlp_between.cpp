#include <tepui/layer/mlp_between.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_mlp_between {
using namespace tepui;

TEST_CASE("linear layers with dropout between hidden ones keep the laws of layers") {
  constexpr layer::mlp_shape shape{.bend = kernel::bend::silu, .dropout_per_mille = 200};
  laws::of_layer(layer::mlp_between_behind<shape, 6, 5, 4>{}, {.training = true});
  laws::of_layer(layer::mlp_between_up<shape, 3, 6, 5>{}, {.training = true});
}

TEST_CASE("in bf16 every linear layer rounds") {
  constexpr layer::mlp_shape rough{.dropout_per_mille = 200, .precision = kernel::precision::bf16};
  CHECK(layer::mlp_between_behind<rough, 6, 5, 4>{}.describe() ==
        "relu; dropout(200/1000); linear(6, 5, bf16); relu; linear(5, 4, bf16)");
  CHECK(layer::mlp_between_up<rough, 4, 5, 6>{}.describe() ==
        "linear(4, 5, bf16); relu; dropout(200/1000); linear(5, 6, bf16); relu");
}

TEST_CASE("nothing is dropped in front of the last linear layer, and nothing behind the last hidden one") {
  constexpr layer::mlp_shape half{.dropout_per_mille = 500};
  const auto text = [](const auto& l) { return l.describe(); };
  CHECK(text(layer::mlp_between_behind<half, 6, 4>{}).find("dropout") == std::string::npos);
  CHECK(text(layer::mlp_between_up<half, 4, 6>{}).find("dropout") == std::string::npos);
  const auto dropouts = [&](const std::string& in) {
    int n = 0;
    for (std::size_t at = in.find("dropout"); at != std::string::npos; at = in.find("dropout", at + 1)) ++n;
    return n;
  };
  CHECK(dropouts(text(layer::mlp_between_behind<half, 6, 5, 7, 4>{})) == 2);
  CHECK(dropouts(text(layer::mlp_between_up<half, 4, 6, 7, 5>{})) == 2);
}

}  // namespace of_mlp_between
