#include <tepui/adapt/padded_tokens.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::padded_tokens {
namespace {

token_batch<channels<channel::value, channel::bin>> three_cells() {
  token_batch<channels<channel::value, channel::bin>> tokens;
  tokens.clear();
  tokens.n_vocabulary = 10;
  tokens.add_token(0, 0.5F, 7);
  tokens.add_token(9, 0.25F, 3);
  tokens.add_token(4, 0.125F, 1);
  tokens.end_cell();
  tokens.end_cell();
  tokens.add_token(2, 2.0F, 5);
  tokens.end_cell();
  tokens.cell_id = {1, 2, 3};
  return tokens;
}

TEST_CASE("tokens move up by one, and 0 fills the slots that are not used") {
  const auto tokens = three_cells();
  const auto padded = adapt::pad_tokens<channel::value>(tokens.view(), 4);
  CHECK(padded.id == std::vector<std::int32_t>{1, 10, 5, 0, 0, 0, 0, 0, 3, 0, 0, 0});
  CHECK(padded.value == std::vector<float>{0.5F, 0.25F, 0.125F, 0, 0, 0, 0, 0, 2, 0, 0, 0});
  CHECK(padded.n_used == std::vector<std::int32_t>{3, 0, 1});
}

TEST_CASE("a cell with more tokens than slots keeps the first, and a channel may change its type") {
  const auto tokens = three_cells();
  const auto padded = adapt::pad_tokens<channel::bin, float>(tokens.view(), 2);
  CHECK(padded.id == std::vector<std::int32_t>{1, 10, 0, 0, 3, 0});
  CHECK(padded.value == std::vector<float>{7, 3, 0, 0, 5, 0});
  CHECK(padded.n_used == std::vector<std::int32_t>{2, 0, 1});
}

TEST_CASE("no cells give an empty rectangle, 0 slots are refused") {
  token_batch<channels<channel::value>> none;
  none.clear();
  CHECK(adapt::pad_tokens<channel::value>(none.view(), 3).id.empty());
  CHECK_THROWS_AS((void)adapt::pad_tokens<channel::value>(none.view(), 0), bad_option);
}

}  // namespace
}  // namespace tepui::tests::padded_tokens
