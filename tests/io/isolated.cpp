#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include <tepui/io/isolated.hpp>

#include "io/files.hpp"

namespace test_io_isolated {
namespace {
namespace io = tepui::io;

template <class Read>
std::string sentence_of(Read read, io::read_options options = {}) {
  return io_files::refusal([&] { return io::isolated("some.h5ad", options, read); });
}

TEST_CASE("an answer comes back from the child, whatever its size") {
  std::vector<std::int64_t> big(300'000);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<std::int64_t>(i * i);
  CHECK(io::isolated("f", {}, [&] { return big; }) == big);
  CHECK(io::isolated("f", {.isolate = false}, [&] { return big; }) == big);
}
TEST_CASE("what the child throws is thrown here, in its words") {
  CHECK(sentence_of([]() -> int { throw tepui::bad_data("row 3 is wrong"); }) == "row 3 is wrong");
  CHECK_THROWS_WITH_AS(io::isolated("f", {}, []() -> int { throw tepui::bad_option("no such genome"); }), "no such genome",
                       tepui::bad_option);
  CHECK(sentence_of([]() -> int { throw std::runtime_error("odd"); }).find("(odd)") != std::string::npos);
  CHECK(sentence_of([]() -> int { throw std::bad_alloc(); }).find("more memory") != std::string::npos);
}
TEST_CASE("a child that crashes becomes one sentence") {
  const std::string crash = sentence_of([]() -> int {
    std::raise(SIGSEGV);
    return 0;
  });
  CHECK(crash.find("file 'some.h5ad': it is damaged so that the HDF5 library crashes on it (signal 11)") == 0);
}
TEST_CASE("a child that does not end is ended") {
  const std::string endless = sentence_of(
      []() -> int {
        for (volatile bool on = true; on;) {
        }
        return 0;
      },
      {.max_seconds = 0.5});
  CHECK(endless.find("took longer than 0.5 s") != std::string::npos);
}
TEST_CASE("an answer larger than the budget is refused") {
  const std::string large = sentence_of([] { return std::vector<double>(1 << 20); }, {.max_bytes = 1 << 20});
  CHECK(!large.empty());
}
}  // namespace
}  // namespace test_io_isolated
