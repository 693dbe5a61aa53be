#include <tepui/flow/token_vectors.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::token_vector_batches {
namespace {

TEST_CASE("a batch of token vectors is a batch of tokens with a vector each") {
  token_vector_batch<channels<channel::value>> batch;
  batch.clear(2);
  batch.n_vocabulary = 9;
  batch.add_token(4, 1.5F);
  batch.add_token(2, 0.5F);
  batch.end_cell();
  batch.end_cell();  // an empty cell
  batch.add_token(7, 3.0F);
  batch.end_cell();
  batch.cell_id = {10, 11, 12};
  const auto room = batch.room_for_vectors();
  for (std::size_t i = 0; i < room.size(); ++i) room[i] = static_cast<float>(i);

  const auto view = batch.view();
  static_assert(token_vectors_like<std::remove_const_t<decltype(view)>>);
  CHECK(view.n_cells() == 3);
  CHECK(view.n_tokens(0) == 2);
  CHECK(view.n_vocabulary == 9);
  CHECK(view.ids_of(0)[1] == 2);
  CHECK(view.of<channel::value>(2)[0] == 3.0F);
  CHECK(view.vectors_of(0).size() == 4);
  CHECK(view.vectors_of(0)[3] == 3.0F);
  CHECK(view.vectors_of(1).empty());
  CHECK(view.vectors_of(2)[0] == 4.0F);
  CHECK(view.cells.id[2] == 12);

  batch.clear(3);
  CHECK(batch.n_cells() == 0);
  CHECK(batch.room_for_vectors().empty());
}

}  // namespace
}  // namespace tepui::tests::token_vector_batches
