#include <doctest/doctest.h>

#include <tepui/flow/index.hpp>

namespace test_flow_index {
static_assert(tepui::usize(std::int32_t{7}) == 7U);
static_assert(tepui::isize(std::size_t{7}) == std::int64_t{7});
static_assert(tepui::usize(std::int64_t{1} << 40) == std::size_t{1} << 40);

TEST_CASE("positions beyond 32 bits keep their value") { CHECK(tepui::isize(tepui::usize(std::int64_t{1} << 40)) == std::int64_t{1} << 40); }
}  // namespace test_flow_index
