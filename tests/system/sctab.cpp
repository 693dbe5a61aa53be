#include <tepui/system/sctab.hpp>

#include <doctest/doctest.h>

#include <tepui/simulate/corpus.hpp>
#include <tepui/train/fine_tune.hpp>

namespace tepui::tests::sctab_system {
namespace {

/// Simulated cells with their types.
struct typed_cells {
  simulate::corpus cells = simulate::corpus({.seed = 2, .cells = 960, .genes = 80});
  categorical type = cells.obs(0, 960).labels("cell_type");
  std::int32_t n_labels = static_cast<std::int32_t>(type.category.size());

  [[nodiscard]] auto labels() const {
    auto out = std::make_shared<objective::labels_by_cell>();
    for (std::size_t c = 0; c < type.code.size(); ++c) (*out)[isize(c)] = type.code[c];
    return out;
  }
  [[nodiscard]] double share_of_largest() const {
    std::vector<double> n(usize(n_labels));
    for (const auto l : type.code) ++n[usize(l)];
    return *std::max_element(n.begin(), n.end()) / static_cast<double>(type.code.size());
  }
};

std::vector<float> weights_of(const auto& fitted) {
  const auto& w = std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages()).weights;
  return {w.begin(), w.end()};
}
std::vector<float> numbers_of(const auto& embedding) { return {embedding.value.begin(), embedding.value.end()}; }

TEST_CASE("a small scTab tells types of cells in two epochs, and embeds the same whatever threads and files it went through") {
  const typed_cells on;
  auto family = system::sctab_small(on.labels(), on.n_labels, 2 * 960 / 16);
  family.options.batch_cells = 16;
  family.options.cut.shards = 1;
  family.options.validation_share = 0.2;
  const auto fitted = train::pretrain(family.model, family.ask, on.cells, family.options);
  INFO(family.describe());
  CHECK(fitted.report.epochs >= 1);
  CHECK(fitted.report.validations.back().loss < fitted.report.validations.front().loss);
  // A linear head on the embedding of a model that has learned the same way.
  auto how = family.options;
  const auto classifier = train::fine_tune(family.model.fit(on.cells, {.seed = 1}), on.cells, on.type.code, on.n_labels, how);
  const auto guess = classifier.predict(on.cells);
  double right = 0;
  for (std::size_t c = 0; c < guess.size(); ++c) right += guess[c] == on.type.code[c] ? 1 : 0;
  INFO("right: ", right / 960, ", the largest type: ", on.share_of_largest());
  CHECK(right / 960 > on.share_of_largest() + 0.1);

  const auto embedding = fitted.embed(on.cells);
  CHECK(embedding.n_columns == 32);
  CHECK(numbers_of(embedding) == numbers_of(fitted.embed(on.cells, {.threads = 3})));
  using fitted_type = std::remove_cvref_t<decltype(family.model.fit(on.cells, {.seed = 1}))>;
  CHECK(numbers_of(fitted_type::from(fitted.arrays()).embed(on.cells)) == numbers_of(embedding));
  how.steps = 4;
  how.validation_cells = 20;
  how.cut.shards = 2;
  const auto one = train::pretrain(family.model, family.ask, on.cells, how);
  how.threads = 2;
  CHECK(weights_of(one) == weights_of(train::pretrain(family.model, family.ask, on.cells, how)));
}

TEST_CASE("the published model has as many weights as the published class, and its schedule is counted in epochs") {
  encode::fitted_tabnet_encoder<system::sctab_layers, port::any_counts> encoder;
  encoder.genes.n_genes = 19331;
  std::int64_t learned = 0;
  layer::each_slice(encoder, "", [&](const std::string&, const layer::slice& s, std::int64_t) {
    if (s.by == layer::learned_by::gradient) learned += s.size();
  });
  // Genes: 384 and a norm; two shared layers; four times five own layers and eight norms of 384; three masks of 64 and a norm.
  CHECK(learned == 19331 * (384 + 2) + 2 * 192 * 384 + 4 * (5 * 192 * 384 + 8 * 2 * 384) + 3 * 19331 * (64 + 2));
  const auto published = system::sctab_published(std::make_shared<const objective::labels_by_cell>(), 164, 15240192, 1000);
  CHECK(published.options.rate.rate(7069, 0) == doctest::Approx(5e-3));
  CHECK(published.options.rate.rate(7070, 0) == doctest::Approx(4.5e-3));
  CHECK(published.options.cut.shards == 1);
  CHECK(system::sctab_published<system::sctab_program>(std::make_shared<const objective::labels_by_cell>(), 164, 1, 1).describe().find("entmax") != std::string::npos);
}

}  // namespace
}  // namespace tepui::tests::sctab_system
