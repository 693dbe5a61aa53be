#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <tepui/study/text_file.hpp>

namespace test_study_text_file {
namespace {
namespace fs = std::filesystem;

TEST_CASE("a file is replaced whole, and a failure names it and leaves nothing behind") {
  std::string folder = (fs::temp_directory_path() / "tepui_text_XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/table.csv";
  tepui::study::write_text_file(path, "one");
  tepui::study::write_text_file(path, "two\n");
  std::ifstream in(path);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "two\n");
  CHECK_FALSE(fs::exists(path + ".part"));
  CHECK_THROWS_AS(tepui::study::write_text_file(folder + "/no/table.csv", "x"), std::runtime_error);
  fs::create_directory(folder + "/taken");
  CHECK_THROWS_AS(tepui::study::write_text_file(folder + "/taken", "x"), std::runtime_error);
  CHECK_FALSE(fs::exists(folder + "/taken.part"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace test_study_text_file
