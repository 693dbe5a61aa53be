#include <tepui/embed/adapted.hpp>

#include <doctest/doctest.h>

#include "laws/count_batches.hpp"

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
  CHECK(made.weight.size() == 10);
  CHECK(made.describe() == part.describe());
  static_assert(std::is_same_v<decltype(part.untrained()), learned<5>>);
}

}  // namespace
}  // namespace tepui::tests::adapted_part
