#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include <tepui/io/value_rules.hpp>

#include "io/files.hpp"

namespace test_io_value_rules {
namespace {
namespace io = tepui::io;
namespace scale = tepui::scale;

template <class Scale>
std::string refused(std::vector<double> values) {
  const std::vector<std::string> cells{"AAAC", "TTTG"};
  const tepui::gene_table genes{{"ENSG00000000001", ""}, {"CD3E", ""}};
  io::value_rules<Scale> rules("f.h5ad", "/X", cells, genes);
  std::vector<float> out(values.size());
  return io_files::refusal([&] {
    rules.accept(values, out, [](std::size_t k) { return io::matrix_place{static_cast<std::int64_t>(k), 0}; });
    rules.finish();
    return 0;
  });
}
const double infinite = std::numeric_limits<double>::infinity(), none = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a raw count is a whole number from 0 to 2^24, and a refusal names cell, gene and value") {
  CHECK(refused<scale::raw>({0, 1, 16'777'216}).empty());
  CHECK(refused<scale::raw>({1, -3}).find("'/X': cell 1 'TTTG', gene 0 'CD3E' holds -3, and a raw count is never negative") !=
        std::string::npos);
  CHECK(refused<scale::raw>({1.5}).find("cell 0 'AAAC', gene 0 'CD3E' holds 1.5, and a raw count is a whole number") !=
        std::string::npos);
  CHECK(refused<scale::raw>({16'777'217}).find("2^24") != std::string::npos);
}
TEST_CASE("no scale holds what is not finite") {
  for (const double v : {infinite, -infinite, none}) {
    CHECK(refused<scale::raw>({v}).find("finite") != std::string::npos);
    CHECK(refused<scale::log1p>({v}).find("finite") != std::string::npos);
    CHECK(refused<scale::other>({v}).find("finite") != std::string::npos);
  }
  CHECK(refused<scale::other>({1e300}).find("3.4e38") != std::string::npos);
}
TEST_CASE("logarithms and normalised counts are not negative, other values may be") {
  CHECK(!refused<scale::log1p>({-0.5}).empty());
  CHECK(!refused<scale::normalised>({-0.5}).empty());
  CHECK(refused<scale::other>({-0.5, 1}).empty());
}
TEST_CASE("whole numbers of which some are negative are damaged counts") {
  CHECK(refused<scale::other>({4, -3, 2}).find("damaged counts") != std::string::npos);
  CHECK(refused<scale::other>({4, -3, 2.5}).empty());
}
TEST_CASE("facts say what values have in common") {
  io::value_facts facts;
  for (const double v : {0.0, 3.0}) facts.see(v);
  CHECK(facts.counts());
  facts.see(0.5);
  CHECK(facts.fractions);
  CHECK_FALSE(facts.counts());
}
}  // namespace
}  // namespace test_io_value_rules
