#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/simulate/corpus.hpp>
#include <tepui/system/geneformer_model.hpp>
#include <tepui/system/scbert_model.hpp>
#include <tepui/system/scfoundation_model.hpp>
#include <tepui/system/scgpt_model.hpp>

namespace tepui::tests::trained_transformers {
namespace {

simulate::corpus few_cells() { return simulate::corpus({.seed = 2, .cells = 300, .genes = 80}); }

/// A few steps: the loss on cells that were held out falls, and cells embed.
auto learns(auto family, std::int64_t steps = 20) {
  const auto cells = few_cells();
  family.options.steps = steps;
  family.options.batch_cells = 16;
  auto fitted = train::pretrain(family.model, family.ask, cells, family.options);
  INFO(family.describe());
  CHECK(fitted.report.steps == steps);
  CHECK(fitted.report.validations.back().loss < fitted.report.validations.front().loss);
  const auto embedding = fitted.embed(cells);
  CHECK(embedding.n_columns == 64);
  CHECK(fitted.embed(cells, {.threads = 3}).value == embedding.value);
  return fitted;
}

TEST_CASE("the small transformers learn") {
  (void)learns(system::geneformer_small(20));
  (void)learns(system::scgpt_small(20));
}

/// The first 40 cells with their genes from the last to the first, `unknown` genes without counts in front, and only `n_genes` genes.
dataset<> turned_round(const simulate::corpus& from, std::int32_t n_genes, std::int32_t unknown) {
  dataset<> out;
  typename simulate::corpus::room room;
  const auto view = from.read(0, 40, room);
  out.x.n_genes = unknown + n_genes;
  for (std::int32_t g = 0; g < unknown; ++g) {
    out.genes.id.push_back("");
    out.genes.symbol.push_back("unknown " + std::to_string(g));
  }
  for (std::int32_t g = n_genes; g-- > 0;) {
    out.genes.id.push_back(from.genes().id[usize(g)]);
    out.genes.symbol.push_back(from.genes().symbol[usize(g)]);
  }
  for (std::int64_t c = 0; c < 40; ++c) {
    std::vector<std::int32_t> genes;
    std::vector<float> values;
    for (std::size_t i = view.genes_of(c).size(); i-- > 0;)
      if (const std::int32_t g = view.genes_of(c)[i]; g < n_genes)
        genes.push_back(unknown + n_genes - 1 - g), values.push_back(view.values_of(c)[i]);
    out.x.add_cell(c, genes, values);
  }
  return out;
}

/// The loss falls below that of the best answer that looks at no cell; what was saved embeds the same; so do cells of another file.
void learns_more_than_genes(auto family) {
  const auto fitted = learns(family, family.options.steps);
  const auto& last = fitted.report.validations.back();
  INFO("loss ", last.loss, ", floor ", last.floor);
  CHECK(last.loss < last.floor);
  const auto cells = few_cells();
  const auto embedding = fitted.embed(cells);
  using fitted_type = std::remove_cvref_t<decltype(family.model.fit(cells, {.seed = 1}))>;
  const auto loaded = fitted_type::from(fitted.arrays());
  CHECK(loaded.embed(cells).value == embedding.value);
  const auto turned = loaded.embed(turned_round(cells, 80, 3));
  CHECK(std::equal(turned.value.begin(), turned.value.end(), embedding.value.begin()));
  const auto fewer = loaded.embed(turned_round(cells, 60, 3));
  CHECK(fewer.n_cells() == 40);
  CHECK(std::all_of(fewer.value.begin(), fewer.value.end(), [](float v) { return std::isfinite(v); }));
  CHECK(fewer.value != turned.value);
}

TEST_CASE("a small scBERT learns more of cells than which bins a gene usually has, and embeds cells of other files") {
  learns_more_than_genes(system::scbert_small(120));
}
TEST_CASE("a small scFoundation learns more of cells than how high a gene usually is, and embeds cells of other files") {
  learns_more_than_genes(system::scfoundation_small(240));
}

TEST_CASE("the published transformers have the published shapes") {
  const auto ranked = system::geneformer_published(1000);
  using encoder = fitted_t<std::remove_cvref_t<decltype(std::get<4>(ranked.model.stages))>>;
  CHECK(encoder::dims == 256);
  CHECK(ranked.options.rate.warm_up == 10000);
  CHECK(ranked.describe().find("token_encoder(6 of") != std::string::npos);
  // Six blocks of four square matrices with biases, two norms, and two matrices to and from twice the dims.
  CHECK(layer::n_weights(encoder{}) >= 6 * (4 * 256 * 256 + 2 * 256 * 512));
  CHECK(system::scgpt_published(1000).describe().find("token_encoder(12 of") != std::string::npos);
}

/// Numbers that token vectors, encoder and head of a family learn of so many words.
struct learned_numbers {
  std::int64_t embedder, encoder, head;
};
learned_numbers numbers_of(const auto& family, std::int32_t words) {
  constexpr std::size_t n = std::tuple_size_v<std::remove_cvref_t<decltype(family.model.stages)>>;
  fitted_t<std::remove_cvref_t<decltype(std::get<n - 2>(family.model.stages))>> embedder;
  fitted_t<std::remove_cvref_t<decltype(std::get<n - 1>(family.model.stages))>> encoder;
  embedder.identity.rows = words + 1;  // one that nothing stands on: pretrain makes it for objectives that hide genes
  const auto head = family.ask.template bind<decltype(encoder)::dims>(objective::token_facts{words, words + 1, words, {}});
  return {layer::n_parameters(embedder), layer::n_parameters(encoder), layer::n_parameters(head)};
}

TEST_CASE("small models that read values read variable genes, and published ones all") {
  CHECK(system::scgpt_small().describe().find("highly_variable(1000") != std::string::npos);
  CHECK(system::scfoundation_small().describe().find("highly_variable(1000") != std::string::npos);
  CHECK(system::scgpt_published(1000).describe().find("highly_variable") == std::string::npos);
  CHECK(system::scfoundation_published(1000).describe().find("highly_variable") == std::string::npos);
}

TEST_CASE("when scGPT begins to learn, neither the vectors of genes nor those of bins drown the other") {
  const auto spreads = [](const auto& family) {
    constexpr std::size_t n = std::tuple_size_v<std::remove_cvref_t<decltype(family.model.stages)>>;
    const auto& vectors = std::get<n - 2>(family.model.stages);
    double of_bins = 0;
    vectors.value.each_weight([&](const char*, const layer::slice& s) { of_bins = s.spread; });
    return std::pair(vectors.identity.spread, of_bins);
  };
  const auto small = spreads(system::scgpt_small()), published = spreads(system::scgpt_published(1000));
  CHECK(small.first == small.second);
  CHECK(published.first == published.second);
}

TEST_CASE("the published scBERT has its layers, with heads of 20 numbers") {
  const auto family = system::scbert_published(1000);
  CHECK(family.options.rate.warm_up == 50);
  CHECK(family.options.rate.rate(999, 1000) == doctest::Approx(1e-6).epsilon(0.01));
  const auto n = numbers_of(family, 16906 + 1);
  CHECK(n.embedder == 16908 * 200 + 7 * 200);
  const std::int64_t attention = 3 * (200 * 200 + 200) + 200 * 200 + 200, norms = 4 * 200;
  const std::int64_t wide = 200 * 800 + 800 + 800 * 200 + 200;
  CHECK(n.encoder == 6 * (attention + norms + wide) + 2 * 200);
  CHECK(n.head == 200 * 6 + 6);
  // The original's attention has heads of 64 and no biases for queries, keys and values; its head has a class for hidden bins.
  const std::int64_t original = 7 * 200 + 6 * (3 * 200 * 640 + 640 * 200 + 200 + norms + wide) + 2 * 200 + 200 * 7 + 7;
  CHECK(original == 5'007'207);
  CHECK(original - 6 * (4 * 200 * 640 + 200 - attention) - (200 + 1) == n.encoder + 7 * 200 + n.head);
}

TEST_CASE("the published scFoundation has the weights of the original's encoder and of its token vectors") {
  const auto n = numbers_of(system::scfoundation_published(1000), 19264 + 2);
  CHECK(n.embedder == 19267 * 768 + 102 * 768 + 100 + 100 + 100 * 100 + 100);
  CHECK(n.encoder == 12 * (4 * (768 * 768 + 768) + 4 * 768 + 768 * 3072 + 3072 + 3072 * 768 + 768) + 2 * 768);
  CHECK(n.embedder + n.encoder == 99'941'692);  // published: about 100 million
  CHECK(n.head == 768 + 1);
}

}  // namespace
}  // namespace tepui::tests::trained_transformers
