#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <tepui/io/hdf5_attributes.hpp>
#include <tepui/io/hdf5_write.hpp>

#include "io/files.hpp"

namespace test_io_hdf5_attributes {
namespace {
namespace hdf5 = tepui::io::hdf5;

TEST_CASE("notes come back as they were written") {
  const std::string path = io_files::scratch("notes.h5");
  {
    hdf5::file_writer to(path);
    to.group("/g");
    to.text_attribute("/g", "kind", "β");
    to.texts_attribute("/g", "order", std::vector<std::string>{"a", "", "c"});
    to.texts_attribute("/g", "none", {});
    to.numbers_attribute("/g", "shape", {3, 4});
    to.boolean_attribute("/g", "ordered", true);
    to.commit();
  }
  const hdf5::source from(path, {});
  CHECK(hdf5::text_attribute(from, "/g", "kind") == "β");
  CHECK(hdf5::text_attribute(from, "/g", "absent") == std::nullopt);
  CHECK(hdf5::attribute(from, "/g", "order").texts() == std::vector<std::string>{"a", "", "c"});
  CHECK(hdf5::attribute(from, "/g", "none").size() == 0);
  CHECK(hdf5::attribute(from, "/g", "shape").whole_numbers() == std::vector<std::int64_t>{3, 4});
  CHECK(hdf5::attribute(from, "/g", "ordered").truth());
  CHECK(io_files::refusal([&] { return hdf5::attribute(from, "/g", "shape").texts(); }).find("where text is needed") !=
        std::string::npos);
  CHECK(io_files::refusal([&] { return hdf5::attribute(from, "/g", "kind").truth(); }).find("true/false") != std::string::npos);
  CHECK(io_files::refusal([&] { return hdf5::text_attribute(from, "/g", "order"); }).find("one text") != std::string::npos);
}
}  // namespace
}  // namespace test_io_hdf5_attributes
