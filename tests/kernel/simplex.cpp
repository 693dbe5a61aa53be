#include <tepui/kernel/simplex.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "laws/golden_layers.hpp"

namespace tepui::tests::simplex_kernel {
namespace {

TEST_CASE("by hand: shares stay, and what falls below 0 becomes 0") {
  std::vector<double> room;
  std::vector<float> shares{0.25F, 0.75F}, one{7}, far{2, 0, -5};
  kernel::project_to_simplex(shares, room);
  CHECK(shares == std::vector<float>{0.25F, 0.75F});
  kernel::project_to_simplex(one, room);
  CHECK(one == std::vector<float>{1});
  kernel::project_to_simplex(far, room);
  CHECK(far == std::vector<float>{1, 0, 0});
}

TEST_CASE("whatever comes in, the shares are not negative, sum to 1, and keep their order") {
  CHECK(rc::check("simplex", [](const std::vector<std::int16_t>& numbers) {
    RC_PRE(!numbers.empty());
    std::vector<float> row(numbers.begin(), numbers.end());
    for (float& x : row) x /= 1000;
    const auto before = row;
    std::vector<double> room;
    kernel::project_to_simplex(row, room);
    double sum = 0;
    for (const float x : row) {
      RC_ASSERT(x >= 0);
      sum += static_cast<double>(x);
    }
    RC_ASSERT(std::abs(sum - 1) < 1e-4);
    for (std::size_t i = 1; i < row.size(); ++i)
      RC_ASSERT((before[i] <= before[i - 1]) == (row[i] <= row[i - 1]) || row[i] == row[i - 1]);
  }));
}

TEST_CASE("HEIMDALL's projection, of rows and of columns") {
  if (!shared_is_here()) return;
  std::vector<double> room;
  auto rows = golden("misc/simplex_in"), columns = turned(rows, 7);
  for (std::size_t r = 0; r < 4; ++r) kernel::project_to_simplex(std::span(rows).subspan(7 * r, 7), room);
  for (std::size_t c = 0; c < 7; ++c) kernel::project_to_simplex(std::span(columns).subspan(4 * c, 4), room);
  check_near(rows, golden("misc/simplex_dim1"));
  check_near(turned(columns, 4), golden("misc/simplex_dim0"));
}

}  // namespace
}  // namespace tepui::tests::simplex_kernel
