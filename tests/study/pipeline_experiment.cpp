#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <tepui/study/pipeline_experiment.hpp>

#include "compose/toy_stages.hpp"

namespace test_study_pipeline_experiment {
namespace {
using namespace tepui;
namespace st = tepui::study;

/// Forty cells of two genes; label 1 where the second gene is high.
std::shared_ptr<const st::study_cells> forty_cells() {
  auto cells = std::make_shared<st::study_cells>();
  cells->data.x.n_genes = 2;
  cells->data.genes = {{"", ""}, {"A", "B"}};
  for (std::int64_t c = 0; c < 40; ++c) {
    const std::vector<std::int32_t> g{0, 1};
    const std::vector<float> v{1, c % 2 == 0 ? 1.0F : 50.0F};
    cells->data.x.add_cell(c, g, v);
    cells->label.push_back(static_cast<std::int32_t>(c % 2));
    (c < 20 ? cells->corpus : c < 30 ? cells->probe : cells->test).push_back(c);
  }
  cells->n_labels = 2;
  return cells;
}

/// Answers 1 where the first dim is above 30; tells how many cells it saw.
std::vector<std::int32_t> threshold(const metric::probe_task& task) {
  CHECK(task.train.n_cells() == 10);
  CHECK(task.label.size() == 10);
  std::vector<std::int32_t> out;
  for (std::int64_t c = 0; c < task.test.n_cells(); ++c) out.push_back(task.test.row(c)[0] > 30 ? 1 : 0);
  return out;
}

TEST_CASE("a run trains on its share of the corpus, and heads predict the test cells") {
  const auto heads =
      std::make_shared<const std::vector<st::study_head>>(std::vector<st::study_head>{{"threshold", "30", threshold}});
  const auto run =
      st::make_experiment(grid_cell<pipeline<toy::as_tokens, toy::sum>>{"plain", "sum", compose(toy::as_tokens{}, toy::sum{})},
                          forty_cells(), heads);
  CHECK(run.tokenizer == "plain");
  CHECK(run.settings.substr(0, 15) == "as_tokens | sum");
  const auto whole = run.run({.fraction = 1, .seed = 5});
  CHECK(whole.training_cells == 20);
  CHECK(whole.dims == 2);
  CHECK(whole.heads.at(0).predicted == std::vector<std::int32_t>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  CHECK(run.run({.fraction = 0.25, .seed = 5}).training_cells == 5);
  CHECK(run.run({.fraction = 0, .seed = 5}).training_cells == 0);  // the untrained twin sees no cells
  CHECK(run.run({.fraction = 0.25, .seed = 5}).heads.at(0).predicted ==
        run.run({.fraction = 0.25, .seed = 5}).heads.at(0).predicted);
}
TEST_CASE("a sampler chooses the share, is named in the settings, and one that chooses nothing is told of") {
  const auto heads =
      std::make_shared<const std::vector<st::study_head>>(std::vector<st::study_head>{{"threshold", "30", threshold}});
  const grid_cell<pipeline<toy::as_tokens, toy::sum>> cell{"plain", "sum", compose(toy::as_tokens{}, toy::sum{})};
  const auto even = st::make_experiment(cell, forty_cells(), heads, sample::sampler_named("cell_type_reweighted"));
  CHECK(even.sampler == "cell_type_reweighted");
  CHECK(even.settings.find("sampler cell_type_reweighted") != std::string::npos);
  CHECK(even.run({.fraction = 0.5, .seed = 5}).training_cells == 10);
  CHECK(st::make_experiment(cell, forty_cells(), heads).settings.find("sampler") == std::string::npos);
  const sample::any_sampler none{
      "none", "none", {}, [](const auto&, double, const auto&) { return std::vector<std::int64_t>{}; }};
  CHECK_THROWS_AS((void)st::make_experiment(cell, forty_cells(), heads, none).run({.fraction = 0.5, .seed = 5}), bad_data);
}
TEST_CASE("few rows stand for all: evenly spaced, and all of them where they are few") {
  const std::vector<std::int64_t> rows{3, 1, 4, 8, 5, 9, 2};
  CHECK(st::evenly(rows, 3) == std::vector<std::int64_t>{3, 4, 5});
  CHECK(st::evenly(rows, 7) == rows);
  CHECK(st::evenly(rows, 100) == rows);
  CHECK(st::evenly({}, 3).empty());
}

/// Says how many operations a cell takes, and counts how often it is asked.
struct counted_sum : toy::centred_sum {
  static inline std::atomic<std::int64_t> asked = 0;
  [[nodiscard]] double operations(std::int64_t tokens) const { return ++asked, static_cast<double>(tokens); }
};
struct asked_sum : toy::sum {
  using fitted = counted_sum;
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    return {toy::sum::fit(train, context)};
  }
  [[nodiscard]] fitted untrained() const { return {}; }
};

TEST_CASE("operations are counted on a few test cells, however many there are") {
  auto cells = std::make_shared<st::study_cells>(*forty_cells());
  cells->test.clear();
  for (std::int64_t i = 0; i < 5000; ++i) cells->test.push_back(30 + i % 10);
  const auto heads =
      std::make_shared<const std::vector<st::study_head>>(std::vector<st::study_head>{{"threshold", "30", threshold}});
  const auto run = st::make_experiment(
      grid_cell<pipeline<toy::as_tokens, asked_sum>>{"plain", "sum", compose(toy::as_tokens{}, asked_sum{})}, cells, heads);
  const auto out = run.run({.fraction = 0.5, .seed = 1});
  CHECK(counted_sum::asked == 256);
  CHECK(out.model->operations_per_cell == 2);  // two genes each
  CHECK(out.heads.at(0).predicted.size() == 5000);
}
}  // namespace
}  // namespace test_study_pipeline_experiment
