#include <doctest/doctest.h>

#include <tepui/flow/tokens.hpp>

namespace test_flow_tokens {
namespace {
using namespace tepui;

TEST_CASE("tokens are ragged, with channels beside them") {
  token_batch<channels<channel::value, channel::bin>> t;
  t.n_vocabulary = 9;
  t.clear();
  t.add_token(3, 0.5F, 2);
  t.add_token(1, 0.25F, 1);
  t.end_cell();
  t.end_cell();
  t.cell_id = {7, 8};
  const auto view = t.view();
  CHECK(view.n_cells() == 2);
  CHECK(view.n_tokens(0) == 2);
  CHECK(view.n_tokens(1) == 0);
  CHECK(view.ids_of(0)[1] == 1);
  CHECK(view.of<channel::value>(0)[0] == 0.5F);
  CHECK(view.get<channel::bin>()[1] == 1);
}

TEST_CASE("a batch without channels carries ids alone") {
  token_batch<> t;
  t.clear();
  t.add_token(5);
  t.end_cell();
  CHECK(t.view(cell_axis<>()).ids_of(0)[0] == 5);
}

TEST_CASE("nothing is left of an earlier batch") {
  token_batch<channels<channel::value>> t;
  t.clear();
  t.add_token(1, 1.0F);
  t.end_cell();
  t.clear();
  CHECK(t.n_cells() == 0);
  CHECK(t.get<channel::value>().empty());
}

static_assert(channels_within<channels<>, channels<channel::bin>>);
static_assert(channels_within<channels<channel::bin>, channels<channel::value, channel::bin>>);
static_assert(!channels_within<channels<channel::mask>, channels<channel::value>>);
}  // namespace
}  // namespace test_flow_tokens
