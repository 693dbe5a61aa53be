#include <tepui/tokenize/bound_programs.hpp>

#include <doctest/doctest.h>

#include "laws/tokenizer_laws.hpp"

namespace tepui::tests::bound_programs {
namespace {

using programs = tokenize::bound_programs<>;

template <class Stage>
std::vector<laws::plain_tokens> tokens_of(const Stage& stage, const laws::plain_cells& cells, std::int32_t n_genes) {
  return laws::tokenizing<scale::other, Stage, host>(stage).run(laws::batch_of<scale::other>(cells, n_genes).view());
}

TEST_CASE("bound programs keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(programs::of({{0, 1, 2}, {}, {2, 3, 3}, {11}}, {"a", "b", "c", "d"}, 12, 2, "test"));
  laws::tokenizer<scale::other>(programs::of({{0, 1, 2}, {4}}, {"a", "b"}, 12, 9, "test"));
}

TEST_CASE("a program's activity is the mean over all its genes, and the most active comes first") {
  const auto stage = programs::of({{0, 1}, {2}, {0, 1, 2, 3}}, {"a", "b", "c"}, 4, 9, "test");
  const auto tokens = tokens_of(stage, {{{0, 4.0F}, {2, 2.0F}, {3, 6.0F}}}, 4)[0];
  CHECK(tokens.id == std::vector<std::int32_t>{2, 0, 1});  // 12 / 4, 4 / 2, 2 / 1: the last two are equal
  CHECK(tokens.channel == std::vector<std::vector<double>>{{3}, {2}, {2}});
}

TEST_CASE("a program that is not active, or below 0, gives no token") {
  const auto stage = programs::of({{0}, {}, {1}}, {"a", "b", "c"}, 2, 9, "test");
  CHECK(tokens_of(stage, {{{0, -1.0F}, {1, 1.0F}}}, 2)[0].id == std::vector<std::int32_t>{2});
  CHECK(tokens_of(stage, {{{0, 0.0F}}}, 2)[0].id.empty());
}

TEST_CASE("slots keep the most active programs") {
  const auto stage = programs::of({{0}, {1}, {2}}, {"a", "b", "c"}, 3, 2, "test");
  CHECK(tokens_of(stage, {{{0, 1.0F}, {1, 1.0F}, {2, 5.0F}}}, 3)[0].id == std::vector<std::int32_t>{2, 0});
}

TEST_CASE("the vocabulary is the programs, and a gene named twice counts once") {
  const auto stage = programs::of({{1, 0, 1}, {}}, {"a", "b"}, 2, 9, "test");
  CHECK(stage.n_programs() == 2);
  CHECK(stage.n_members == std::vector<std::int32_t>{2, 0});
  CHECK(stage.gene_begin == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("cells with another number of genes, and 0 slots, are refused") {
  CHECK_THROWS_AS(tokens_of(programs::of({{0}}, {"a"}, 2, 9, "test"), {}, 3), bad_data);
  CHECK_THROWS_AS(tokens_of(programs::of({{0}}, {"a"}, 2, 0, "test"), {}, 2), bad_option);
}

}  // namespace
}  // namespace tepui::tests::bound_programs
