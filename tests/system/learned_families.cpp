#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>
#include <tepui/system/scvi.hpp>
#include <tepui/system/ssl_mlp.hpp>
#include <tepui/system/supervised_mlp.hpp>

namespace tepui::tests::learned_families {
namespace {

simulate::corpus cells_of(std::int64_t n) { return simulate::corpus({.seed = 2, .cells = n, .genes = 80}); }

/// Two times through a few cells: the loss on cells that were held out falls, and cells embed.
void learns_in_two_epochs(auto family, int dims) {
  const auto cells = cells_of(400);
  family.options.steps = 2 * 400 / 32;
  family.options.batch_cells = 32;
  const auto fitted = train::pretrain(family.model, family.ask, cells, family.options);
  INFO(family.describe());
  CHECK(fitted.report.epochs >= 1);
  CHECK(fitted.report.validations.back().loss < fitted.report.validations.front().loss);
  const auto embedding = fitted.embed(cells);
  CHECK(embedding.n_columns == dims);
  CHECK(std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages()).operations(20) > 0);
}

std::shared_ptr<const objective::labels_by_cell> labels(const categorical& of) {
  objective::labels_by_cell out;
  for (std::size_t c = 0; c < of.code.size(); ++c) out[isize(c)] = of.code[c];
  return std::make_shared<const objective::labels_by_cell>(std::move(out));
}

TEST_CASE("the small models of all families learn") {
  const auto cells = cells_of(400);
  const table obs = cells.obs(0, 400);
  const categorical type = obs.labels("cell_type");
  learns_in_two_epochs(system::scvi_small(), 10);
  learns_in_two_epochs(system::ssl_mlp_small(), 64);
  learns_in_two_epochs(system::supervised_mlp(labels(type), static_cast<std::int32_t>(type.category.size())), 64);
}

template <class Family>
auto parts_of(const Family& family, std::int32_t genes) {
  fitted_t<std::remove_cvref_t<decltype(std::get<std::tuple_size_v<decltype(family.model.stages)> - 1>(family.model.stages))>>
      encoder;
  encoder.genes.n_genes = genes;
  auto head = family.ask.template bind<train::learned_dims<decltype(encoder)>()>(objective::token_facts{genes, genes, -1, {}});
  return std::pair(encoder, head);
}

TEST_CASE("the published models have as many weights as published, and say what is left out") {
  const auto [ssl, guess] = parts_of(system::ssl_mlp_published(177500), 19331);
  CHECK(layer::n_parameters(ssl) + layer::n_parameters(guess) == 20767683);
  const auto [scvi, bound] = parts_of(system::scvi_published(177500, 4000), 19331);
  // Without the encoder of libraries (2,475,010), and decoders of losses and of dispersions by cell (2,493,699 each).
  CHECK(layer::n_parameters(scvi) + layer::n_parameters(bound) == 12454434 - 2475010 - 2 * 2493699);
}

TEST_CASE("published schedules are counted in epochs of the corpus that they are told") {
  const auto scvi = system::scvi_published(177500, 4000);
  CHECK(scvi.options.steps == 658'692);  // 4,000 times the 168,625 cells that are not held out, in batches of 1,024
  CHECK(scvi.ask.warm_up.weight({0, 40}) == doctest::Approx(0.1));
  const auto ssl = system::ssl_mlp_published(177500);
  CHECK(ssl.options.rate.rate(20, 0) == doctest::Approx(1e-3));
  CHECK(ssl.options.rate.rate(21, 0) == doctest::Approx(0.9e-3));
  CHECK(ssl.options.rate.rate(42, 0) == doctest::Approx(0.81e-3));
}

}  // namespace
}  // namespace tepui::tests::learned_families
