#include <tepui/metric/partition/contingency.hpp>

#include <doctest/doctest.h>

#include <tepui/metric/partition/two_partitions.hpp>

namespace tepui::tests::contingency_table {
namespace {

using metric::contingency;

TEST_CASE("a table keeps occupied places only, in order") {
  const std::vector<std::int32_t> truth{2, 0, 2, 0, 2}, found{1, 4, 1, 0, 0};
  const contingency of(truth, found);
  REQUIRE(of.place.size() == 4);
  CHECK(of.place[0].truth == 0);
  CHECK(of.place[0].found == 0);
  CHECK(of.place[1].found == 4);
  CHECK(of.place[3].truth == 2);
  CHECK(of.place[3].found == 1);
  CHECK(of.place[3].cells == 2);
  CHECK(of.truth == std::vector<std::int64_t>{2, 0, 3});
  CHECK(of.found == std::vector<std::int64_t>{2, 2, 0, 0, 1});
  CHECK(of.n_truth() == 2);
  CHECK(of.n_found() == 3);
  CHECK(of.n == 5);
}

TEST_CASE("a table does not depend on the order of the cells, and can be counted again") {
  const std::vector<std::int32_t> truth{0, 0, 1, 1}, found{1, 0, 0, 0}, truth_turned{1, 1, 0, 0}, found_turned{0, 0, 0, 1};
  contingency a(truth, found);
  const contingency b(truth_turned, found_turned);
  REQUIRE(a.place.size() == b.place.size());
  for (std::size_t p = 0; p < a.place.size(); ++p) CHECK(a.place[p].cells == b.place[p].cells);
  a.recount(std::vector<std::int64_t>{3, 0, 4});
  CHECK(a.n == 7);
  CHECK(a.truth == std::vector<std::int64_t>{3, 4});
  CHECK(a.found == std::vector<std::int64_t>{7, 0});
}

TEST_CASE("missing labels and other lengths are refused in words") {
  const std::vector<std::int32_t> two{0, 1}, missing{0, -1}, three{0, 1, 2};
  CHECK_THROWS_WITH_AS(static_cast<void>(contingency(two, missing)),
                       "cell 1 has the cluster -1, but codes begin at 0 (-1 means missing); leave cells without one out",
                       bad_data);
  CHECK_THROWS_AS(static_cast<void>(contingency(two, three)), bad_data);
  CHECK(metric::two_partitions(two, two).counts.n == 2);
  CHECK(contingency(std::span<const std::int32_t>{}, std::span<const std::int32_t>{}).place.empty());
}

}  // namespace
}  // namespace tepui::tests::contingency_table
