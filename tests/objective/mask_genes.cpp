#include <tepui/objective/mask_genes.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::mask_genes_objective {
namespace {

TEST_CASE("tokens below the rate are hidden, special ones never") {
  const std::vector<std::int32_t> id{5, 6, 7}, special{0, 2, 0};
  const std::vector<double> u{0.1, 0.1, 0.2};
  std::vector<std::int32_t> hidden(3);
  std::vector<std::uint8_t> mask(3);
  objective::mask_genes(id, special, 0.15, 99, [&](std::size_t t) { return u[t]; }, hidden, mask);
  CHECK(hidden == std::vector<std::int32_t>{99, 6, 7});
  CHECK(mask == std::vector<std::uint8_t>{1, 0, 0});
  CHECK_THROWS_WITH_AS(objective::mask_genes(id, special, 1.5, 99, kernel::draws(), 0, hidden, mask),
                       doctest::Contains("give 0 to 1"), bad_option);
}

TEST_CASE("the random numbers of a cell hide about the share that is asked for, and the same in every run") {
  const std::vector<std::int32_t> id(10000, 3);
  std::vector<std::int32_t> hidden(id.size()), again(id.size());
  std::vector<std::uint8_t> mask(id.size());
  objective::mask_genes(id, {}, 0.15, 9, kernel::draws(1, "x"), 7, hidden, mask);
  objective::mask_genes(id, {}, 0.15, 9, kernel::draws(1, "x"), 7, again, mask);
  CHECK(hidden == again);
  const auto n = std::count(hidden.begin(), hidden.end(), 9);
  CHECK(n > 1350);
  CHECK(n < 1650);
}

TEST_CASE("HEIMDALL's masked tokens, from its uniforms") {
  if (!shared_is_here()) return;
  const auto in = whole(golden("misc/mlm_in")), wanted = whole(golden("misc/mlm_out"));
  const auto u = laws::npy<double>(TEPUI_SHARED, "golden/heimdall/misc/mlm_uniforms.npy");
  const auto label = laws::npy<std::int64_t>(TEPUI_SHARED, "golden/heimdall/misc/mlm_labels.npy");
  const auto bytes = laws::shared_text(TEPUI_SHARED, "golden/heimdall/misc/mlm_mask.npy");
  std::vector<std::int32_t> special, hidden(in.size());
  for (const std::int32_t id : in) special.push_back(id < 0 || id == 500 ? 1 : 0);  // chromosome tokens and padding
  std::vector<std::uint8_t> mask(in.size());
  objective::mask_genes(in, special, 0.15, 501, [&](std::size_t t) { return u[t]; }, hidden, mask);
  CHECK(hidden == wanted);
  for (std::size_t t = 0; t < in.size(); ++t) {
    CHECK(static_cast<char>(mask[t]) == bytes[bytes.size() - in.size() + t]);
    if (mask[t]) CHECK(label[t] == in[t]);
  }
}

}  // namespace
}  // namespace tepui::tests::mask_genes_objective
