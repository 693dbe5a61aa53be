#include <tepui/embed/adapted.hpp>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::adapted_part {
namespace {

using namespace embed;

struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};

TEST_CASE("an adapter keeps the rows of its table, and a gene without a vector stays without") {
  const adapted<2, 5> part(named_vectors({"g0", "g1"}, 2, {1, 2, 3, 4}, "v"));
  const auto made = part.fit(words{laws::law_genes(3)}, fit_context{kernel::draws(1, "x")});
  CHECK(made.n_rows() == 3);
  CHECK(made.keeps(1));
  CHECK(!made.keeps(2));
  CHECK(n_weights(made) == 32);  // 10 and 5, each up to a multiple of 16
  CHECK(made.describe() == part.describe());
  static_assert(std::is_same_v<decltype(part.untrained()), learned<5>>);
}

TEST_CASE("the adapter learns, the table does not") {
  const auto made = adapted<2, 1>(named_vectors({"g0", "g1"}, 2, {1, 2, 3, 4}, "v")).fit(words{laws::law_genes(2)}, {});
  const auto w = weights_of(made, {{"weight", {10, 100}}, {"bias", {0.5F}}});
  const std::vector<std::int32_t> id{1, 0};
  CHECK(vectors_of(made, w, id) == std::vector<float>{430.5F, 210.5F});
  // Twice the first token's vector and once the second's: 2 (3, 4) + (1, 2).
  CHECK(gradient_of(made, w, id, {2, 1}) == weights_of(made, {{"weight", {7, 10}}, {"bias", {3}}}));
}

}  // namespace
}  // namespace tepui::tests::adapted_part
