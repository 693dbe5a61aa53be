#include <doctest/doctest.h>

#include <tepui/encode/transformer.hpp>
#include <tepui/layer/linear.hpp>
#include <tepui/train/torch_names.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::golden_transformer {
namespace {

/// HEIMDALL's encoder of two blocks: norm first, and none behind the last block.
constexpr encode::transformer_shape shape{.layers = 2, .dims = 16, .heads = 4, .hidden = 64};
using encoder_type = encode::fitted_token_encoder<encode::transformer_layers<shape>::block, 2, void, layer::first_pool<16>, {}>;

/// How nn.TransformerEncoder names what our blocks have.
const std::vector<train::weight_name> torch_encoder{
    {"blocks.#.0.norm.gain", "encoder.layers.#.norm1.weight"},
    {"blocks.#.0.norm.shift", "encoder.layers.#.norm1.bias"},
    {"blocks.#.0.inner.in.weight", "encoder.layers.#.self_attn.in_proj_weight", true},
    {"blocks.#.0.inner.in.bias", "encoder.layers.#.self_attn.in_proj_bias"},
    {"blocks.#.0.inner.out.weight", "encoder.layers.#.self_attn.out_proj.weight", true},
    {"blocks.#.0.inner.out.bias", "encoder.layers.#.self_attn.out_proj.bias"},
    {"blocks.#.1.norm.gain", "encoder.layers.#.norm2.weight"},
    {"blocks.#.1.norm.shift", "encoder.layers.#.norm2.bias"},
    {"blocks.#.1.inner.in.weight", "encoder.layers.#.linear1.weight", true},
    {"blocks.#.1.inner.in.bias", "encoder.layers.#.linear1.bias"},
    {"blocks.#.1.inner.out.weight", "encoder.layers.#.linear2.weight", true},
    {"blocks.#.1.inner.out.bias", "encoder.layers.#.linear2.bias"},
};

/// A tensor of the golden files, under torch's name.
void put(named_tensors& to, const std::string& name, const std::string& file, const tensor_shape& in_torch) {
  to.put<float>(name, in_torch, golden(file));
}
named_tensors their_encoder() {
  named_tensors t;
  for (const char* const number : {"0", "1"}) {
    const auto one = [&](const std::string& name, const tensor_shape& in_torch) {
      const std::string whole = std::string("encoder.layers.") + number + "." + name;
      put(t, whole, "transformer/param." + whole, in_torch);
    };
    one("self_attn.in_proj_weight", {48, 16});
    one("self_attn.in_proj_bias", {48});
    one("self_attn.out_proj.weight", {16, 16});
    one("self_attn.out_proj.bias", {16});
    one("linear1.weight", {64, 16});
    one("linear1.bias", {64});
    one("linear2.weight", {16, 64});
    one("linear2.bias", {16});
    for (const char* const norm : {"norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}) one(norm, {16});
  }
  return t;
}

/// The golden cells without their padding: the token of the cell first, which has no position.
token_vector_batch<> their_cells() {
  const auto x = golden("transformer/x"), position = golden("transformer/pos"), cls = golden("transformer/cls");
  const auto padding = laws::npy_numbers(TEPUI_SHARED, "golden/heimdall/transformer/padmask.npy");
  REQUIRE(padding.size() == 24);
  token_vector_batch<> cells;
  cells.clear(16);
  std::vector<float> vectors;
  for (std::size_t c = 0; c < 3; ++c) {
    cells.add_token(0);
    vectors.insert(vectors.end(), cls.begin(), cls.end());
    bool padded = false;
    for (std::size_t t = 0; t < 8; ++t) {
      if (padding[8 * c + t] != 0) {
        padded = true;
        continue;
      }
      CHECK(!padded);  // the padding lies at the end
      cells.add_token(1);
      for (std::size_t d = 0; d < 16; ++d) vectors.push_back(x[(8 * c + t) * 16 + d] + position[16 * t + d]);
    }
    cells.end_cell();
    cells.cell_id.push_back(isize(c));
  }
  const auto room = cells.room_for_vectors();
  REQUIRE(room.size() == vectors.size());
  std::copy(vectors.begin(), vectors.end(), room.begin());
  return cells;
}
/// The rows of `out` [3, 9, 16] that are no padding.
std::vector<float> their_states(const token_vector_batch<>& cells) {
  const auto out = golden("transformer/out");
  std::vector<float> rows;
  for (std::int64_t c = 0; c < 3; ++c) {
    const std::int64_t n = cells.cell_begin[usize(c) + 1] - cells.cell_begin[usize(c)];
    rows.insert(rows.end(), out.begin() + c * 9 * 16, out.begin() + c * 9 * 16 + n * 16);
  }
  return rows;
}

template <class Real>
std::vector<float> our_states(const encoder_type& encoder, const token_vector_batch<>& cells) {
  std::vector<Real> w(usize(layer::n_weights(encoder))), x(cells.vector.begin(), cells.vector.end()), y(x.size());
  train::take_slices(encoder, their_encoder(), torch_encoder, std::span<Real>(w));
  const layer::packed at{cells.cell_begin, cells.cell_id};
  encoder_type::saved<Real> saved;
  encoder_type::room<Real> room;
  encoder.forward_tokens(std::span<const Real>(w), at, std::span<const Real>(x), std::span<Real>(y), saved, room);
  return {y.begin(), y.end()};
}

TEST_CASE("the weights of PyTorch's encoder give the same states of all tokens, in float and in double") {
  if (!shared_is_here()) return;
  const auto cells = their_cells();
  check_near(our_states<float>(encoder_type{}, cells), their_states(cells), 1e-5);
  check_near(our_states<double>(encoder_type{}, cells), their_states(cells), 1e-5);
}

TEST_CASE("the weights of PyTorch's encoder and head give the same scores of cells, through the stage") {
  if (!shared_is_here()) return;
  const auto cells = their_cells();
  encoder_type encoder;
  encoder.weights.resize(usize(layer::n_weights(encoder)));
  train::take_slices(encoder, their_encoder(), torch_encoder, std::span<float>(encoder.weights));
  embedding_batch<> out;
  encoder_type::scratch scratch;
  encoder(cells.view(), out, scratch, {});

  using head_type = layer::linear<16, 5>;
  named_tensors t;
  put(t, "decoder.0.weight", "transformer/head/param.decoder.0.weight", {5, 16});
  put(t, "decoder.0.bias", "transformer/head/param.decoder.0.bias", {5});
  std::vector<float> w(usize(layer::n_weights(head_type{}))), score(15);
  train::take_slices(head_type{}, t, std::vector<train::weight_name>{{"weight", "decoder.0.weight", true}, {"bias", "decoder.0.bias"}}, std::span<float>(w));
  const std::vector<std::int64_t> begin{0, 3}, id{0};
  layer::nothing none;
  head_type::room<float> room;
  head_type{}.forward(std::span<const float>(w), {begin, id}, std::span<const float>(out.value), std::span<float>(score), none, room);
  check_near(score, golden("transformer/head/logits"), 1e-5);
}

TEST_CASE("a tensor that lacks is named, theirs and ours") {
  if (!shared_is_here()) return;
  named_tensors t = their_encoder();
  std::erase_if(t.all, [](const tensor& one) { return one.name == "encoder.layers.1.linear2.bias"; });
  std::vector<float> w(usize(layer::n_weights(encoder_type{})));
  CHECK_THROWS_WITH_AS(train::take_slices(encoder_type{}, t, torch_encoder, std::span<float>(w)),
                       doctest::Contains("missing: 'encoder.layers.1.linear2.bias' (for blocks.1.1.inner.out.bias)"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::golden_transformer
