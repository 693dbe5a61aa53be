#include <tepui/embed/chromosome.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::chromosome_part {
namespace {

using namespace embed;

TEST_CASE("a special token takes its own vector, whatever its id and value; the input stays as it was") {
  const chromosome_layer<sum::layer<1, 1>, 2, special_added::once> layer{{}, {5, 7}};
  no_room none;
  const std::vector<float> gene{1, 2, 3}, value{10, 20, 30};
  const std::vector<std::int32_t> special{0, 1, 2};
  std::vector<float> out(3);
  layer.forward(gene, value, out, special, none);
  CHECK(out == std::vector<float>{11, 5, 7});
  const chromosome_layer<sum::layer<1, 1>, 2, special_added::twice> doubled{{}, {5, 7}};
  doubled.forward(gene, value, out, special, none);
  CHECK(out == std::vector<float>{11, 10, 14});
  CHECK_THROWS_WITH_AS(layer.forward(gene, value, out, std::vector<std::int32_t>{0, 3, 0}, none),
                       doctest::Contains("special token 2, but there are vectors for 2"), bad_data);
}

/// HEIMDALL's ids: below 0 for special tokens, -1 for row 0.
struct heimdall_tokens {
  std::vector<float> identity, level;
  std::vector<std::int32_t> special;
};
heimdall_tokens read() {
  heimdall_tokens out;
  const auto genes = golden("reduce/gene_table"), levels = golden("reduce/expr_table");
  const auto ids = whole(golden("reduce/chrom_identity")), values = whole(golden("reduce/chrom_expression"));
  for (std::size_t t = 0; t < ids.size(); ++t) {
    out.special.push_back(ids[t] < 0 ? -ids[t] : 0);
    const auto gene = std::max(0, ids[t]), level = std::max(0, values[t]);
    out.identity.insert(out.identity.end(), genes.begin() + gene * 6, genes.begin() + (gene + 1) * 6);
    out.level.insert(out.level.end(), levels.begin() + level * 6, levels.begin() + (level + 1) * 6);
  }
  return out;
}

TEST_CASE("HEIMDALL's ChromosomeReduce and ChromosomeSumReduce, which counts a special vector twice") {
  if (!shared_is_here()) return;
  const auto in = read();
  const auto before = in;
  const auto meta = golden("reduce/meta_table");
  no_room none;
  std::vector<float> out(in.identity.size());
  const chromosome_layer<identity_only::layer<6, 0>, 100, special_added::once> plain{{}, meta};
  plain.forward(in.identity, {}, out, in.special, none);
  check_near(out, golden("reduce/ChromosomeReduce.out"));
  const chromosome_layer<sum::layer<6, 6>, 100, special_added::twice> twice{{}, meta};
  twice.forward(in.identity, in.level, out, in.special, none);
  check_near(out, golden("reduce/ChromosomeSumReduce.out"));
  CHECK(before.special == in.special);  // where HEIMDALL leaves 0 instead
  // Once: half of what HEIMDALL gives at special tokens, the same at genes.
  const chromosome_layer<sum::layer<6, 6>, 100, special_added::once> once{{}, meta};
  std::vector<float> ours(out.size());
  once.forward(in.identity, in.level, ours, in.special, none);
  for (std::size_t i = 0; i < out.size(); ++i) CHECK(out[i] == (in.special[i / 6] == 0 ? ours[i] : 2 * ours[i]));
}

TEST_CASE("a second reading of the same tokens gives the same, where HEIMDALL has changed its input") {
  if (!shared_is_here()) return;
  const auto changed = whole(golden("reduce/ChromosomeReduce.identity_after"));
  CHECK(std::all_of(changed.begin(), changed.end(), [](std::int32_t id) { return id >= 0; }));
  const auto in = read();
  const chromosome_layer<identity_only::layer<6, 0>, 100, special_added::once> layer{{}, golden("reduce/meta_table")};
  no_room none;
  std::vector<float> first(in.identity.size()), second(in.identity.size());
  layer.forward(in.identity, {}, first, in.special, none);
  layer.forward(in.identity, {}, second, in.special, none);
  CHECK(first == second);
}

}  // namespace
}  // namespace tepui::tests::chromosome_part
