#include <doctest/doctest.h>

#include <tepui/flow/matrix.hpp>
#include <type_traits>

namespace test_flow_matrix {
namespace {
using namespace tepui;

TEST_CASE("a row is one cell") {
  embedding_batch<> e;
  e.resize(2, 3);
  e.cell_id = {4, 5};
  e.row(1)[2] = 9;
  CHECK(e.value[5] == 9.0F);
  CHECK(e.view().row(1)[2] == 9.0F);
  CHECK(e.view().n_cells() == 2);
}

TEST_CASE("an embedding, an expression matrix and a prediction are different types") {
  static_assert(!std::is_same_v<embedding_batch<>, dense<>>);
  static_assert(!std::is_same_v<prediction<>, embedding_batch<>>);
  static_assert(!std::is_same_v<dense<scale::raw>, dense<scale::log1p>>);
  prediction<> p;
  p.resize(1, 4);
  CHECK(p.row(0).size() == 4);
}
}  // namespace
}  // namespace test_flow_matrix
