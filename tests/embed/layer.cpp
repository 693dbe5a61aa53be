#include <tepui/embed/layer.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::embed_layer {
namespace {

TEST_CASE("lists of channels are joined, and each channel stands once") {
  using a = channels<channel::value, channel::bin>;
  using b = channels<channel::mask, channel::value>;
  static_assert(std::is_same_v<embed::joined_channels_t<a, b>, channels<channel::value, channel::bin, channel::mask>>);
  static_assert(std::is_same_v<embed::joined_channels_t<channels<>, channels<>>, channels<>>);
}

struct inner {
  std::vector<float> weight{1};
  static void each_array(auto& self, auto&& visit) { visit("weight", self.weight); }
};

TEST_CASE("the arrays of a part are visited under its name; a part without arrays is passed over") {
  std::string seen;
  inner one;
  const int nothing = 0;
  const auto note = [&](const char* name, const auto&) { seen += name; };
  embed::each_array_of(one, "identity.", note);
  embed::each_array_of(nothing, "value.", note);
  CHECK(seen == "identity.weight");
}

TEST_CASE("drawn weights lie in their bounds") {
  for (const float w : embed::uniform_weights(10, 10, 4, kernel::draws(1, "x"))) CHECK(std::abs(w) <= 0.5F);
  CHECK(embed::normal_table(3, 4, kernel::draws(1, "x")).size() == 12);
}

}  // namespace
}  // namespace tepui::tests::embed_layer
