#include <tepui/embed/combine.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::combine_part {
namespace {

using namespace embed;

const std::vector<float> gene{1, 2, 3, 4}, value{10, 20, 30, 40};

TEST_CASE("gene and value: alone, added up, side by side, multiplied") {
  no_room none;
  std::vector<float> out(4), wide(8);
  identity_only::layer<2, 0>{}.forward(gene, {}, out, none);
  CHECK(out == gene);
  sum::layer<2, 2>{}.forward(gene, value, out, none);
  CHECK(out == std::vector<float>{11, 22, 33, 44});
  sum::layer<2, 0>{}.forward(gene, {}, out, none);
  CHECK(out == gene);
  concat::layer<2, 2>{}.forward(gene, value, wide, none);
  CHECK(wide == std::vector<float>{1, 2, 10, 20, 3, 4, 30, 40});
  scaled::layer<2, 1>{}.forward(gene, std::vector<float>{2, 0}, out, none);
  CHECK(out == std::vector<float>{2, 4, 0, 0});
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
  no_room none;
  std::vector<float> out(identity.size());
  identity_only::layer<6, 0>{}.forward(identity, {}, out, none);
  check_near(out, golden("reduce/IdentityReduce.out"));
  sum::layer<6, 6>{}.forward(identity, level, out, none);
  check_near(out, golden("reduce/SumReduce.out"));
}

}  // namespace
}  // namespace tepui::tests::combine_part
