#include <tepui/tokenize/expression/shared_level.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/order.hpp>
#include <tepui/tokenize/composition/sequence.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>

#include "laws/tokenizer_laws.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::shared_level_expression {
namespace {

namespace e = tokenize::expression;
namespace c = tokenize::composition;
template <class Expression>
auto expressed(Expression expression) {
  return tokenize::tokenizer<tokenize::identity::columns, Expression, c::by_gene>{{}, expression, {}};
}
using bins = e::middle_where_alike<e::quantile_bins<7, tokenize::edges::inner>, 3>;

TEST_CASE("both keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(expressed(bins{{tokenize::side::lowest}}));
  laws::tokenizer<scale::raw>(expressed(e::log_of_scaled{}));
}
TEST_CASE("cells whose values are all alike take the middle bin, others their own") {
  const auto tokens = said({{{0, 2.0F}, {1, 2.0F}}, {{0, 2.0F}, {1, 3.0F}}, {}}, 2, expressed(bins{}));
  CHECK(channel_of<channel::bin>(tokens, 0) == std::vector<double>{3, 3});
  CHECK(channel_of<channel::bin>(tokens, 1) != std::vector<double>{3, 3});
  const auto dense =
      said({{{1, 2.0F}}}, 3, tokenize::tokenizer<tokenize::identity::columns, bins, c::sequence<c::all_genes>>{});
  CHECK(channel_of<channel::bin>(dense, 0) == std::vector<double>{0, 3, 0});
}
TEST_CASE("the log of a scaled count reads the whole cell") {
  const auto tokens = said({{{0, 1.0F}, {1, 3.0F}}}, 2, expressed(e::log_of_scaled{.target = 8}));
  CHECK(channel_of<channel::value>(tokens, 0) ==
        std::vector<double>{static_cast<double>(static_cast<float>(std::log1p(2.0))),
                            static_cast<double>(static_cast<float>(std::log1p(6.0)))});
}

}  // namespace
}  // namespace tepui::tests::shared_level_expression
