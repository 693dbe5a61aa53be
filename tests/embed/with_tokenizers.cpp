// Embedders behind the tokenizers that they are made for.
#include <doctest/doctest.h>

#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/frozen.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/weighted_sum.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/composition/chromosomes.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/columns.hpp>
#include <tepui/tokenize/rank.hpp>
#include <tepui/tokenize/tokenizer.hpp>

#include "laws/count_batches.hpp"

namespace tepui::tests::embed_with_tokenizers {
namespace {

using namespace embed;

dataset<scale::raw> cells() {
  dataset<scale::raw> data;
  data.genes = laws::law_genes(12);
  data.x = laws::batch_of<scale::raw>(laws::training_plain<scale::raw>(12), 12);
  return data;
}

TEST_CASE("bins have vectors of their own, and as many as the tokenizer makes") {
  const auto data = cells();
  const auto enough =
      compose(tokenize::binned<11>{}, token_vectors<learned<8>, categories<8, 11>>{}, encode::mean_of_vectors{});
  CHECK(enough.fit(data).embed(data).n_columns == 8);
  const auto few = compose(tokenize::binned<11>{}, token_vectors<learned<8>, categories<8, 4>>{}, encode::mean_of_vectors{});
  CHECK_THROWS_WITH_AS(static_cast<void>(few.fit(data).embed(data)),
                       doctest::Contains("categories has vectors for bins 0 to 3"), bad_data);
}

TEST_CASE("GenePT-w is vectors from outside, summed by value") {
  const auto data = cells();
  std::vector<float> values;
  for (int i = 0; i < 24; ++i) values.push_back(static_cast<float>(i % 5) - 2);
  const named_vectors texts(data.genes.symbol, 2, values, "texts");
  const auto fitted =
      compose(tokenize::rank<>{}, token_vectors<frozen<2>>{{texts}}, encode::weighted_sum<encode::sum_length::as_it_is>{})
          .fit(data);
  const auto got = fitted.embed(data);
  const auto x = data.x.view();
  for (std::int64_t c = 0; c < x.n_cells(); ++c) {
    double wanted = 0;
    for (std::size_t i = 0; i < x.genes_of(c).size(); ++i)
      wanted += static_cast<double>(x.values_of(c)[i] * values[2 * usize(x.genes_of(c)[i])]);
    CHECK(static_cast<double>(got.row(c)[0]) == doctest::Approx(wanted));
  }
}

TEST_CASE("a sentence by chromosomes: its opening and closing tokens have rows of their own") {
  const auto data = cells();
  gene_positions positions;
  for (int g = 0; g < 12; ++g) {
    positions.name.push_back("g" + std::to_string(g));
    positions.chromosome.push_back(g % 2 == 0 ? "1" : "X");
    positions.start.push_back(100 - g);
  }
  const auto sentence = tokenize::composition::in_sequence(tokenize::composition::by_chromosome<>{positions});
  using sentence_type = std::remove_const_t<decltype(sentence)>;
  const tokenize::tokenizer<tokenize::identity::columns, tokenize::expression::values, sentence_type> by_chromosome{
      {}, {}, sentence};
  const auto model =
      compose(by_chromosome, token_vectors<learned<4>, no_value, chromosome<4>>{}, encode::mean_of_vectors{}).fit(data);
  const auto got = model.embed(data);
  CHECK(got.n_columns == 4);
  CHECK(got.row(7)[0] == 0);  // the cell without counts
  const auto few =
      compose(by_chromosome, token_vectors<learned<4>, no_value, chromosome<1>>{}, encode::mean_of_vectors{}).fit(data);
  CHECK_THROWS_WITH_AS(static_cast<void>(few.embed(data)),
                       doctest::Contains("give chromosome as many rows as there are chromosomes and one more"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::embed_with_tokenizers
