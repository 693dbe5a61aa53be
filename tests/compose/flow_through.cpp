#include <doctest/doctest.h>

#include "compose/toy_stages.hpp"

namespace test_compose_flow_through {
namespace {
using namespace tepui;

TEST_CASE("a batch passes the stages in order, and its cells keep their ids") {
  const auto d = toy::three_cells();
  const std::tuple stages(toy::twice{}, toy::as_tokens{});
  rooms<port::counts<scale::raw>, host, toy::twice, toy::as_tokens> room;
  const auto tokens = send_through(stages, d.x.view(), room, 0);
  CHECK(tokens.of<channel::value>(0)[1] == 6.0F);
  CHECK(tokens.cells.id[2] == 9);
  static_assert(std::is_same_v<decltype(room)::last_port, port::tokens<channel::value>>);
}

TEST_CASE("no stages give back what came in") {
  const auto d = toy::three_cells();
  rooms<port::counts<scale::raw>, host> room;
  CHECK(send_through(std::tuple<>(), d.x.view(), room, 0).gene.data() == d.x.gene.data());
}
}  // namespace
}  // namespace test_compose_flow_through
