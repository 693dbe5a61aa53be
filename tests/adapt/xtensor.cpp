#include <tepui/adapt/xtensor.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::xtensor_views {
namespace {

TEST_CASE("an embedding is seen as [cells, dims], on the same memory") {
  embedding_batch<> cells;
  cells.resize(2, 3);
  for (int i = 0; i < 6; ++i) cells.value[usize(i)] = static_cast<float>(i);
  auto tensor = adapt::tensor_of(cells);
  CHECK(tensor.dimension() == 2);
  CHECK(tensor.shape(0) == 2);
  CHECK(tensor.shape(1) == 3);
  CHECK(tensor(1, 2) == 5);
  CHECK(tensor.data() == cells.value.data());
  tensor(0, 1) = 40;
  CHECK(cells.row(0)[1] == 40);

  const embedding_batch<>& fixed = cells;
  CHECK(adapt::tensor_of(fixed)(0, 1) == 40);
  CHECK(adapt::tensor_of(cells.view())(1, 0) == 3);
}

TEST_CASE("an embedding without cells is a tensor without rows") {
  embedding_batch<> none;
  none.resize(0, 3);
  CHECK(adapt::tensor_of(none).size() == 0);
  CHECK(adapt::tensor_of(none).shape(1) == 3);
}

TEST_CASE("padded tokens are seen as [cells, slots], on the same memory") {
  const adapt::padded_tokens<float> tokens{2, 2, {1, 2, 3, 0}, {0.5F, 0.25F, 4.0F, 0.0F}, {2, 1}};
  CHECK(adapt::id_tensor(tokens)(1, 0) == 3);
  CHECK(adapt::value_tensor(tokens)(0, 1) == 0.25F);
  CHECK(adapt::n_used_tensor(tokens)(1) == 1);
  CHECK(adapt::id_tensor(tokens).data() == tokens.id.data());
  CHECK(adapt::id_tensor(tokens).shape(1) == 2);
}

}  // namespace
}  // namespace tepui::tests::xtensor_views
