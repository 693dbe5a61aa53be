#include <tepui/embed/learned.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"

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
  const auto table = learned<50>{2}.fit(hundred, fit_context{kernel::draws(1, "x")});
  CHECK(table.n_rows() == 102);
  double sum = 0, squares = 0;
  for (const float w : table.weight) sum += static_cast<double>(w), squares += static_cast<double>(w) * static_cast<double>(w);
  CHECK(std::abs(sum / 5100) < 0.05);
  CHECK(squares / 5100 == doctest::Approx(1).epsilon(0.1));
  CHECK(learned<50>{2}.fit(hundred, fit_context{kernel::draws(1, "x")}).weight == table.weight);
  CHECK(learned<50>{2}.fit(hundred, fit_context{kernel::draws(2, "x")}).weight != table.weight);
  CHECK_THROWS_AS(static_cast<void>(learned<50>{-1}.fit(hundred, {})), bad_option);
}

TEST_CASE("a gene's vector does not depend on how many genes there are") {
  const fit_context context{kernel::draws(1, "x")};
  const auto few = learned<4>{}.fit(words{laws::law_genes(3)}, context),
             many = learned<4>{}.fit(words{laws::law_genes(30)}, context);
  CHECK(std::equal(few.weight.begin(), few.weight.end(), many.weight.begin()));
}

TEST_CASE("forward copies rows") {
  const token_table<2> table{{1, 2, 3, 4}, 0};
  std::vector<float> out(6);
  no_room none;
  table.forward(std::vector<std::int32_t>{1, 0, 1}, out, none);
  CHECK(out == std::vector<float>{3, 4, 1, 2, 3, 4});
}

}  // namespace
}  // namespace tepui::tests::learned_part
