#include <tepui/embed/learned.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/embed/token_vectors.hpp>

#include "laws/count_batches.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::learned_part {
namespace {

using namespace embed;

struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};

TEST_CASE("a row a token and those asked for besides, standard normal, from the seed alone") {
  const words hundred{laws::law_genes(100)};
  const auto drawn = [&](const learned<48>& part, std::uint64_t seed, std::int32_t extra_tokens = 0) {
    return token_vectors<learned<48>>{part}.fit(hundred, fit_context{kernel::draws(seed, "x"), 1, extra_tokens});
  };
  const auto spread_of = [](const auto& stage) {
    double sum = 0, squares = 0;
    for (const float w : stage.weights) sum += static_cast<double>(w), squares += static_cast<double>(w) * static_cast<double>(w);
    const auto n = static_cast<double>(stage.weights.size());
    CHECK(std::abs(sum / n) < 0.05);
    return std::sqrt(squares / n);
  };
  const auto stage = drawn({2}, 1);
  CHECK(stage.identity.n_rows() == 102);
  CHECK(stage.weights.size() == 102 * 48);
  CHECK(stage.table(std::span(stage.weights)).size() == 102 * 48);
  CHECK(spread_of(stage) == doctest::Approx(1).epsilon(0.1));
  CHECK(spread_of(drawn({0, 0.02}, 1)) == doctest::Approx(0.02).epsilon(0.1));
  CHECK(drawn({2}, 1).weights == stage.weights);
  CHECK(drawn({2}, 2).weights != stage.weights);
  CHECK(drawn({2}, 1, 3).identity.n_rows() == 105);
  CHECK_THROWS_AS(static_cast<void>(drawn({-1}, 1)), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(drawn({0, 0}, 1)), doctest::Contains("a spread of 0"), bad_option);
  CHECK(learned<48>{2, 0.02}.describe() == "learned 48 and 2 rows, spread 0.02");
}

TEST_CASE("a gene's vector does not depend on how many genes there are") {
  const fit_context context{kernel::draws(1, "x")};
  const token_vectors<learned<4>> plain;
  const auto few = plain.fit(words{laws::law_genes(3)}, context), many = plain.fit(words{laws::law_genes(30)}, context);
  CHECK(std::equal(few.weights.begin(), few.weights.begin() + 12, many.weights.begin()));
}

TEST_CASE("forward copies rows, backward adds them up where they came from") {
  const token_table<2> table{3};
  const auto w = weights_of(table, {{"weight", {1, 2, 3, 4, 5, 6}}});
  const std::vector<std::int32_t> id{1, 0, 1};
  CHECK(vectors_of(table, w, id) == std::vector<float>{3, 4, 1, 2, 3, 4});
  CHECK(gradient_of(table, w, id, {1, 2, 10, 20, 100, 200}) == weights_of(table, {{"weight", {10, 20, 101, 202, 0, 0}}}));
}

}  // namespace
}  // namespace tepui::tests::learned_part
