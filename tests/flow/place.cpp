#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <tepui/flow/place.hpp>

namespace test_flow_place {
namespace {
TEST_CASE("memory that cannot exist is refused before it is asked for") {
  tepui::aligned_allocator<double> memory;
  CHECK_THROWS_AS((void)memory.allocate(std::numeric_limits<std::size_t>::max() / 4), std::bad_array_new_length);
}
TEST_CASE("every buffer begins at a 64-byte boundary") {
  for (std::size_t n : {1U, 3U, 1000U}) {
    tepui::buffer_in<tepui::host, std::int32_t> b(n);
    CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
  }
}
}  // namespace
}  // namespace test_flow_place
