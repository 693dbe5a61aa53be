#include <tepui/encode/mean_of.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::mean_of_stage {
namespace {

using namespace encode;

TEST_CASE("means of random and of learned vectors keep the laws of an encoder") {
  laws::encoder_of_tokens<>(mean_of<random_vectors<6>>{});
  laws::encoder_of_tokens<channel::value>(mean_of<random_vectors<6>>{});
  laws::encoder_of_tokens<>(mean_of<learned_vectors<3>>{});
  laws::encoder_of_tokens<channel::bin>(mean_of<learned_vectors<5>>{});
  laws::encoder_of_tokens<channel::value, channel::bin>(value_weighted_mean<learned_vectors<3>>{});
  laws::encoder_of_tokens<>(mean_of<learned_vectors<4>, by_order>{}, 230);  // more tokens than are decomposed exactly
}

TEST_CASE("the mean is weighted: a value of 3 counts twice as much as a value of 1") {
  const mean_of<known_vectors<2>, by_value> stage{{{1, 0, 0, 1, 5, 5}}};
  laws::encoding<laws::token_cells<channel::value>, std::remove_cvref_t<decltype(stage)>> here(stage, 3);
  const auto rows = here.run({{{0, 3.0F}, {1, 1.0F}}, {}, {{0, 0.0F}}});
  CHECK(rows[0][0] == doctest::Approx(2.0 / 3));
  CHECK(rows[0][1] == doctest::Approx(1.0 / 3));
  CHECK(rows[1] == std::vector<float>{0, 0});  // an empty cell
  CHECK(rows[2] == std::vector<float>{0, 0});  // a cell of which nothing counts
}

TEST_CASE("a table for another vocabulary is refused") {
  const mean_of<known_vectors<2>, by_value> stage{{{1, 0, 0, 1}}};
  laws::encoding<laws::token_cells<channel::value>, std::remove_cvref_t<decltype(stage)>> here(stage, 3);
  CHECK_THROWS_AS(static_cast<void>(here.run({{}})), bad_data);
}

TEST_CASE("the twin of learned vectors has seen no data; random vectors are their own") {
  static_assert(std::is_same_v<decltype(mean_of<learned_vectors<8>>{}.untrained()), mean_of<random_vectors<8>>>);
  static_assert(!needs_fit<mean_of<random_vectors<8>>>);
  CHECK(mean_of<learned_vectors<8>>{}.describe() == "mean_of(learned 8, by channels)");
  CHECK(mean_of<random_vectors<8>, by_order>{}.describe() == "mean_of(random 8, by order)");
}

TEST_CASE("an encoder that weighs by value takes no tokens without values") {
  static_assert(port::accepts<value_weighted_mean<>::takes, port::tokens<channel::value>>);
  static_assert(!port::accepts<value_weighted_mean<>::takes, port::tokens<channel::bin>>);
  static_assert(port::accepts<mean_of<random_vectors<8>>::takes, port::tokens<channel::bin>>);
}

}  // namespace
}  // namespace tepui::tests::mean_of_stage
