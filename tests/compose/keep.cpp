#include <doctest/doctest.h>

#include <tepui/compose/keep.hpp>

namespace test_compose_keep {
namespace {
using namespace tepui;

enum class colour : std::int8_t { red, blue };
struct everything {
  std::vector<float> median;
  std::vector<std::string> program;
  std::int32_t slots = 0;
  double target = 0;
  bool centred = false;
  colour of = colour::red;
  std::string text;
  static void each_array(auto& self, auto&& visit) {
    visit("median", self.median);
    visit("program", self.program);
    visit("slots", self.slots);
    visit("target", self.target);
    visit("centred", self.centred);
    visit("of", self.of);
    visit("text", self.text);
  }
};

TEST_CASE("vectors, numbers, switches and text come back as they were") {
  named_arrays kept;
  keep_stage(everything{{1.5F, 2}, {"a", "b"}, 7, 1e4, true, colour::blue, "hypoxia"}, "0.x.", kept);
  everything again;
  take_stage(again, "0.x.", kept);
  CHECK(again.median == std::vector<float>{1.5F, 2});
  CHECK(again.program == std::vector<std::string>{"a", "b"});
  CHECK(again.slots == 7);
  CHECK(again.target == 1e4);
  CHECK(again.centred);
  CHECK(again.of == colour::blue);
  CHECK(again.text == "hypoxia");
}

TEST_CASE("a number that has become a list is refused") {
  named_arrays kept;
  keep_stage(everything{}, "", kept);
  for (auto& [name, values] : kept.all)
    if (name == "slots") values = std::vector<std::int32_t>{1, 2};
  everything again;
  CHECK_THROWS_WITH_AS(take_stage(again, "", kept), doctest::Contains("'slots' has 2 entries"), bad_data);
}
}  // namespace
}  // namespace test_compose_keep
