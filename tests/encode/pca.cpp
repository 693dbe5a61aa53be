#include <tepui/encode/pca.hpp>

#include <doctest/doctest.h>

#include <tepui/compose/pipeline.hpp>
#include <tepui/metric/classification/confusion.hpp>
#include <tepui/metric/probe/folds.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/io/h5ad.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

#include "laws/encoder_laws.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::pca_stage {
namespace {

using encode::pca;
using encode::pca_shape;

template <class Scale>
auto fitted(const auto& stage, const laws::plain_cells& cells, std::int32_t n_genes, int threads = 1) {
  return stage.fit(laws::training<Scale>(cells, n_genes), fit_context{kernel::draws(1, "pca test"), threads});
}

TEST_CASE("pca keeps the laws of an encoder") {
  laws::encoder_of_counts<scale::log1p>(pca<pca_shape{.dims = 4}>{});
  laws::encoder_of_counts<scale::other>(pca<pca_shape{.dims = 3, .centred = encode::centring::none}>{});
  laws::encoder_of_counts<scale::log1p>(pca<pca_shape{.dims = 4, .centred = encode::centring::components_only}>{});
  laws::encoder_of_counts<scale::log1p>(pca<pca_shape{.dims = 9}>{}, 230);  // more genes than are decomposed exactly
}

TEST_CASE("cells on a line lie on the first component, around 0") {
  const laws::plain_cells cells{{{0, 1.0F}, {1, 1.0F}}, {{0, 2.0F}, {1, 2.0F}}, {{0, 3.0F}, {1, 3.0F}}};
  const auto stage = fitted<scale::log1p>(pca<pca_shape{.dims = 2}>{}, cells, 2);
  laws::encoding<laws::count_cells<scale::log1p>, std::remove_cvref_t<decltype(stage)>> here(stage, 2);
  const auto rows = here.run(cells);
  CHECK(rows[0][0] == doctest::Approx(-std::sqrt(2.0)));
  CHECK(rows[1][0] == doctest::Approx(0));
  CHECK(rows[2][0] == doctest::Approx(std::sqrt(2.0)));
  CHECK(stage.variance[0] == doctest::Approx(2));
  for (const auto& row : rows) CHECK(row[1] == 0);  // there is no second component
}

TEST_CASE("without centring the first component points at the mean, and an empty cell is zero") {
  const laws::plain_cells cells{{{0, 1.0F}, {1, 1.0F}}, {{0, 2.0F}, {1, 2.0F}}, {{0, 3.0F}, {1, 3.0F}}};
  const auto stage = fitted<scale::log1p>(pca<pca_shape{.dims = 1, .centred = encode::centring::none}>{}, cells, 2);
  laws::encoding<laws::count_cells<scale::log1p>, std::remove_cvref_t<decltype(stage)>> here(stage, 2);
  CHECK(here.run(cells)[2][0] == doctest::Approx(std::sqrt(18.0)));
  CHECK(here.run({{}})[0][0] == 0);
}

TEST_CASE("centred components alone: the same components, and every cell lies where centred cells do, plus the place of the mean") {
  const auto cells = laws::training_plain<scale::log1p>(12);
  const auto all = fitted<scale::log1p>(pca<pca_shape{.dims = 4}>{}, cells, 12);
  const auto components = fitted<scale::log1p>(pca<pca_shape{.dims = 4, .centred = encode::centring::components_only}>{}, cells, 12);
  CHECK(components.loading == all.loading);
  CHECK(components.variance == all.variance);
  CHECK(components.mean_place == std::vector<float>(4, 0.0F));
  laws::encoding<laws::count_cells<scale::log1p>, std::remove_cvref_t<decltype(all)>> with(all, 12);
  laws::encoding<laws::count_cells<scale::log1p>, std::remove_cvref_t<decltype(components)>> without(components, 12);
  const auto centred = with.run(cells), raw = without.run(cells);
  REQUIRE(raw.size() == cells.size());
  double farthest = 0;
  for (std::size_t d = 0; d < 4; ++d) farthest = std::max(farthest, std::abs(static_cast<double>(all.mean_place[d])));
  CHECK(farthest > 0.1);
  for (std::size_t c = 0; c < raw.size(); ++c)
    for (std::size_t d = 0; d < 4; ++d) CHECK(raw[c][d] == doctest::Approx(centred[c][d] + all.mean_place[d]).epsilon(1e-5));
  CHECK(without.run({{}})[0] == std::vector<float>(4, 0.0F));
  CHECK(all.describe() == "pca(4)");
  CHECK(components.describe() == "pca(4, components centred)");
  CHECK(pca<pca_shape{.dims = 4, .centred = encode::centring::none}>{}.describe() == "pca(4, uncentred)");
}

TEST_CASE("the largest loading of each component is positive") {
  const auto stage = fitted<scale::log1p>(pca<pca_shape{.dims = 5}>{}, laws::training_plain<scale::log1p>(12), 12);
  for (std::size_t d = 0; d < 5; ++d) {
    float largest = 0;
    for (std::size_t g = 0; g < 12; ++g)
      if (std::abs(stage.loading[g * 5 + d]) > std::abs(largest)) largest = stage.loading[g * 5 + d];
    CHECK(largest > 0);
  }
}

TEST_CASE("one cell is too few, and loadings of other genes are refused") {
  CHECK_THROWS_AS(static_cast<void>(fitted<scale::log1p>(pca<>{}, {{{0, 1.0F}}}, 2)), bad_data);
  const auto stage = fitted<scale::log1p>(pca<pca_shape{.dims = 1}>{}, {{{0, 1.0F}}, {}}, 2);
  laws::encoding<laws::count_cells<scale::log1p>, std::remove_cvref_t<decltype(stage)>> here(stage, 3);
  CHECK_THROWS_AS(static_cast<void>(here.run({{}})), bad_data);
}

TEST_CASE("the components are those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto x = laws::npy<float>(shared, "golden/metrics/pre_600x50.npy");
  const auto component = laws::npy<double>(shared, "golden/metrics/pca10_components.npy");
  const auto score = laws::npy<double>(shared, "golden/metrics/pca10_scores.npy");
  laws::plain_cells cells(600);
  for (std::size_t c = 0; c < 600; ++c)
    for (std::size_t g = 0; g < 50; ++g) cells[c].emplace_back(static_cast<std::int32_t>(g), x[c * 50 + g]);
  const auto stage = fitted<scale::other>(pca<pca_shape{.dims = 10}>{}, cells, 50);
  laws::encoding<laws::count_cells<scale::other>, std::remove_cvref_t<decltype(stage)>> here(stage, 50);
  const auto rows = here.run(cells);
  double worst_score = 0, worst_loading = 0;
  for (std::size_t d = 0; d < 10; ++d) {
    double together = 0;
    for (std::size_t g = 0; g < 50; ++g) together += component[d * 50 + g] * static_cast<double>(stage.loading[g * 10 + d]);
    const double sign = together < 0 ? -1 : 1;
    for (std::size_t g = 0; g < 50; ++g)
      worst_loading = std::max(worst_loading, std::abs(sign * component[d * 50 + g] - static_cast<double>(stage.loading[g * 10 + d])));
    for (std::size_t c = 0; c < 600; ++c)
      worst_score = std::max(worst_score, std::abs(sign * score[c * 10 + d] - static_cast<double>(rows[c][d])));
  }
  // The golden numbers are float64; ours go through float32 products. The largest score is about 30.
  CHECK(worst_loading < 2e-5);
  CHECK(worst_score < 1e-4);
  CHECK(stage.variance[0] == doctest::Approx(107.81349998749505).epsilon(1e-6));  // embed_results.json, explained_variance_10
  CHECK(stage.variance[9] == doctest::Approx(9.436195349194172).epsilon(1e-6));
}

TEST_CASE("PCA and logistic regression, both fitted inside each of 5 folds, name 90 % of the cells of pbmc3k") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto data = io::read_raw_counts(shared + "/data/pbmc3k.h5ad");
  const categorical type = data.obs.labels("cell_type");
  const auto n_classes = static_cast<std::int32_t>(type.category.size());
  const auto model = from_counts | transform::normalise{} | transform::log1p{} | pca<>{};
  std::vector<std::int32_t> truth, predicted;
  for (const auto& fold : metric::stratified_folds(type.code, n_classes, 5, 1)) {
    const chosen_cells train(data.x.view(), fold.train), test(data.x.view(), fold.test);
    const auto pipeline = model.fit(cells_of(train.view(), data.genes), {.seed = 1, .threads = 2});
    const auto seen = pipeline.embed(cells_of(train.view(), data.genes)), fresh = pipeline.embed(cells_of(test.view(), data.genes));
    const auto label = metric::labels_of(type.code, fold.train), own = metric::labels_of(type.code, fold.test);
    const auto answers = metric::logistic_probe{}(metric::probe_task{.train = seen.view(), .label = label, .n_classes = n_classes, .test = fresh.view()});
    truth.insert(truth.end(), own.begin(), own.end());
    predicted.insert(predicted.end(), answers.begin(), answers.end());
  }
  CHECK(truth.size() == 2638);
  const double accuracy = metric::confusion(truth, predicted, n_classes).accuracy();
  MESSAGE("accuracy " << accuracy);
  CHECK(accuracy >= 0.90);  // scikit-learn: 0.91
}

}  // namespace
}  // namespace tepui::tests::pca_stage
