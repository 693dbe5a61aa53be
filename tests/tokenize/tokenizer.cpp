#include <tepui/tokenize/tokenizer.hpp>

#include <doctest/doctest.h>

#include <tepui/compose/pipeline.hpp>
#include <tepui/tokenize/compat.hpp>
#include <tepui/tokenize/composition/by_program.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/gene_scaled.hpp>
#include <tepui/tokenize/expression/mapped.hpp>
#include <tepui/tokenize/expression/quantile_bins.hpp>
#include <tepui/tokenize/identity/named.hpp>

#include "laws/tokenizer_laws.hpp"
#include "tokenize/said.hpp"

namespace tepui::tests::three_axes {
namespace {

using namespace tokenize;
namespace e = tokenize::expression;
namespace c = tokenize::composition;

vocabulary words(std::int32_t n_genes) {
  vocabulary out;
  for (const char* special : {"<pad>", "<mask>", "<cls>", "<eos>"}) {
    out.name.push_back(special);
    out.id.push_back(out.size() - 1);
  }
  for (std::int32_t g = 0; g < n_genes; g += 2) {  // every other gene is not in it
    out.name.push_back(laws::law_genes(n_genes).id[usize(g)]);
    out.id.push_back(100 + g);
  }
  out.source = "words";
  return out;
}
gene_positions positions(std::int32_t n_genes) {
  gene_positions out;
  for (std::int32_t g = 0; g + 1 < n_genes; ++g) {  // the last gene lies nowhere
    out.name.push_back("g" + std::to_string(g));
    out.chromosome.push_back(g % 3 == 0 ? "chr2" : "chr1");
    out.start.push_back(1000.0 - g);
  }
  return out;
}

template <class Identity, class Expression, class Composition>
auto made(Identity identity, Expression expression, Composition composition) {
  return tokenizer<Identity, Expression, Composition>{std::move(identity), std::move(expression), std::move(composition)};
}

TEST_CASE("mixtures of the axes keep the laws of a tokenizer") {
  const identity::columns columns;
  const identity::named named{words(12), 0.1};
  laws::tokenizer<scale::raw>(made(named, e::unsaid{}, c::in_sequence(c::by_expression<4>{}, c::first{}, c::last{})));
  laws::tokenizer<scale::raw>(made(columns, e::quantile_bins<5>{side::random}, c::in_sequence(c::at_random{}, c::truncate<5>{}, c::first{})));
  laws::tokenizer<scale::log1p>(made(named, e::floor_bins<3>{}, c::in_sequence(c::all_genes{}, c::expressed_first_at_random{})));
  laws::tokenizer<scale::raw>(made(columns, e::gene_scaled_by{{{"g1", "g2", "ENSG00"}, {2, 4, 8}, ""}, 1e4, 0.1},
                                   c::in_sequence(c::by_expression<6, key::level>{}, c::depth_tokens{})));
  laws::tokenizer<scale::raw>(made(columns, e::share_of_log{}, c::in_sequence(c::all_genes{}, c::by_expression_random_ties<>{}, c::truncate<3>{},
                                                                             c::fill_unexpressed<9>{})));
  laws::tokenizer<scale::raw>(made(columns, e::clipped{2}, c::in_sequence(c::weighted_sample<7>{}, c::by_chromosome<>{positions(12)}, c::first{})));
  laws::tokenizer<scale::raw>(made(named, e::values{}, c::in_sequence(c::all_genes{}, c::weighted_subset<5>{})));
  laws::tokenizer<scale::raw>(made(columns, e::quantile_bins<4, edges::inner>{side::lowest},
                                   c::in_sequence(c::by_expression<9>{}, c::by_program{{{"odd", {"g1", "g3", "g5"}}, {"low", {"g0", "g1"}}}, true})));
}

TEST_CASE("a gene that the vocabulary does not know gives no token and does not count in bins") {
  // Genes 0 and 2 are known; the values of 1 and 3 must not move the edges.
  const auto stage = made(identity::named{words(4), 0.1}, e::quantile_bins<3>{}, c::by_gene{});
  const auto with = said({{{0, 1.0F}, {1, 50.0F}, {2, 2.0F}, {3, 60.0F}}}, 4, stage);
  const auto without = said({{{0, 1.0F}, {2, 2.0F}}}, 4, stage);
  CHECK(ids_of(with) == ids{100, 102});
  CHECK(channel_of<channel::bin>(with) == std::vector<double>{1, 2});
  CHECK(channel_of<channel::bin>(with) == channel_of<channel::bin>(without));
}

TEST_CASE("special tokens are no genes: a gene with id 0 and a value equal to any number are tokens like others") {
  vocabulary zero;
  zero.name = {"g1", "<cls>", "g0"};
  zero.id = {0, 1, 2};
  const auto stage = made(identity::named{zero, 0.1}, e::values{}, c::in_sequence(c::by_gene{}, c::first{{"<cls>"}, {-2.0}}));
  const auto got = said<scale::other>({{{0, -1.0F}, {1, -2.0F}}, {}}, 3, stage);
  CHECK(ids_of(got) == ids{1, 2, 0});
  CHECK(channel_of<channel::value>(got) == std::vector<double>{-2, -1, -2});
  CHECK(ids_of(got, 1) == ids{1});  // an empty cell has its special tokens
  CHECK(got.n_vocabulary == 3);
}

TEST_CASE("the stages behind know the names of the tokens by their ids") {
  const auto train = laws::training<scale::raw>(laws::training_plain<scale::raw>(4), 4);
  const fit_context context{kernel::draws(1, "test")};
  const auto plain = made(identity::columns{}, e::values{}, c::in_sequence(c::by_gene{}, c::first{}));
  CHECK(plain.genes_out(train.genes()).symbol == std::vector<std::string>{"g0", "g1", "g2", "g3", "<cls>"});
  const auto named = made(identity::named{words(4), 0.1}, e::values{}, c::in_sequence(c::by_gene{}, c::first{})).fit(train, context);
  const auto names = named.genes_out(train.genes());
  REQUIRE(names.size() == 103);
  CHECK(names.symbol[2] == "<cls>");
  CHECK(names.id[102] == "ENSG02");
  CHECK(names.symbol[102] == "g2");
}

TEST_CASE("a fitted mixture is kept in arrays and comes back the same") {
  dataset<> data;
  data.genes = laws::law_genes(12);
  data.x = laws::batch_of<scale::raw>(laws::training_plain<scale::raw>(12), 12);
  const auto stage = made(identity::named{words(12), 0.1}, e::gene_scaled_by{{{"g0", "g2", "g4"}, {1, 2, 3}, ""}, 1e4, 0.1},
                          c::in_sequence(c::by_expression<5, key::level>{}, c::first{}, c::by_program{{{"p", {"g0", "g4"}}}, false}));
  const auto model = compose(stage);
  const auto fitted = model.fit(data);
  using fitted_type = std::remove_cvref_t<decltype(fitted)>;
  const auto again = fitted_type::from(fitted.arrays());
  const auto a = fitted.tokens(data), b = again.tokens(data);
  CHECK(std::vector<std::int32_t>(a.id.begin(), a.id.end()) == std::vector<std::int32_t>(b.id.begin(), b.id.end()));
  CHECK(again.describe() == fitted.describe());
}

TEST_CASE("what an axis was bound to is checked before the first cell") {
  const auto train = laws::training<scale::raw>(laws::training_plain<scale::raw>(4), 4);
  const auto named = made(identity::named{words(4), 0.1}, e::values{}, c::by_gene{}).fit(train, fit_context{});
  CHECK_THROWS_WITH_AS(said({{}}, 5, named),
                       "the vocabulary was bound to 4 genes, but these cells have 5 columns; bring them into the order of the "
                       "training genes first",
                       bad_data);
}

}  // namespace
}  // namespace tepui::tests::three_axes
