#include <tepui/embed/named_vectors.hpp>

#include <limits>

#include <doctest/doctest.h>

namespace tepui::tests::named_vectors_type {
namespace {

using embed::named_vectors;

TEST_CASE("vectors know their names, and are told apart by what they hold") {
  const named_vectors a({"TP53", "MYC"}, 2, {1, 2, 3, 4}, "mine"), same = a, other({"TP53", "MYC"}, 2, {1, 2, 3, 5}, "mine");
  CHECK(a.size() == 2);
  CHECK(a.row(1)[0] == 3);
  CHECK(a.describe().substr(0, 13) == "mine, 2 x 2, ");
  CHECK(a.describe() == same.describe());
  CHECK(a.describe() != other.describe());
  CHECK(named_vectors().size() == 0);
  CHECK(named_vectors().describe().substr(0, 7) == "0 x 0, ");
}

TEST_CASE("the first dims of each vector") {
  const named_vectors a({"TP53", "MYC"}, 3, {1, 2, 3, 4, 5, 6}, "mine"), two = truncated(a, 2);
  CHECK(two.row(1)[1] == 5);
  CHECK(two.source() == "mine (first 2 dims)");
  CHECK_THROWS_WITH_AS(static_cast<void>(truncated(a, 4)), "gene vectors with 3 dims cannot be cut to 4; ask for 1 to 3",
                       bad_option);
}

TEST_CASE("what cannot be vectors is refused with a sentence") {
  CHECK_THROWS_WITH_AS(named_vectors({"A"}, 2, {1}, "f"), doctest::Contains("of f have 1 names, 2 dims and 1 numbers"),
                       bad_data);
  CHECK_THROWS_AS(named_vectors({}, 2, {}), bad_data);
  CHECK_THROWS_WITH_AS(named_vectors({"A", "A"}, 1, {1, 2}), doctest::Contains("two vectors for 'A'"), bad_data);
  CHECK_THROWS_WITH_AS(named_vectors({"A", "B"}, 2, {1, 2, 3, std::numeric_limits<float>::quiet_NaN()}),
                       doctest::Contains("for 'B' in dim 1"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::named_vectors_type
