#include <doctest/doctest.h>

#include <string>

#include <tepui/io/flat_json.hpp>

#include "io/files.hpp"

namespace test_io_flat_json {
namespace {
namespace io = tepui::io;

TEST_CASE("an object of names and numbers, in its order") {
  const auto got = io::flat_json::entries("{\"<pad>\": 0, \"A\": -1.5, \"B\": 2e3}", "x");
  REQUIRE(got.size() == 3);
  CHECK(got[0].name == "<pad>");
  CHECK(got[0].is_whole);
  CHECK(got[1].value == -1.5);
  CHECK_FALSE(got[1].is_whole);
  CHECK(got[2].value == 2000);
  CHECK(io::flat_json::entries("{}", "x").empty());
}
TEST_CASE("anything else is refused with its place") {
  const auto refused = [](const char* text) {
    return io_files::refusal([&] { return io::flat_json::entries(text, "x.json"); });
  };
  CHECK(refused("{\"A\": \"1\"}") ==
        "file 'x.json', entry 'A': it holds '1' where a number is wanted; give {\"name\": number, ...}");
  CHECK(refused("{\"A\": {\"B\": 1}}").find("entry 'A': it holds an object") != std::string::npos);
  CHECK(refused("{\"A\": [1]}").find("a list") != std::string::npos);
  CHECK(refused("{\"A\": null}").find("null") != std::string::npos);
  CHECK(refused("[1, 2]").find("a list where an object of names and numbers is wanted") != std::string::npos);
  CHECK(refused("3").find("it holds 3 where an object") != std::string::npos);
  for (const char* text : {"", "{", "{\"A\" 1}", "{\"A\": 1", "{\"A\": 1}}", "\xFF", "{\"A\": 1e999}"})
    CHECK(refused(text).find("it is no JSON") != std::string::npos);
  CHECK(refused(std::string(100000, '[').c_str()).find("a list") != std::string::npos);
}
}  // namespace
}  // namespace test_io_flat_json
