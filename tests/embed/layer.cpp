#include <tepui/embed/layer.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace tepui::tests::embed_layer {
namespace {

TEST_CASE("lists of channels are joined, and each channel stands once") {
  using a = channels<channel::value, channel::bin>;
  using b = channels<channel::mask, channel::value>;
  static_assert(std::is_same_v<joined_channels_t<a, b>, channels<channel::value, channel::bin, channel::mask>>);
  static_assert(std::is_same_v<joined_channels_t<channels<>, channels<>>, channels<>>);
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

struct with_parts {
  inner one;
  static void each_part(auto& self, auto&& visit) { visit("one", self.one); }
};

TEST_CASE("a part learns where it has weights or parts") {
  static_assert(embed::learns<with_parts> && !embed::learns<inner>);
}

TEST_CASE("a number is written in as few digits as bring it back") {
  CHECK(shortest(0.02) == "0.02");
  CHECK(shortest(1) == "1");
}

}  // namespace
}  // namespace tepui::tests::embed_layer
