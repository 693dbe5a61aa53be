#include <tepui/embed/principal_vectors.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::principal_vectors {
namespace {

using embed::named_vectors;

TEST_CASE("HEIMDALL's reduction of external vectors, up to the sign of a component") {
  if (!shared_is_here()) return;
  std::vector<std::string> names;
  for (int g = 0; g < 40; ++g) names.push_back("g" + std::to_string(g));
  const auto found = embed::principal_components(named_vectors(names, 12, golden("misc/pca_in"), "pca_in"), 4);
  auto wanted = golden("misc/pca_out");
  for (std::size_t c = 0; c < 4; ++c) {
    float along = 0;
    for (std::size_t r = 0; r < 40; ++r) along += found.values()[4 * r + c] * wanted[4 * r + c];
    if (along < 0)
      for (std::size_t r = 0; r < 40; ++r) wanted[4 * r + c] = -wanted[4 * r + c];
  }
  check_near(found.values(), wanted, 2e-5);  // theirs is in float32, and 1.3e-5 away from the same in float64
  CHECK(found.source() == "pca_in (4 components)");
}

TEST_CASE("no more components than genes or dims") {
  const named_vectors three({"A", "B", "C"}, 4, {1, 0, 0, 7, 0, 1, 0, 7, 0, 0, 1, 7});
  CHECK_THROWS_AS(static_cast<void>(embed::principal_components(three, 4)), bad_option);
  const auto two = embed::principal_components(three, 2);  // a constant dim is harmless
  CHECK(two.dims() == 2);
}

}  // namespace
}  // namespace tepui::tests::principal_vectors
