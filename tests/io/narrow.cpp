#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include <tepui/io/narrow.hpp>

namespace test_io_narrow {
namespace {
namespace io = tepui::io;
using io::number_type;

template <class T>
const std::uint8_t* bytes(const std::vector<T>& v) {
  return reinterpret_cast<const std::uint8_t*>(v.data());
}
template <class T>
io::met counts(number_type type, const std::vector<T>& in, std::vector<float>& out) {
  out.assign(in.size(), -1);
  return io::narrow_counts(type, bytes(in), out);
}
template <class T>
bool refused(number_type type, T value) {
  std::vector<float> out;
  return counts<T>(type, {1, value, 2}, out).refused;
}

TEST_CASE("counts of every type become the same floats") {
  const std::vector<float> truth{0, 1, 127, 3};
  std::vector<float> out;
  const auto same = [&]<class T>(number_type type, T) {
    const io::met m = counts<T>(type, {0, 1, 127, 3}, out);
    CHECK(out == truth);
    CHECK(m.zeros);
    CHECK_FALSE(m.refused);
    CHECK_FALSE(counts<T>(type, {1, 2}, out).zeros);
  };
  same(number_type::int8, std::int8_t{});
  same(number_type::int16, std::int16_t{});
  same(number_type::int32, std::int32_t{});
  same(number_type::int64, std::int64_t{});
  same(number_type::uint8, std::uint8_t{});
  same(number_type::uint16, std::uint16_t{});
  same(number_type::uint32, std::uint32_t{});
  same(number_type::uint64, std::uint64_t{});
  same(number_type::float32, float{});
  same(number_type::float64, double{});
}
TEST_CASE("what is no raw count is noticed, and the largest count is one") {
  CHECK(refused(number_type::int8, std::int8_t{-1}));
  CHECK(refused(number_type::int16, std::int16_t{-1}));
  CHECK(refused(number_type::int32, std::int32_t{-1}));
  CHECK(refused(number_type::int64, std::numeric_limits<std::int64_t>::min()));
  CHECK(refused(number_type::int32, std::int32_t{16'777'217}));
  CHECK(refused(number_type::uint32, std::uint32_t{16'777'217}));
  CHECK(refused(number_type::uint64, std::uint64_t{1} << 63));
  CHECK_FALSE(refused(number_type::int32, std::int32_t{16'777'216}));
  CHECK_FALSE(refused(number_type::uint64, std::uint64_t{16'777'216}));
  for (const float v : {-1.0F, 0.5F, 8388607.5F, 16'777'218.0F, std::nanf(""), INFINITY, -INFINITY, 1e-30F, 3e38F})
    CHECK(refused(number_type::float32, v));
  for (const float v : {8'388'607.0F, 8'388'608.0F, 8'388'609.0F, 16'777'215.0F, 16'777'216.0F, -0.0F})
    CHECK_FALSE(refused(number_type::float32, v));
  for (const double v : {-1.0, 0.5, 16'777'216.5, 16'777'217.0, std::nan(""), HUGE_VAL, 1e-300, 1e300})
    CHECK(refused(number_type::float64, v));
  for (const double v : {16'777'215.0, 16'777'216.0}) CHECK_FALSE(refused(number_type::float64, v));
}
TEST_CASE("the pass over floats says what the rules say") {
  CHECK(rc::check([](std::vector<float> in, std::uint16_t whole) {
    in.push_back(static_cast<float>(whole));
    in.push_back(static_cast<float>(whole) / 4);
    bool refuse = false, zero = false;
    for (const float v : in) {
      refuse |= !(v >= 0 && v <= 16'777'216.0F && v == std::floor(v));
      zero |= v == 0;
    }
    std::vector<float> out;
    const io::met m = counts(number_type::float32, in, out);
    RC_ASSERT(m.refused == refuse);
    RC_ASSERT(m.zeros == zero);
  }));
}
TEST_CASE("gene positions are narrowed, and those that do not fit are noticed") {
  std::vector<std::int32_t> out(3);
  const std::vector<std::int64_t> wide{0, 5, 2'147'483'647}, far{0, 5, 2'147'483'648}, below{0, -1, 2};
  CHECK_FALSE(io::narrow_genes(number_type::int64, bytes(wide), out).refused);
  CHECK(out == std::vector<std::int32_t>{0, 5, 2'147'483'647});
  CHECK(io::narrow_genes(number_type::int64, bytes(far), out).refused);
  CHECK(io::narrow_genes(number_type::int64, bytes(below), out).refused);
  const std::vector<std::uint16_t> small{1, 2, 65'535};
  CHECK_FALSE(io::narrow_genes(number_type::uint16, bytes(small), out).refused);
  CHECK(out[2] == 65'535);
  const std::vector<float> fractions{1, 2, 3};
  CHECK(io::narrow_genes(number_type::float32, bytes(fractions), out).refused);
}
TEST_CASE("order, range and total of a row") {
  CHECK(io::ascending(std::vector<std::int32_t>{}));
  CHECK(io::ascending(std::vector<std::int32_t>{0, 3, 4}));
  CHECK_FALSE(io::ascending(std::vector<std::int32_t>{0, 3, 3}));
  CHECK(io::in_range(std::vector<std::int32_t>{3, 0}, 4));
  CHECK_FALSE(io::in_range(std::vector<std::int32_t>{3, 0}, 3));
  CHECK_FALSE(io::in_range(std::vector<std::int32_t>{-1}, 3));
  CHECK(io::total_of(std::vector<float>{16'777'216, 1, 2}) == 16'777'219);
}
}  // namespace
}  // namespace test_io_narrow
