#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstring>
#include <string>
#include <vector>

#include <tepui/io/wire.hpp>

#include "io/files.hpp"

namespace test_io_wire {
namespace {
namespace wire = tepui::io::wire;

struct into_memory {
  static constexpr bool reads = false;
  std::string held;
  void bytes(const void* p, std::size_t n) { held.append(static_cast<const char*>(p), n); }
};
struct from_memory {
  static constexpr bool reads = true;
  std::string held;
  std::size_t at = 0;
  void allow(std::uint64_t n, std::uint64_t size) {
    if (n * size > 1'000'000) throw tepui::bad_data("too much");
  }
  void bytes(void* p, std::size_t n) {
    if (n > held.size() - at) throw tepui::bad_data("cut short");
    if (n > 0) std::memcpy(p, held.data() + at, n);
    at += n;
  }
};
template <class T>
T there_and_back(T x) {
  into_memory out;
  wire::pass(out, x);
  from_memory in{out.held};
  T back{};
  wire::pass(in, back);
  CHECK(in.at == in.held.size());
  return back;
}

TEST_CASE("a dataset comes through as it was") {
  const tepui::dataset<> before = io_files::small(), after = there_and_back(before);
  CHECK(after.x.gene == before.x.gene);
  CHECK(after.x.value == before.x.value);
  CHECK(after.x.row_end == before.x.row_end);
  CHECK(after.obs.index == before.obs.index);
  CHECK(after.genes == before.genes);
  CHECK(std::get<tepui::categorical>(*after.obs.find("type")).code == std::vector<std::int32_t>{1, -1, 0});
  CHECK(std::get<2>(*after.obs.find("n")) == std::get<2>(*before.obs.find("n")));
  CHECK(std::get<3>(*after.obs.find("good")) == std::get<3>(*before.obs.find("good")));
  CHECK(std::get<4>(*after.obs.find("note")) == std::get<4>(*before.obs.find("note")));
}
TEST_CASE("any names and numbers come through") {
  CHECK(rc::check([](const std::vector<std::string>& texts, const std::map<std::string, double>& numbers) {
    RC_ASSERT(there_and_back(texts) == texts);
    RC_ASSERT(there_and_back(numbers) == numbers);
  }));
}
TEST_CASE("a declared size beyond the budget is refused before it is made") {
  into_memory out;
  std::uint64_t huge = std::uint64_t{1} << 40;
  wire::pass(out, huge);
  from_memory in{out.held};
  std::vector<double> v;
  CHECK_THROWS_AS(wire::pass(in, v), tepui::bad_data);
  CHECK(v.empty());
}
}  // namespace
}  // namespace test_io_wire
