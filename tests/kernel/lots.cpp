#include <tepui/kernel/lots.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::tests::kernel_lots {
namespace {

TEST_CASE("lots drawn many at once are those drawn one by one") {
  CHECK(rc::check([] {
    const auto id = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::arbitrary<std::int64_t>());
    const kernel::draws random(*rc::gen::arbitrary<std::uint64_t>(), "test");
    std::vector<std::uint32_t> leading(id.size()), following(id.size()), alone(id.size());
    kernel::lots(random, id, leading, following);
    kernel::lots(random, id, alone);
    RC_ASSERT(alone == leading);
    for (std::size_t i = 0; i < id.size(); ++i)
      RC_ASSERT(((std::uint64_t{leading[i]} << 32) | following[i]) == random.bits(id[i]));
  }));
}

TEST_CASE("ids beyond 32 bits, and below 0, have lots of their own") {
  std::vector<std::int64_t> id;
  for (std::int64_t i = 0; i < 1000; ++i) id.push_back((i - 500) * 0x123456789ABLL);
  std::vector<std::uint32_t> lot(id.size());
  const kernel::draws random(3, "test");
  kernel::lots(random, id, lot);
  for (std::size_t i = 0; i < id.size(); ++i) CHECK(lot[i] == static_cast<std::uint32_t>(random.bits(id[i]) >> 32));
}

}  // namespace
}  // namespace tepui::tests::kernel_lots
