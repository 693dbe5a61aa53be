#include <tepui/embed/combine.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::combine_part {
namespace {

using namespace embed;

const std::vector<float> gene{1, 2, 3, 4}, value{10, 20, 30, 40};

TEST_CASE("gene and value: alone, added up, side by side, multiplied") {
  CHECK(combined_by(identity_only::layer<2, 0>{}, {}, gene, {}, 2) == gene);
  CHECK(combined_by(sum::layer<2, 2>{}, {}, gene, value, 2) == std::vector<float>{11, 22, 33, 44});
  CHECK(combined_by(sum::layer<2, 0>{}, {}, gene, {}, 2) == gene);
  CHECK(combined_by(concat::layer<2, 2>{}, {}, gene, value, 2) == std::vector<float>{1, 2, 10, 20, 3, 4, 30, 40});
  CHECK(combined_by(scaled::layer<2, 1>{}, {}, gene, {2, 0}, 2) == std::vector<float>{2, 4, 0, 0});
}

/// The gradients of the gene's vector and of the value's, one behind the other.
template <class Layer>
std::vector<float> shared_out(const Layer& way, const std::vector<float>& level, const std::vector<float>& d_out) {
  using floats = std::span<const float>;
  layer::nothing none;
  std::vector<float> d_gene(gene.size(), 77.0F), d_value(level.size(), 77.0F);
  way.backward(floats(), floats(gene), floats(level), floats(d_out), std::span<float>(), std::span<float>(d_gene),
               std::span<float>(d_value), none);
  way.backward(floats(), floats(gene), floats(level), floats(d_out), std::span<float>(), std::span<float>(), std::span<float>(),
               none);  // where nobody asks
  d_gene.insert(d_gene.end(), d_value.begin(), d_value.end());
  return d_gene;
}

TEST_CASE("the gradient goes where the numbers came from") {
  const std::vector<float> d{1, 2, 3, 4};
  CHECK(shared_out(identity_only::layer<2, 0>{}, {}, d) == d);
  CHECK(shared_out(sum::layer<2, 2>{}, value, d) == std::vector<float>{1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(shared_out(concat::layer<2, 1>{}, {8, 9}, {1, 2, 3, 4, 5, 6}) == std::vector<float>{1, 2, 4, 5, 3, 6});
  CHECK(shared_out(scaled::layer<2, 1>{}, {2, 0}, d) == std::vector<float>{2, 4, 0, 0, 5, 25});
}

/// -> rows of a table
std::vector<float> rows(const std::vector<float>& table, const std::vector<std::int32_t>& id, std::size_t dims) {
  std::vector<float> out;
  for (const std::int32_t i : id) out.insert(out.end(), table.begin() + i * isize(dims), table.begin() + (i + 1) * isize(dims));
  return out;
}

TEST_CASE("HEIMDALL's IdentityReduce and SumReduce") {
  if (!shared_is_here()) return;
  const auto identity = rows(golden("reduce/gene_table"), whole(golden("reduce/identity")), 6);
  const auto level = rows(golden("reduce/expr_table"), whole(golden("reduce/expression")), 6);
  const std::size_t tokens = identity.size() / 6;
  check_near(combined_by(identity_only::layer<6, 0>{}, {}, identity, {}, tokens), golden("reduce/IdentityReduce.out"));
  check_near(combined_by(sum::layer<6, 6>{}, {}, identity, level, tokens), golden("reduce/SumReduce.out"));
}

}  // namespace
}  // namespace tepui::tests::combine_part
