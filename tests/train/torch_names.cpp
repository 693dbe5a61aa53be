#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/train/torch_names.hpp>

namespace test_train_torch_names {
namespace {
using namespace tepui;
using train::weight_name;
using texts = std::vector<std::string>;

/// A layer that is only its weights: [2, 3] and [3].
struct affine {
  void each_weight(auto&& visit) const {
    visit("weight", layer::multiplies(2, 3));
    visit("bias", layer::bias_behind(2, 3));
  }
};
/// Two of them and a vector of its own.
struct two {
  affine first, second;
  void each_weight(auto&& visit) const { visit("gain", layer::slice{1, 5}); }
  static void each_part(auto& self, auto&& visit) {
    visit("block0", self.first);
    visit("block1", self.second);
  }
};
/// The slices of an encoder block of 4 dims and 6 hidden numbers.
struct block {
  void each_weight(auto&& visit) const {
    visit("norm1.gain", layer::slice{1, 4});
    visit("norm1.shift", layer::slice{1, 4});
    visit("attention.in_weight", layer::multiplies(4, 12));
    visit("attention.in_bias", layer::bias_behind(4, 12));
    visit("attention.out_weight", layer::multiplies(4, 4));
    visit("attention.out_bias", layer::bias_behind(4, 4));
    visit("norm2.gain", layer::slice{1, 4});
    visit("norm2.shift", layer::slice{1, 4});
    visit("up.weight", layer::multiplies(4, 6));
    visit("up.bias", layer::bias_behind(4, 6));
    visit("down.weight", layer::multiplies(6, 4));
    visit("down.bias", layer::bias_behind(6, 4));
  }
};
struct encoder {
  block a, b;
  static void each_part(auto& self, auto&& visit) {
    visit("block0", self.a);
    visit("block1", self.b);
  }
};
/// How nn.TransformerEncoder names them.
const std::vector<weight_name> torch_encoder{
    {"block#.norm#.gain", "encoder.layers.#.norm#.weight"},
    {"block#.norm#.shift", "encoder.layers.#.norm#.bias"},
    {"block#.attention.in_weight", "encoder.layers.#.self_attn.in_proj_weight", true},
    {"block#.attention.in_bias", "encoder.layers.#.self_attn.in_proj_bias"},
    {"block#.attention.out_weight", "encoder.layers.#.self_attn.out_proj.weight", true},
    {"block#.attention.out_bias", "encoder.layers.#.self_attn.out_proj.bias"},
    {"block#.up.weight", "encoder.layers.#.linear1.weight", true},
    {"block#.up.bias", "encoder.layers.#.linear1.bias"},
    {"block#.down.weight", "encoder.layers.#.linear2.weight", true},
    {"block#.down.bias", "encoder.layers.#.linear2.bias"},
};

/// 1, 2, 3, ... from `first` on.
std::vector<float> from(float first, std::int64_t n) {
  std::vector<float> x(usize(n));
  for (std::int64_t i = 0; i < n; ++i) x[usize(i)] = first + static_cast<float>(i);
  return x;
}
template <class L>
std::vector<float> weights_of(const L& l) {
  return std::vector<float>(usize(layer::n_weights(l)), -1.0F);
}
template <class L>
std::string refusal(const L& l, const named_tensors& t, const std::vector<weight_name>& table) {
  std::vector<float> w = weights_of(l);
  const std::vector<float> before = w;
  try {
    train::take_slices(l, t, table, std::span<float>(w));
  } catch (const bad_data& e) {
    CHECK(w == before);
    return e.what();
  }
  return {};
}

TEST_CASE("# is a number and * any text, the same in both names") {
  CHECK(train::match_name("a", "a") == texts{});
  CHECK_FALSE(train::match_name("a", "ab"));
  CHECK(train::match_name("block#.w", "block12.w") == texts{"12"});
  CHECK_FALSE(train::match_name("block#.w", "block.w"));
  CHECK_FALSE(train::match_name("block#.w", "blockx.w"));
  CHECK_FALSE(train::match_name("block#2.w", "block12.w"));  // a number is taken whole
  CHECK(train::match_name("*.weight", "a.b.weight") == texts{"a.b"});
  CHECK(train::match_name("#.*", "3.x") == texts{"3", "x"});
  CHECK(train::match_name("*", "") == texts{""});
  CHECK(train::fill_name("layers.#.norm#", {"3", "1"}) == "layers.3.norm1");
  CHECK_THROWS_WITH_AS((void)train::fill_name("layers.#", {"3", "1"}), doctest::Contains("has 1 of # and *"), bad_option);
  CHECK_THROWS_AS((void)train::fill_name("#.#", {"3"}), bad_option);
}

TEST_CASE("torch keeps [out, in], and we keep [in, out]") {
  named_tensors t;
  t.put<float>("fc.weight", {3, 2}, {1, 2, 3, 4, 5, 6});
  t.put<double>("fc.bias", {3}, {7, 8, 9});
  std::vector<float> w = weights_of(affine{});
  const std::vector<weight_name> table{{"weight", "fc.weight", true}, {"bias", "fc.bias"}};
  train::take_slices(affine{}, t, table, std::span<float>(w));
  CHECK(std::vector<float>(w.begin(), w.begin() + 7) == std::vector<float>{1, 3, 5, 2, 4, 6, 0});  // and the padding is 0
  CHECK(std::vector<float>(w.begin() + 16, w.begin() + 19) == std::vector<float>{7, 8, 9});
}
TEST_CASE("without a table the names are ours") {
  named_tensors t;
  t.put<float>("weight", {2, 3}, {1, 2, 3, 4, 5, 6});
  t.put<float>("bias", {1, 3, 1}, {7, 8, 9});
  std::vector<double> w(usize(layer::n_weights(affine{})));
  train::take_slices(affine{}, t, {}, std::span<double>(w));
  CHECK(w[3] == 4);
  CHECK(w[18] == 9);
}
TEST_CASE("tensors that stand apart there may lie side by side here") {
  named_tensors t;
  t.put<float>("q", {1, 2}, {1, 2});  // [out, in]
  t.put<float>("kv", {2, 2}, {3, 4, 5, 6});
  t.put<float>("q_bias", {1}, {7});
  t.put<float>("kv_bias", {2}, {8, 9});
  t.put<std::int64_t>("steps", {}, {1});
  std::vector<float> w = weights_of(affine{});
  const std::vector<weight_name> table{{"weight", "q + kv", true}, {"bias", "q_bias + kv_bias"}, {"", "st*"}};
  train::take_slices(affine{}, t, table, std::span<float>(w));
  CHECK(std::vector<float>(w.begin(), w.begin() + 6) == std::vector<float>{1, 3, 5, 2, 4, 6});
  CHECK(std::vector<float>(w.begin() + 16, w.begin() + 19) == std::vector<float>{7, 8, 9});
  CHECK_THROWS_AS((void)train::give_slices(affine{}, std::span<const float>(w), table), bad_option);
}
TEST_CASE("an encoder of torch: a row of the table serves every block, and saving under its names gives it back") {
  const encoder model;
  named_tensors t;
  for (int i = 0; i < 2; ++i) {
    const std::string layer = "encoder.layers." + std::to_string(i) + ".";
    const auto put = [&](const char* name, tensor_shape shape) {
      t.put<float>(layer + name, shape, from(static_cast<float>(100 * t.all.size()), numbers_in(shape)));
    };
    put("self_attn.in_proj_weight", {12, 4});
    put("self_attn.in_proj_bias", {12});
    put("self_attn.out_proj.weight", {4, 4});
    put("self_attn.out_proj.bias", {4});
    put("linear1.weight", {6, 4});
    put("linear1.bias", {6});
    put("linear2.weight", {4, 6});
    put("linear2.bias", {4});
    for (const char* norm : {"norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}) put(norm, {4});
  }
  std::vector<float> w = weights_of(model);
  train::take_slices(model, t, torch_encoder, std::span<float>(w));
  layer::each_slice(model, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (name != "block1.attention.in_weight") return;
    const auto& theirs = t.get<float>("encoder.layers.1.self_attn.in_proj_weight", {12, 4});
    for (std::int64_t i = 0; i < s.rows; ++i)
      for (std::int64_t j = 0; j < s.columns; ++j)
        CHECK(w[usize(first + i * s.columns + j)] == theirs[usize(j * s.rows + i)]);
  });
  const named_tensors back = train::give_slices(model, std::span<const float>(w), torch_encoder);
  REQUIRE(back.all.size() == t.all.size());
  for (const tensor& one : t.all) CHECK(back.at(one.name) == one);
}
TEST_CASE("our own weights come back to the same bits, and padding is no part of the file") {
  std::vector<float> w(usize(layer::n_weights(two{})), 0.0F);
  layer::draw_weights(two{}, kernel::draws(1, "test"), std::span<float>(w));
  const named_tensors t = train::give_slices(two{}, std::span<const float>(w));
  CHECK(t.all.size() == 5);
  CHECK(t.at("gain").shape == tensor_shape{5});
  CHECK(t.at("block1.weight").shape == tensor_shape{2, 3});
  std::vector<float> back = weights_of(two{});
  train::take_slices(two{}, t, {}, std::span<float>(back));
  CHECK(back == w);
}
TEST_CASE("what does not fit is listed in one sentence, and no weight is touched") {
  named_tensors t;
  t.put<float>("gain", {5}, from(0, 5));
  t.put<float>("block0.weight", {3, 2}, from(0, 6));
  t.put<std::int64_t>("block0.bias", {3}, {1, 2, 3});
  t.put<float>("block1.bias", {3}, from(0, 3));
  t.put<float>("head", {1}, {1});
  CHECK(refusal(two{}, t, {}) ==
        "the tensors do not fit the layer: missing: 'block1.weight'; not asked for: 'head'; of another shape or kind: "
        "'block0.weight' needs [2, 3] and would get float32 [3, 2], 'block0.bias' needs [1, 3] and would get int64 [3]; "
        "take the file of this model, or give a table of names");
  const std::vector<weight_name> table{{"block#.weight", "layers.#.w", true}, {"", "head"}};
  const std::string sentence = refusal(two{}, t, table);
  CHECK(sentence.find("missing: 'layers.0.w' (for block0.weight), 'layers.1.w' (for block1.weight)") != std::string::npos);
  CHECK(sentence.find("not asked for: 'block0.weight';") != std::string::npos);
  named_tensors many;
  for (int i = 0; i < 20; ++i) many.put<float>("x" + std::to_string(i), {}, {0});
  CHECK(refusal(two{}, many, {}).find("'x5' and 14 more") != std::string::npos);
}
TEST_CASE("tensors side by side must fill the columns") {
  named_tensors t;
  t.put<float>("q", {2, 2}, from(0, 4));
  t.put<float>("k", {2, 2}, from(0, 4));
  t.put<float>("bias", {3}, from(0, 3));
  CHECK(refusal(affine{}, t, {{"weight", "q + k", true}})
            .find("'weight' needs [2, 3] transposed and would get float32 [2, 2] and float32 [2, 2]") != std::string::npos);
  CHECK(refusal(affine{}, t, {{"weight", "q + v + k", true}}).find("missing: 'v' (for weight); take") != std::string::npos);
}
TEST_CASE("tensors get our names and the order of our numbers") {
  named_tensors t;
  t.put<float>("layers.1.fc.weight", {3, 2}, {1, 2, 3, 4, 5, 6});
  t.put<std::int64_t>("steps", {}, {4});
  t.put<float>("head.weight", {1}, {0});
  t.notes["of"] = "a test";
  const std::vector<weight_name> table{{"block#.weight", "layers.#.fc.weight", true}, {"", "head.*"}};
  const named_tensors ours = train::rename(t, table);
  CHECK(ours.all.size() == 2);
  CHECK(ours.get<float>("block1.weight", {2, 3}) == std::vector<float>{1, 3, 5, 2, 4, 6});
  CHECK(ours.get<std::int64_t>("steps")[0] == 4);
  CHECK(ours.notes.at("of") == "a test");
  t.put<float>("layers.2.fc.weight", {6}, from(0, 6));
  CHECK_THROWS_WITH_AS((void)train::rename(t, table), doctest::Contains("has the shape [6] and cannot be transposed"),
                       bad_data);
}
TEST_CASE("room of another size is refused") {
  named_tensors t;
  t.put<float>("weight", {2, 3}, from(0, 6));
  t.put<float>("bias", {3}, from(0, 3));
  std::vector<float> w(9);
  CHECK_THROWS_WITH_AS(train::take_slices(affine{}, t, {}, std::span<float>(w)),
                       doctest::Contains("32 weights with their padding"), bad_option);
}
}  // namespace
}  // namespace test_train_torch_names
