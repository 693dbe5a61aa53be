#include <tepui/sample/sampler.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::tests::sample_sampler {
namespace {

TEST_CASE("a population without ids takes the row as the id") {
  CHECK(sample::population{.n_cells = 3}.id_of(2) == 2);
  const std::vector<std::int64_t> ids{7, 8, 9};
  CHECK(sample::population{.n_cells = 3, .cell_id = ids}.id_of(2) == 9);
}

struct first_cell {
  static constexpr std::string_view name = "first_cell";
  [[nodiscard]] std::string describe() const { return "first_cell"; }
  std::vector<std::int64_t> operator()(const sample::population&, const kernel::draws&) const { return {0}; }
};
struct nameless {
  [[nodiscard]] std::string describe() const { return "?"; }
  std::vector<std::int64_t> operator()(const sample::population&, const kernel::draws&) const { return {}; }
};

TEST_CASE("a struct with name, settings and a choice is a sampler; without a name it is none") {
  CHECK(sample::sampler<first_cell>);
  CHECK_FALSE(sample::sampler<nameless>);
}

}  // namespace
}  // namespace tepui::tests::sample_sampler
