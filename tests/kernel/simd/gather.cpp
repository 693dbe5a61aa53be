#include <tepui/kernel/simd/gather.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::simd_gather {
namespace {

TEST_CASE("values are read in the order asked for, for any number of them") {
  for (std::size_t n = 1; n < 70; ++n) {
    std::vector<std::int32_t> genes(n), at, got(n), gene(n);
    std::vector<float> values(n), value(n);
    for (std::size_t i = 0; i < n; ++i) {
      genes[i] = static_cast<std::int32_t>(10 * i);
      values[i] = static_cast<float>(i) - 0.5F;
      at.push_back(static_cast<std::int32_t>((7 * i + 3) % n));
    }
    kernel::simd::gather(std::span<const std::int32_t>(genes), at, got.data());
    kernel::simd::gather_both<float>(genes, values, at, gene.data(), value.data());
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(got[i] == 10 * at[i]);
      CHECK(gene[i] == 10 * at[i]);
      CHECK(value[i] == static_cast<float>(at[i]) - 0.5F);
    }
  }
}

}  // namespace
}  // namespace tepui::tests::simd_gather
