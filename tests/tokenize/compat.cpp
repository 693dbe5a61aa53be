#include <tepui/tokenize/compat.hpp>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/sequence.hpp>

#include "laws/tokenizer_laws.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::compat_steps {
namespace {

namespace c = tokenize::composition;

TEST_CASE("State's <cls> carries the value of an unrelated gene") {
  const auto stage = composed(c::in_sequence(c::all_genes{}, tokenize::compat::cls_with_value_of_gene{}));
  laws::tokenizer<scale::raw>(stage);
  const auto tokens = said({{{1, 5.0F}, {3, 7.0F}}, {{1, 5.0F}}}, 4, stage);
  CHECK(ids_of(tokens, 0) == ids{4, 0, 1, 2, 3});
  CHECK(channel_of<channel::value>(tokens, 0) == std::vector<double>{7, 0, 5, 0, 7});
  CHECK(channel_of<channel::value>(tokens, 1)[0] == 0);
  CHECK(channel_of<channel::value>(said({{{1, 5.0F}}}, 2, stage), 0)[0] == 0);  // fewer genes than that
}

}  // namespace
}  // namespace tepui::tests::compat_steps
