#include <tepui/encode/gene_vectors.hpp>

#include <doctest/doctest.h>

#include "laws/encoder_laws.hpp"

namespace tepui::tests::gene_vectors {
namespace {

double along(const std::vector<float>& table, std::size_t dims, std::size_t a, std::size_t b) {
  double both = 0, one = 0, two = 0;
  for (std::size_t d = 0; d < dims; ++d) {
    const double x = static_cast<double>(table[a * dims + d]), y = static_cast<double>(table[b * dims + d]);
    both += x * y, one += x * x, two += y * y;
  }
  return both / std::sqrt(one * two);
}

/// Cells of two kinds: tokens 0, 1, 2 stand together, and 3, 4, 5; token 6 is everywhere, 7 nowhere.
laws::plain_cells two_kinds() {
  laws::plain_cells cells;
  for (int c = 0; c < 30; ++c) {
    auto& cell = cells.emplace_back();
    for (int g = 0; g < 3; ++g)
      if ((c / 2 + g) % 4 != 0) cell.emplace_back(static_cast<std::int32_t>(3 * (c % 2) + g), 1.0F);
    cell.emplace_back(6, 1.0F);
  }
  return cells;
}

TEST_CASE("tokens of the same cells get vectors of the same direction, and others do not") {
  const laws::training_of<laws::token_cells<>> train(two_kinds(), 8);
  const auto learned = encode::learned_vectors<2>{}.fit<encode::evenly>(train, fit_context{kernel::draws(1, "vectors")});
  REQUIRE(learned.table.size() == 16);
  CHECK(along(learned.table, 1, 0, 0) == doctest::Approx(1));
  std::vector<float> first;  // the first direction tells the two kinds apart
  for (std::size_t t = 0; t < 8; ++t) first.push_back(learned.table[2 * t]);
  for (const std::size_t t : {0U, 1U, 2U}) CHECK(first[t] * first[0] > 0);
  for (const std::size_t t : {3U, 4U, 5U}) CHECK(first[t] * first[0] < 0);
  CHECK(std::abs(first[6]) < 0.1F * std::abs(first[0]));  // says nothing about the kind
  CHECK(first[7] == 0);                                   // was never seen
}

TEST_CASE("the mean vectors of the training cells lie around 0, with a mean squared length of the dims") {
  const auto cells = two_kinds();
  const laws::training_of<laws::token_cells<>> train(cells, 8);
  const auto learned = encode::learned_vectors<3>{}.fit<encode::evenly>(train, fit_context{kernel::draws(1, "vectors")});
  double lengths = 0, sum[3] = {0, 0, 0};
  for (const auto& cell : cells) {
    double mean[3] = {0, 0, 0};
    for (const auto& token : cell)
      for (std::size_t d = 0; d < 3; ++d) mean[d] += static_cast<double>(learned.table[usize(token.first) * 3 + d]) / static_cast<double>(cell.size());
    for (std::size_t d = 0; d < 3; ++d) lengths += mean[d] * mean[d], sum[d] += mean[d];
  }
  CHECK(lengths / 30 == doctest::Approx(3).epsilon(1e-4));
  for (const double s : sum) CHECK(std::abs(s) < 1e-4);
}

TEST_CASE("two cells are needed, and dims that the cells do not have are zero") {
  const fit_context context{kernel::draws(1, "vectors")};
  const laws::training_of<laws::token_cells<>> one({{{0, 1.0F}}}, 3);
  CHECK_THROWS_AS(static_cast<void>(encode::learned_vectors<2>{}.fit<encode::evenly>(one, context)), bad_data);
  const laws::training_of<laws::token_cells<>> two({{{0, 1.0F}}, {{1, 1.0F}}}, 3);
  const auto learned = encode::learned_vectors<4>{}.fit<encode::evenly>(two, context);
  CHECK(learned.table[0] != 0);
  for (std::size_t t = 0; t < 3; ++t)
    for (std::size_t d = 1; d < 4; ++d) CHECK(learned.table[t * 4 + d] == 0);
}

TEST_CASE("random vectors need no data and depend on token and seed alone") {
  const encode::random_vectors<8> vectors;
  encode::random_vectors<8>::room room;
  vectors.prepare(5, room, kernel::draws(1, "x"));
  const std::vector<float> third(vectors.vector_of(3, room), vectors.vector_of(3, room) + 8);
  vectors.prepare(9, room, kernel::draws(1, "x"));
  CHECK(std::vector<float>(vectors.vector_of(3, room), vectors.vector_of(3, room) + 8) == third);
}

}  // namespace
}  // namespace tepui::tests::gene_vectors
