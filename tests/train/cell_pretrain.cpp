#include <tepui/train/pretrain.hpp>

#include <doctest/doctest.h>

#include <tepui/objective/cell_labels.hpp>
#include <tepui/train/fine_tune.hpp>

#include "train/small_cell_model.hpp"

namespace of_cell_pretrain {
using namespace tepui;
using namespace small_cell_model;

using elbo = objective::count_elbo<objective::count_decoder_shape{}, 16>;

auto weights_of(const auto& fitted) {
  const auto& w = std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages()).weights;
  return std::vector<float>(w.begin(), w.end());
}
std::vector<float> numbers_of(const auto& embedding) { return {embedding.value.begin(), embedding.value.end()}; }

TEST_CASE("scVI learns to explain counts of cells that it has not seen, and embeds them by the mean") {
  const auto cells = small_cell_model::corpus(400);
  auto o = options(200);
  o.rate.highest = 1e-2;
  const auto fitted = train::pretrain(scvi(), elbo{.warm_up = {.steps = 100}}, cells, o);
  REQUIRE(fitted.report.validations.size() == 2);
  CHECK(fitted.report.validations[1].loss < 0.9 * fitted.report.validations[0].loss);
  CHECK(fitted.report.cells == 200 * 16);
  const auto embedding = fitted.embed(cells);
  CHECK(embedding.n_columns == 4);
  CHECK(numbers_of(embedding) == numbers_of(fitted.embed(cells, {.threads = 3})));
  CHECK(numbers_of(embedding) != numbers_of(scvi().fit(cells, {.seed = 5}).embed(cells)));
}

/// The same bits for any number of threads, and for a run that was interrupted.
template <class Model, class Objective>
void repeats(const Model& model, const Objective& ask) {
  const auto cells = small_cell_model::corpus(120);
  auto o = options();
  o.validate_every = 2;
  o.patience = 3;
  std::vector<named_tensors> kept;
  o.checkpoint_every = 5;
  o.on_checkpoint = [&](const named_tensors& state) { kept.push_back(state); };
  const auto one = train::pretrain(model, ask, cells, o);
  for (const int threads : {2, 3}) {
    o.threads = threads;
    o.on_checkpoint = nullptr;
    CHECK(weights_of(one) == weights_of(train::pretrain(model, ask, cells, o)));
  }
  REQUIRE(!kept.empty());
  o.resume = &kept[0];
  const auto again = train::pretrain(model, ask, cells, o);
  CHECK(weights_of(one) == weights_of(again));
  CHECK(one.report.validations.back().loss == again.report.validations.back().loss);
}

TEST_CASE("a model of whole cells has the same bits for any number of threads, and when it goes on where it was interrupted") {
  repeats(scvi(), elbo{.warm_up = {.steps = 6}});
  constexpr layer::mlp_shape rough{.dropout_per_mille = 100, .precision = kernel::precision::bf16};
  repeats(compose(transform::normalise{}, transform::log1p{}, encode::mlp_encoder<rough, 16, 8>{}),
          objective::masked_expression<rough, 16>{});
}

TEST_CASE("running moments follow those of the batches, and are what an embedding is made with") {
  const auto cells = small_cell_model::corpus(100);
  auto o = options(40);
  const auto ask = objective::masked_expression<>{.what = objective::hides::nothing};
  o.on_checkpoint = [&](const named_tensors& state) {
    const auto& mean = state.get<float>("encoder.layers.0.0.running_mean");
    const auto& variance = state.get<float>("encoder.layers.0.0.running_variance");
    CHECK(state.get<float>("encoder.layers.0.0.batches_seen")[0] == 40);
    double moved = 0;
    for (const float m : mean) moved += std::abs(static_cast<double>(m));
    CHECK(moved > 0.01);
    for (const float v : variance) CHECK(v > 0);
    for (const float m : state.get<float>("mean.encoder.layers.0.0.running_mean")) CHECK(m == 0);
  };
  o.checkpoint_every = 40;
  const auto fitted = train::pretrain(normed_mlp(), ask, cells, o);
  CHECK(fitted.report.steps == 40);
}

TEST_CASE("parameters of a model are the numbers that it learned: no padding, no moments") {
  const auto cells = small_cell_model::corpus(60);
  const auto fitted = train::pretrain(scvi(), elbo{}, cells, options(1));
  // 60 genes to 16, gain and shift, and 16 to 2 x 4; the decoder 4 to 16, gain and shift, 16 to 60 twice, and 60 dispersions.
  constexpr std::int64_t encoder = 60 * 16 + 16 + 2 * 16 + 16 * 8 + 8;
  CHECK(fitted.n_parameters() == encoder);
  CHECK(fitted.report.weights == encoder + 4 * 16 + 16 + 2 * 16 + 2 * (16 * 60 + 60) + 60);
}

TEST_CASE("a model that was saved with another epsilon of its batch norm is refused") {
  const auto cells = small_cell_model::corpus(30);
  constexpr layer::mlp_shape rough{.batch_norm = true, .norm = {0.01F, 0.01F}, .dropout_per_mille = 100};
  const auto kept = scvi().fit(cells, {.seed = 1}).arrays();
  using same = decltype(scvi().fit(cells, {.seed = 1}));
  using other = decltype(compose(encode::scvi_encoder<4, rough, 16>{}).fit(cells, {.seed = 1}));
  CHECK_NOTHROW((void)same::from(kept));
  CHECK_THROWS_WITH_AS((void)other::from(kept), doctest::Contains("epsilon 0.001"), bad_data);
}

TEST_CASE("a batch that leaves a batch norm one cell is refused") {
  auto o = options();
  o.batch_cells = 7;
  CHECK_THROWS_WITH_AS((void)train::pretrain(scvi(), elbo{}, small_cell_model::corpus(60), o),
                       doctest::Contains("fewer than 2 cells to a batch norm"), bad_option);
  o = options();
  o.cut.cells = 0;
  CHECK_THROWS_WITH_AS((void)train::pretrain(mlp(), objective::masked_expression<>{}, small_cell_model::corpus(60), o),
                       doctest::Contains("0 cells"), bad_option);
}

TEST_CASE("a masked autoencoder guesses hidden genes better the longer it learns") {
  const auto cells = small_cell_model::corpus(300);
  auto o = options(250);
  o.rate.highest = 1e-2;
  const auto fitted = train::pretrain(mlp(), objective::masked_expression<layer::mlp_shape{}, 16>{.rate = 0.5}, cells, o);
  CHECK(fitted.report.validations.back().loss < 0.7 * fitted.report.validations.front().loss);
}

TEST_CASE("a supervised perceptron learns labels, and tells those of cells with other genes") {
  const small_run::labelled on{small_cell_model::corpus(300)};
  auto o = options(300);
  o.rate.highest = 1e-2;
  const auto untaught =
      train::fine_tune(normed_mlp().fit(on.cells, {.seed = 1}), on.cells, on.type.code, on.n_labels, options(0));
  const auto taught = train::fine_tune(normed_mlp().fit(on.cells, {.seed = 1}), on.cells, on.type.code, on.n_labels, o);
  CHECK(on.share_right(taught) > on.share_right(untaught) + 0.2);
  // The same cells, a fifth of whose genes is absent and whose genes stand in another order.
  dataset<> other;
  typename simulate::corpus::room room;
  const auto view = on.cells.read(0, 50, room);
  const auto n = std::int32_t{48};
  other.x.n_genes = n;
  for (std::int32_t g = 0; g < n; ++g) {
    other.genes.id.push_back(on.cells.genes().id[usize(n - 1 - g)]);
    other.genes.symbol.push_back(on.cells.genes().symbol[usize(n - 1 - g)]);
  }
  for (std::int64_t c = 0; c < 50; ++c) {
    std::vector<std::int32_t> genes;
    std::vector<float> values;
    for (std::size_t i = view.genes_of(c).size(); i-- > 0;)
      if (view.genes_of(c)[i] < n) genes.push_back(n - 1 - view.genes_of(c)[i]), values.push_back(view.values_of(c)[i]);
    other.x.add_cell(c, genes, values);
  }
  const auto embedding = taught.model.embed(other);
  CHECK(embedding.n_cells() == 50);
  const auto again = decltype(taught.model)::from(taught.model.arrays());
  CHECK(numbers_of(again.embed(on.cells)) == numbers_of(taught.model.embed(on.cells)));
}

TEST_CASE("what is frozen keeps its bits and its moments while a classifier learns on top of scVI") {
  const small_run::labelled on{small_cell_model::corpus(300)};
  const auto model = train::pretrain(scvi(), elbo{}, on.cells, options(20));
  const auto frozen =
      train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(5), train::learning_layers::frozen());
  CHECK(weights_of(frozen.model) == weights_of(model));
  CHECK(numbers_of(frozen.model.embed(on.cells)) == numbers_of(model.embed(on.cells)));
  const auto all = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(5));
  CHECK(weights_of(all.model) != weights_of(model));
  // The running moments of a frozen encoder need no batch: shards of one cell, or of none, are enough.
  auto few = options(5);
  few.batch_cells = 3;
  const auto of_few = train::fine_tune(model, on.cells, on.type.code, on.n_labels, few, train::learning_layers::frozen());
  CHECK(weights_of(of_few.model) == weights_of(model));
  CHECK(of_few.report.steps == 5);
  CHECK_THROWS_WITH_AS((void)train::fine_tune(model, on.cells, on.type.code, on.n_labels, few),
                       doctest::Contains("3 cells in 4 shards leaves fewer than 2 cells"), bad_option);
}

TEST_CASE("batches: each cell needs one, and the inferred library takes its prior from them") {
  const auto cells = small_cell_model::corpus(100);
  auto batch = std::make_shared<objective::labels_by_cell>();
  for (std::int64_t c = 0; c < 99; ++c) (*batch)[c] = static_cast<std::int32_t>(c % 2);
  using inferring = objective::count_elbo<objective::count_decoder_shape{.library_width = 8}, 16>;
  CHECK_THROWS_WITH_AS((void)train::pretrain(scvi(), inferring{.batch = batch, .n_batches = 2}, cells, options()),
                       doctest::Contains("cell 99 has no batch"), bad_data);
  CHECK_THROWS_WITH_AS((void)train::pretrain(scvi(), inferring{.batch = batch, .n_batches = 1}, cells, options()),
                       doctest::Contains("number them from 0"), bad_option);
  CHECK_THROWS_WITH_AS((void)train::pretrain(scvi(), inferring{.n_batches = 1}, cells, options()),
                       doctest::Contains("give both"), bad_option);
  (*batch)[99] = 1;
  const auto fitted = train::pretrain(scvi(), inferring{.batch = batch, .n_batches = 2}, cells, options(60));
  CHECK(fitted.report.validations.back().loss < fitted.report.validations.front().loss);
}

}  // namespace of_cell_pretrain
