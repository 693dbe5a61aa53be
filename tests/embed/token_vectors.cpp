#include <tepui/embed/token_vectors.hpp>

#include <doctest/doctest.h>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/adapted.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/genomic_position.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/masked.hpp>
#include <tepui/embed/neighbours.hpp>
#include <tepui/embed/several.hpp>
#include <tepui/embed/soft_bins.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/tokenize/rank.hpp>

#include "laws/embedder_laws.hpp"

namespace tepui::tests::token_vectors_stage {
namespace {

using namespace embed;

/// Vectors for the even ones of the genes g0, g1, ...
named_vectors half(std::int64_t dims, int n = 12) {
  std::vector<std::string> names;
  std::vector<float> values;
  for (int g = 0; g < n; g += 2) {
    names.push_back("g" + std::to_string(g));
    for (std::int64_t d = 0; d < dims; ++d) values.push_back(static_cast<float>(g) + 0.25F * static_cast<float>(d));
  }
  return {names, dims, values, "half"};
}

TEST_CASE("every part keeps the laws of an embedder: identities") {
  laws::embedder_of<>(token_vectors<learned<6>>{});
  laws::embedder_of<channel::value>(token_vectors<learned<5>>{{3}});
  laws::embedder_of<channel::value>(token_vectors<frozen<4>>{{half(4)}});
  laws::embedder_of<channel::value>(token_vectors<frozen<4>>{{half(4), 0.5, no_vector::zeros, 2}});
  laws::embedder_of<channel::value>(token_vectors<adapted<4, 7>>{adapted<4, 7>(half(4))});
  const auto both = concatenated(learned<3>{}, frozen<4>{half(4), 0.5, no_vector::zeros});
  laws::embedder_of<>(token_vectors<std::remove_const_t<decltype(both)>>{both});
  const std::vector<gene_set> sets{{"a", {"g0", "g1", "g2"}}, {"b", {"g1", "g5"}}};
  const auto added = summed(learned<3>{}, neighbours_of<learned<3>>{sets, 2});
  laws::embedder_of<>(token_vectors<std::remove_const_t<decltype(added)>>{added});
  gene_positions places{
      {"g0", "g1", "g2", "g3", "g4", "g5"}, {"1", "1", "2", "2", "X", "X"}, {5, 90000, 1, 2, 3, 4e6}, "places"};
  const auto placed = summed(learned<4>{}, genomic_position<4>{places});
  laws::embedder_of<>(token_vectors<std::remove_const_t<decltype(placed)>>{placed});
}

TEST_CASE("every part keeps the laws of an embedder: values, ways to combine, positions") {
  laws::embedder_of<channel::value>(token_vectors<learned<6>, linear<6>>{});
  laws::embedder_of<channel::value>(token_vectors<learned<33>, two_layer<33>>{});
  laws::embedder_of<channel::value, channel::position>(token_vectors<learned<6>, two_layer<6, bend::gelu>, sum, sinusoidal>{});
  laws::embedder_of<channel::value>(token_vectors<learned<6>, soft_bins<6>, sum, learned_position<12>>{});
  laws::embedder_of<channel::value>(token_vectors<learned<6>, soft_bins<4, state_bins>, concat>{});
  laws::embedder_of<channel::value>(token_vectors<learned<6>, soft_bins<6, scfoundation_bins>>{});
  laws::embedder_of<channel::value, channel::bin>(token_vectors<learned<6>, categories<6, 8>>{});
  laws::embedder_of<channel::bin>(token_vectors<learned<6>, categories<2, 8, normed::yes>, concat>{});
  laws::embedder_of<channel::value>(token_vectors<learned<6>, value_itself, scaled>{});
  laws::embedder_of<channel::value>(token_vectors<learned<6>, no_value, identity_only>{});
  laws::embedder_of<channel::special>(token_vectors<learned<6>, no_value, chromosome<12>>{});
  laws::embedder_of<channel::special, channel::value>(token_vectors<frozen<4>, linear<4>, chromosome_sum<12>>{{half(4)}});
  laws::embedder_of<channel::mask, channel::value>(token_vectors<learned<6>, linear<6>, masked<>>{});
  laws::embedder_of<channel::value, channel::mask>(token_vectors<learned<6>, linear<3>, masked<concat>>{});
}

/// A fitted embedder and what it gives.
template <class... Channels, class Stage>
auto run(const Stage& unfitted, const laws::plain_cells& cells, std::int32_t n = 12) {
  const laws::training_of<laws::token_cells<Channels...>> train({}, n);
  const auto stage = unfitted.fit(train, fit_context{kernel::draws(3, "law")});
  return laws::embedding_tokens<std::remove_const_t<decltype(stage)>, host, Channels...>(stage, n).run(cells);
}

TEST_CASE("a gene without a vector is left out, and its channels with it; or it has zeros") {
  const laws::plain_cells cells{{{0, 1.0F}, {1, 9.0F}, {2, 5.0F}}};  // by value: 1, 2, 0
  const auto left_out = run<channel::value>(token_vectors<frozen<2>>{{half(2)}}, cells);
  CHECK(left_out[0].tokens.id == std::vector<std::int32_t>{2, 0});
  CHECK(left_out[0].tokens.channel == std::vector<std::vector<double>>{{5}, {1}});
  CHECK(left_out[0].vector == std::vector<std::vector<float>>{{2, 2.25F}, {0, 0.25F}});
  const auto zeros = run<channel::value>(token_vectors<frozen<2>>{{half(2), 0.5, no_vector::zeros}}, cells);
  CHECK(zeros[0].tokens.id == std::vector<std::int32_t>{1, 2, 0});
  CHECK(zeros[0].vector == std::vector<std::vector<float>>{{0, 0}, {2, 2.25F}, {0, 0.25F}});
}

TEST_CASE("a token that is left out takes no position") {
  const auto rows =
      run<channel::value>(token_vectors<frozen<2>, no_value, sum, sinusoidal>{{half(2)}}, {{{0, 1.0F}, {1, 9.0F}, {2, 5.0F}}});
  CHECK(rows[0].vector[0] == std::vector<float>{2, 3.25F});  // position 0: sin 0, cos 0
}

TEST_CASE("a special token stays although it has no vector of a gene") {
  // Channel special holds the place in the cell here: 0 is a gene, the others are rows 0 and 1 of the special vectors.
  const auto rows =
      run<channel::special>(token_vectors<frozen<2>, no_value, chromosome<5>>{{half(2)}}, {{{0, 9.0F}, {1, 5.0F}, {3, 1.0F}}});
  CHECK(rows[0].tokens.id == std::vector<std::int32_t>{0, 1, 3});
  CHECK(rows[0].vector[0] == std::vector<float>{0, 0.25F});
  CHECK(rows[0].vector[1] != rows[0].vector[2]);
}

TEST_CASE("tokens of a larger vocabulary are refused") {
  const laws::training_of<laws::token_cells<>> train({}, 4);
  const auto stage = token_vectors<learned<2>>{}.fit(train, fit_context{});
  laws::embedding_tokens<std::remove_const_t<decltype(stage)>, host> larger(stage, 5);
  CHECK_THROWS_WITH_AS(static_cast<void>(larger.run({})),
                       doctest::Contains("vocabulary of 5, but token_vectors has vectors for 4"), bad_data);
}

TEST_CASE("weights have names; what the identity learns is theirs to share; weights of another embedder are refused") {
  const laws::training_of<laws::token_cells<channel::value>> train({}, 4);
  auto stage = token_vectors<learned<2>, two_layer<2>, sum, learned_position<3>>{}.fit(train, fit_context{});
  std::string names;
  layer::each_slice(stage, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    names += name + " " + std::to_string(s.rows) + "x" + std::to_string(s.columns) + " at " + std::to_string(first) + "; ";
  });
  CHECK(names ==
        "identity.weight 4x2 at 0; value.first.weight 1x2 at 16; value.first.bias 1x2 at 32; value.second.weight 2x2 at 48; "
        "value.second.bias 1x2 at 64; position.table 3x2 at 80; ");
  const auto table = stage.table(std::span(stage.weights));
  CHECK(table.data() == stage.weights.data());
  CHECK(table.size() == 8);
  const auto fixed = token_vectors<frozen<2>>{{half(2, 4)}}.fit(train, fit_context{});
  CHECK(fixed.weights.empty());
  CHECK(fixed.table(std::span(fixed.weights)).empty());
  stage.weights.resize(80);
  laws::embedding_tokens<decltype(stage), host, channel::value> damaged(stage, 4);
  CHECK_THROWS_WITH_AS(static_cast<void>(damaged.run({})),
                       doctest::Contains("token_vectors holds 80 weights, but its parts have 96"), bad_data);
}

TEST_CASE("one line between a tokenizer and an encoder, and back from its arrays") {
  dataset<scale::raw> data;
  data.genes = laws::law_genes(12);
  data.x = laws::batch_of<scale::raw>(laws::training_plain<scale::raw>(12), 12);
  const auto model =
      compose(tokenize::rank<8>{}, token_vectors<learned<16>, two_layer<16>, sum, sinusoidal>{}, encode::mean_of_vectors{});
  const auto fitted = model.fit(data, {.seed = 4});
  const auto cells = fitted.embed(data);
  CHECK(cells.n_columns == 16);
  CHECK(fitted.embed(data, {.threads = 3}).value == cells.value);
  const auto again = std::remove_const_t<decltype(fitted)>::from(fitted.arrays());
  CHECK(again.embed(data).value == cells.value);
  CHECK(model.untrained().fit(data, {.seed = 4}).embed(data).value == cells.value);
  CHECK(model.fit(data, {.seed = 5}).embed(data).value != cells.value);
}

TEST_CASE("the twin of vectors from outside knows nothing") {
  const token_vectors<frozen<4>> informed{{half(4)}};
  static_assert(std::is_same_v<decltype(informed.untrained()), token_vectors<learned<4>>>);
  static_assert(std::is_same_v<decltype(token_vectors<learned<4>>{}.untrained()), token_vectors<learned<4>>>);
}

TEST_CASE("the channels that the parts need are asked for, once each") {
  using three = token_vectors<learned<4>, linear<4>, masked<>>;
  static_assert(port::accepts<three::takes, port::tokens<channel::mask, channel::value>>);
  static_assert(!port::accepts<three::takes, port::tokens<channel::value>>);
  static_assert(std::is_same_v<port::given_t<three, port::tokens<channel::mask, channel::value>>,
                               port::token_vectors<4, channel::mask, channel::value>>);
  static_assert(std::is_same_v<token_vectors<learned<4>>::takes, port::tokens<>>);
}

}  // namespace
}  // namespace tepui::tests::token_vectors_stage
