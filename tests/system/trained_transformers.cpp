#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>
#include <tepui/system/geneformer_model.hpp>
#include <tepui/system/scgpt_model.hpp>

namespace tepui::tests::trained_transformers {
namespace {

simulate::corpus few_cells() { return simulate::corpus({.seed = 2, .cells = 300, .genes = 80}); }

/// A few steps: the loss on cells that were held out falls, and cells embed.
void learns(auto family) {
  const auto cells = few_cells();
  family.options.batch_cells = 16;
  const auto fitted = train::pretrain(family.model, family.ask, cells, family.options);
  INFO(family.describe());
  CHECK(fitted.report.steps == 20);
  CHECK(fitted.report.validations.back().loss < fitted.report.validations.front().loss);
  const auto embedding = fitted.embed(cells);
  CHECK(embedding.n_columns == 64);
  CHECK(fitted.embed(cells, {.threads = 3}).value == embedding.value);
}

TEST_CASE("the small transformers learn") {
  learns(system::geneformer_small(20));
  learns(system::scgpt_small(20));
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

}  // namespace
}  // namespace tepui::tests::trained_transformers
