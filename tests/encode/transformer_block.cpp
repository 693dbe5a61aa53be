#include <tepui/encode/transformer_block.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::transformer_blocks {
namespace {

constexpr encode::block_shape small{.dims = 16, .heads = 4, .hidden = 64};
using block = encode::transformer_block<small>;

block read(int layer) {
  const std::string at = "transformer/param.encoder.layers." + std::to_string(layer) + ".";
  return {golden(at + "norm1.weight"),
          golden(at + "norm1.bias"),
          turned(golden(at + "self_attn.in_proj_weight"), 16),
          golden(at + "self_attn.in_proj_bias"),
          turned(golden(at + "self_attn.out_proj.weight"), 16),
          golden(at + "self_attn.out_proj.bias"),
          golden(at + "norm2.weight"),
          golden(at + "norm2.bias"),
          turned(golden(at + "linear1.weight"), 16),
          golden(at + "linear1.bias"),
          turned(golden(at + "linear2.weight"), 64),
          golden(at + "linear2.bias")};
}

TEST_CASE("HEIMDALL's transformer of two blocks and its head, cell by cell and without padding") {
  if (!shared_is_here()) return;
  const auto x = golden("transformer/x"), position = golden("transformer/pos"), cls = golden("transformer/cls"),
             wanted = golden("transformer/out");
  const auto logits = golden("transformer/head/logits");
  const auto head = turned(golden("transformer/head/param.decoder.0.weight"), 16),
             head_bias = golden("transformer/head/param.decoder.0.bias");
  const auto bytes = laws::shared_text(TEPUI_SHARED, "golden/heimdall/transformer/padmask.npy");
  const block first = read(0), second = read(1);
  block::room room;
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<float> cell = cls;  // the token of the cell stands first and has no position
    std::size_t n = 1;
    for (std::size_t t = 0; t < 8; ++t) {
      if (bytes[bytes.size() - 24 + 8 * c + t] != 0) continue;
      CHECK(n == t + 1);  // the padding lies at the end
      for (std::size_t d = 0; d < 16; ++d) cell.push_back(x[(8 * c + t) * 16 + d] + position[16 * t + d]);
      ++n;
    }
    first.forward(cell, room);
    second.forward(cell, room);
    check_near(cell, std::span(wanted).subspan(c * 9 * 16, n * 16));
    std::vector<float> scores(5);
    kernel::linear<5>(std::span(cell).first(16), 16, head, head_bias, scores);
    check_near(scores, std::span(logits).subspan(5 * c, 5));
  }
}

TEST_CASE("the order of the tokens of a cell does not matter to a block") {
  block one;
  block::each_array(one, [](const std::string& name, std::vector<float>& w) {
    const std::size_t n = name == "in_weight"                            ? 768
                          : name == "out_weight"                         ? 256
                          : name == "one_weight" || name == "two_weight" ? 1024
                          : name == "in_bias"                            ? 48
                          : name == "one_bias"                           ? 64
                                                                         : 16;
    for (std::size_t i = 0; i < n; ++i) w.push_back(std::sin(static_cast<float>(i + name.size())) / 4);
  });
  std::vector<float> ab, ba;
  for (std::size_t i = 0; i < 32; ++i) ab.push_back(std::cos(static_cast<float>(i)));
  ba.assign(ab.begin() + 16, ab.end());
  ba.insert(ba.end(), ab.begin(), ab.begin() + 16);
  block::room room;
  one.forward(ab, room);
  one.forward(ba, room);
  check_near(std::span(ab).first(16), std::span(ba).last(16));
}

TEST_CASE("a block without weights says so instead of encoding") {
  encode::transformer_block<encode::block_shape{.dims = 8, .heads = 2, .hidden = 8}> empty;
  decltype(empty)::room room;
  std::vector<float> x(16, 1.0F);
  CHECK_THROWS_AS(empty.forward(x, room), bad_data);
}

}  // namespace
}  // namespace tepui::tests::transformer_blocks
