#include <tepui/embed/chromosome.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::chromosome_part {
namespace {

using namespace embed;

TEST_CASE("a special token takes its own vector, whatever its id and value; the input stays as it was") {
  const chromosome_sum<2>::layer<1, 1> once;
  const auto w = weights_of(once, {{"meta", {5, 7}}});
  const std::vector<float> gene{1, 2, 3}, value{10, 20, 30};
  const std::vector<std::int32_t> special{0, 1, 2};
  CHECK(combined_by(once, w, gene, value, 3, special) == std::vector<float>{11, 5, 7});
  const embed::compat::chromosome_sum<2>::layer<1, 1> twice;
  CHECK(combined_by(twice, w, gene, value, 3, special) == std::vector<float>{11, 10, 14});
  CHECK_THROWS_WITH_AS(static_cast<void>(combined_by(once, w, gene, value, 3, std::vector<std::int32_t>{0, 3, 0})),
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
  const auto tokens = in.special.size();
  const chromosome<100>::layer<6, 0> plain;
  const auto w = weights_of(plain, {{"meta", meta}});
  check_near(combined_by(plain, w, in.identity, {}, tokens, in.special), golden("reduce/ChromosomeReduce.out"));
  const embed::compat::chromosome_sum<100>::layer<6, 6> twice;
  const auto out = combined_by(twice, w, in.identity, in.level, tokens, in.special);
  check_near(out, golden("reduce/ChromosomeSumReduce.out"));
  CHECK(before.special == in.special);  // where HEIMDALL leaves 0 instead
  // Once: half of what HEIMDALL gives at special tokens, the same at genes.
  const auto ours = combined_by(chromosome_sum<100>::layer<6, 6>{}, w, in.identity, in.level, tokens, in.special);
  for (std::size_t i = 0; i < out.size(); ++i) CHECK(out[i] == (in.special[i / 6] == 0 ? ours[i] : 2 * ours[i]));
}

TEST_CASE("a second reading of the same tokens gives the same, where HEIMDALL has changed its input") {
  if (!shared_is_here()) return;
  const auto changed = whole(golden("reduce/ChromosomeReduce.identity_after"));
  CHECK(std::all_of(changed.begin(), changed.end(), [](std::int32_t id) { return id >= 0; }));
  const auto in = read();
  const chromosome<100>::layer<6, 0> plain;
  const auto w = weights_of(plain, {{"meta", golden("reduce/meta_table")}});
  const auto once = [&] { return combined_by(plain, w, in.identity, {}, in.special.size(), in.special); };
  CHECK(once() == once());
}

}  // namespace
}  // namespace tepui::tests::chromosome_part
