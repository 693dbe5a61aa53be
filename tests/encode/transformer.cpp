#include <tepui/encode/transformer.hpp>

#include <doctest/doctest.h>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/layer/performer.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/tokenize/rank.hpp>

#include "laws/embedder_laws.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::transformer_stage {
namespace {
using encode::drawn_by;
using encode::pooled_by;
using encode::transformer;
using layer::norm_place;

TEST_CASE("transformers keep the laws of encoders, whatever their norm, pool and bend") {
  laws::encoder_of_vectors<8>(transformer<{.layers = 2, .dims = 8, .heads = 2}>{});
  laws::encoder_of_vectors<8>(transformer<{
      .layers = 2, .dims = 8, .heads = 2, .norm = norm_place::after, .bend = kernel::bend::relu, .pool = pooled_by::first, .dropout_per_mille = 100}>{});
  laws::encoder_of_vectors<4>(transformer<{.layers = 1,
                                           .dims = 4,
                                           .heads = 1,
                                           .norm = norm_place::stream,
                                           .bend = kernel::bend::silu,
                                           .gated = true,
                                           .sees = kernel::sees::before,
                                           .position = layer::turned::rotary,
                                           .pool = pooled_by::mean_without_first}>{});
}
TEST_CASE("transformers that are drawn to genes by their counts keep the laws of encoders") {
  laws::encoder_of_vectors<4, channel::value>(
      transformer<{.layers = 2, .dims = 4, .heads = 2, .pool = pooled_by::weights, .embed_after = 1, .attention = drawn_by::counts}>{});
}
TEST_CASE("a token encoder of other layers keeps the laws of encoders") {
  using block = layer::residual<layer::layer_norm<8>, layer::performer<{.dims = 8, .heads = 2}>>;
  laws::encoder_of_vectors<8>(encode::token_encoder<block, 2, layer::layer_norm<8>, layer::mean_pool<8>>{});
}

/// Cells of so many tokens, with vectors and counts at random.
template <int Dims>
token_vector_batch<channels<channel::value>> cells(const std::vector<std::int64_t>& n_tokens) {
  const kernel::draws random(4, "cells");
  token_vector_batch<channels<channel::value>> out;
  out.clear(Dims);
  for (std::size_t c = 0; c < n_tokens.size(); ++c) {
    for (std::int64_t t = 0; t < n_tokens[c]; ++t) out.add_token(0, static_cast<float>(random.below(9, t, c)));
    out.end_cell();
    out.cell_id.push_back(7 * isize(c));
  }
  const auto room = out.room_for_vectors();
  for (std::size_t i = 0; i < room.size(); ++i) room[i] = static_cast<float>(random.sub(1).normal(isize(i)));
  return out;
}
/// Drawn weights, gains and shifts too.
template <class Encoder>
void shake(Encoder& encoder) {
  encoder.weights.resize(usize(layer::n_weights(encoder)));
  layer::draw_weights<float>(encoder, kernel::draws(2, "weights"), encoder.weights);
  layer::each_slice(encoder, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    for (std::int64_t i = 0; i < s.size(); ++i)
      encoder.weights[usize(first + i)] += static_cast<float>(0.1 * kernel::draws(3, "shake").sub(kernel::hash_text(name)).normal(i));
  });
}
template <class Encoder>
std::vector<float> embedded(const Encoder& encoder, const auto& in) {
  embedding_batch<> out;
  typename Encoder::scratch scratch;
  encoder(in.view(), out, scratch, {});
  return {out.value.begin(), out.value.end()};
}

/// What training makes of the same cells.
template <class Encoder>
std::vector<float> as_trained(const Encoder& encoder, const auto& in) {
  const auto view = in.view();
  typename Encoder::template saved<float> saved;
  typename Encoder::template room<float> room;
  layer::packed at{view.cell_begin, view.cells.id, {}, false};
  at.key_bias = encoder.key_bias(view, room.key_bias);
  std::vector<float> y(view.vector.size()), z(usize(view.n_cells() * Encoder::dims));
  const std::span<const float> w(encoder.weights);
  encoder.forward_tokens(w, at, view.vector, std::span<float>(y), saved, room);
  encoder.forward_cells(w, at, std::span<const float>(y), std::span<float>(z), saved, room);
  return z;
}
template <encode::transformer_shape S>
void embeds_as_it_learns() {
  typename transformer<S>::fitted encoder;
  shake(encoder);
  const auto in = cells<S.dims>({5, 700, 0, 400, 1500, 1, 3});  // of which only some pass together when it embeds
  CHECK(embedded(encoder, in) == as_trained(encoder, in));
}
TEST_CASE("an embedding is what training sees, bit for bit, though other cells pass together") {
  embeds_as_it_learns<{.layers = 2, .dims = 16, .heads = 2}>();
  embeds_as_it_learns<{.layers = 3, .dims = 16, .heads = 4, .norm = norm_place::after, .pool = pooled_by::weights}>();
  embeds_as_it_learns<{.layers = 2, .dims = 16, .heads = 2, .gated = true, .pool = pooled_by::first, .dropout_per_mille = 500, .attention = drawn_by::counts}>();
  embeds_as_it_learns<{.layers = 1, .dims = 16, .heads = 2, .sees = kernel::sees::before, .position = layer::turned::rotary, .pool = pooled_by::mean_without_first}>();
}

TEST_CASE("an embedding behind an earlier block needs neither the later blocks nor the last norm") {
  typename transformer<{.layers = 2, .dims = 8, .heads = 2, .embed_after = 1}>::fitted early;
  shake(early);
  // The first block with nothing behind it: its weights stand first.
  using block = encode::transformer_layers<encode::transformer_shape{.layers = 1, .dims = 8, .heads = 2}>::block;
  encode::fitted_token_encoder<block, 1, void, layer::mean_pool<8>, encode::token_encoder_settings{}> bare;
  bare.weights.assign(early.weights.begin(), early.weights.begin() + layer::n_weights(bare));
  const auto in = cells<8>({5, 0, 40, 1});
  CHECK(embedded(early, in) == embedded(bare, in));
  for (std::size_t i = bare.weights.size(); i < early.weights.size(); ++i) early.weights[i] = 1e9F;
  CHECK(embedded(early, in) == embedded(bare, in));
  CHECK(early.describe().find("embedding behind block 1") != std::string::npos);
}

TEST_CASE("counts of 0 draw attention nowhere, and other counts do") {
  constexpr encode::transformer_shape shape{.layers = 1, .dims = 8, .heads = 2, .attention = drawn_by::counts};
  typename transformer<shape>::fitted drawn;
  typename transformer<{.layers = 1, .dims = 8, .heads = 2}>::fitted plain;
  shake(drawn);
  plain.weights = drawn.weights;
  auto in = cells<8>({5, 40});
  CHECK(embedded(drawn, in) != embedded(plain, in));
  layer::memory<float> bias;
  CHECK(drawn.key_bias(in.view(), bias)[3] == doctest::Approx(std::log1p(in.view().template get<channel::value>()[3])));
  std::ranges::fill(in.template get<channel::value>(), 0.0F);
  check_near(embedded(drawn, in), embedded(plain, in));
  CHECK(drawn.describe().find("drawn by counts") != std::string::npos);
}

TEST_CASE("without positions the order of a cell's tokens does not matter, with them it does") {
  const auto either_way = [](auto encoder) {
    shake(encoder);
    auto in = cells<8>({5});
    const auto forth = embedded(encoder, in);
    for (std::size_t t = 0; t < 2; ++t)
      for (std::size_t d = 0; d < 8; ++d) std::swap(in.vector[8 * t + d], in.vector[8 * (4 - t) + d]);
    const auto back = embedded(encoder, in);
    double off = 0;
    for (std::size_t d = 0; d < 8; ++d) off = std::max(off, std::abs(static_cast<double>(forth[d] - back[d])));
    return off;
  };
  CHECK(either_way(transformer<{.layers = 2, .dims = 8, .heads = 2}>::fitted{}) < 1e-5);
  CHECK(either_way(transformer<{.layers = 2, .dims = 8, .heads = 2, .position = layer::turned::rotary}>::fitted{}) > 1e-3);
}

TEST_CASE("an encoder without weights says so instead of encoding") {
  const typename transformer<{.layers = 1, .dims = 8, .heads = 2}>::fitted empty;
  CHECK_THROWS_WITH_AS((void)embedded(empty, cells<8>({2})),
                       doctest::Contains("a token_encoder has 0 weights where"), bad_data);
}

TEST_CASE("weights are drawn by seed and by name, and are the same whatever stands in front") {
  const simulate::corpus corpus({.seed = 3, .cells = 50, .genes = 60});
  const auto model = compose(tokenize::rank<24>{}, embed::token_vectors<embed::learned<16>>{{.spread = 0.1}},
                             transformer<{.layers = 2, .dims = 16, .heads = 2}>{});
  const auto weights = [&](const auto& m, std::uint64_t seed) { return std::get<2>(m.fit(corpus, {.seed = seed}).stages()).weights; };
  CHECK(weights(model, 1) == weights(model, 1));
  CHECK(weights(model, 1) != weights(model, 2));
  CHECK(weights(compose(tokenize::rank<9>{}, embed::token_vectors<embed::learned<16>>{}, transformer<{.layers = 2, .dims = 16, .heads = 2}>{}), 1) ==
        weights(model, 1));
}

TEST_CASE("a pipeline with a transformer is kept and comes back to the same bits, for any number of threads") {
  const simulate::corpus corpus({.seed = 3, .cells = 120, .genes = 60});
  const auto model = compose(tokenize::rank<24>{}, embed::token_vectors<embed::learned<16>>{{.spread = 0.1}},
                             transformer<{.layers = 2, .dims = 16, .heads = 2}>{});
  const auto fitted = model.fit(corpus, {.seed = 1});
  const auto again = std::remove_cvref_t<decltype(fitted)>::from(fitted.arrays());
  const auto once = fitted.embed(corpus);
  CHECK(once.n_columns == 16);
  CHECK(again.embed(corpus).value == once.value);
  CHECK(again.embed(corpus, {.threads = 3}).value == once.value);
  CHECK(again.describe() == fitted.describe());
  CHECK(fitted.describe().find("token_encoder(2 of (x + ") != std::string::npos);
}

TEST_CASE("operations of a cell are those of its products, and of attention between its tokens") {
  // A block: queries, keys, values and the result (4 x 8 x 8), two matrices 8 x 16; scores and mixture: 4 x 10 x 10 x 8.
  constexpr double of_weights = 2.0 * 10 * (4 * 64 + 2 * 128), between = 4.0 * 10 * 10 * 8;
  CHECK(fitted_t<transformer<{.layers = 2, .dims = 8, .heads = 2}>>{}.operations(10) == 2 * (of_weights + between));
  CHECK(fitted_t<transformer<{.layers = 2, .dims = 8, .heads = 2, .embed_after = 1}>>{}.operations(10) == of_weights + between);
  // Looking back, token i is compared with i tokens: 55 of 100 pairs.
  CHECK(fitted_t<transformer<{.layers = 1, .dims = 8, .heads = 2, .sees = kernel::sees::before}>>{}.operations(10) ==
        of_weights + 0.55 * between);
}

}  // namespace
}  // namespace tepui::tests::transformer_stage
