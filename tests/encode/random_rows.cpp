#include <tepui/encode/random_rows.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::random_rows {
namespace {

using signs = encode::random_rows<70, encode::random_entry::sign>;
using normals = encode::random_rows<70, encode::random_entry::normal>;

template <class Rows>
std::vector<float> row(Rows& rows, std::int64_t r) {
  const float* const from = rows.row(r);
  return {from, from + 70};
}

TEST_CASE("a row is the same whenever it is asked for, and others are others") {
  signs a, b;
  a.prepare(10, kernel::draws(1, "x"));
  b.prepare(10, kernel::draws(1, "x"));
  const auto third = row(a, 3);
  CHECK(row(a, 4) != third);
  CHECK(row(b, 3) == third);
  CHECK(row(a, 3) == third);
  for (const float v : third) CHECK((v == 1.0F || v == -1.0F));
}

TEST_CASE("other draws give other rows, also in a room that was used before") {
  signs a;
  a.prepare(10, kernel::draws(1, "x"));
  const auto before = row(a, 3);
  a.prepare(10, kernel::draws(2, "x"));
  CHECK(row(a, 3) != before);
  a.prepare(10, kernel::draws(1, "x"));
  CHECK(row(a, 3) == before);
}

TEST_CASE("normal entries have mean 0 and variance 1") {
  normals a;
  a.prepare(500, kernel::draws(1, "x"));
  double sum = 0, squares = 0;
  for (std::int64_t r = 0; r < 500; ++r)
    for (const float v : row(a, r)) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
  CHECK(std::abs(sum / 35000) < 0.02);
  CHECK(std::abs(squares / 35000 - 1) < 0.03);
}

}  // namespace
}  // namespace tepui::tests::random_rows
