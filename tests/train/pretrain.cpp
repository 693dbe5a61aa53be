#include <tepui/train/pretrain.hpp>

#include <doctest/doctest.h>

#include "train/small_model.hpp"

namespace of_pretrain {
using namespace tepui;
using small_model::model;
using small_model::options;

const objective::masked_genes<> hide{.rate = 0.3};

auto weights_of(const auto& fitted) {
  const auto& [rank, embedder, encoder] = fitted.stages();
  std::vector<float> all(embedder.weights.begin(), embedder.weights.end());
  all.insert(all.end(), encoder.weights.begin(), encoder.weights.end());
  return all;
}

TEST_CASE("a model that learns is less surprised by genes that it has not seen") {
  auto o = options();
  o.steps = 150;
  o.rate.highest = 1e-2;
  const auto cells = small_model::corpus(400);
  const auto fitted = train::pretrain(model(), hide, cells, o);
  REQUIRE(fitted.report.validations.size() == 2);
  const auto before = fitted.report.validations[0], behind = fitted.report.validations[1];
  CHECK(before.step == 0);
  CHECK(behind.step == 150);
  CHECK(before.floor == behind.floor);
  CHECK(before.floor > 1);
  CHECK(behind.loss < before.loss - 0.5);
  CHECK(behind.loss < behind.floor);
  CHECK(fitted.report.steps == 150);
  CHECK(fitted.report.epochs >= 6);
  const auto cells_seen = fitted.embed(cells);
  CHECK(cells_seen.n_cells() == 400);
  CHECK(cells_seen.n_columns == 16);
}

TEST_CASE("the weights are the same bits for any number of threads") {
  const auto cells = small_model::corpus();
  auto o = options();
  const auto one = weights_of(train::pretrain(model<16, 100>(), hide, cells, o));
  for (const int threads : {2, 3, 4}) {
    o.threads = threads;
    CHECK(one == weights_of(train::pretrain(model<16, 100>(), hide, cells, o)));
  }
  o.seed = 6;
  CHECK(one != weights_of(train::pretrain(model<16, 100>(), hide, cells, o)));
}

TEST_CASE("a run that is interrupted in the middle of an epoch goes on to the same bits") {
  const auto cells = small_model::corpus();
  for (const std::int64_t patience : {0, 3}) {
    auto o = options();
    o.validate_every = 2;
    o.patience = patience;
    const auto whole = train::pretrain(model<16, 100>(), hide, cells, o);
    std::vector<named_tensors> kept;
    o.checkpoint_every = 3;
    o.on_checkpoint = [&](const named_tensors& state) { kept.push_back(state); };
    CHECK(weights_of(whole) == weights_of(train::pretrain(model<16, 100>(), hide, cells, o)));
    REQUIRE(kept.size() >= 3);
    o.on_checkpoint = nullptr;
    for (const named_tensors& state : {kept[0], kept[2]}) {
      o.resume = &state;
      const auto again = train::pretrain(model<16, 100>(), hide, cells, o);
      CHECK(weights_of(whole) == weights_of(again));
      CHECK(again.report.tokens == whole.report.tokens);
      CHECK(again.report.best_step == whole.report.best_step);
      REQUIRE(again.report.validations.size() == whole.report.validations.size());
      for (std::size_t i = 0; i < again.report.validations.size(); ++i) CHECK(again.report.validations[i].loss == whole.report.validations[i].loss);
    }
  }
}

TEST_CASE("a checkpoint of other settings is refused, and says which") {
  const auto cells = small_model::corpus();
  auto o = options();
  named_tensors kept;
  o.checkpoint_every = 12;
  o.on_checkpoint = [&](const named_tensors& state) { kept = state; };
  (void)train::pretrain(model(), hide, cells, o);
  o.resume = &kept;
  o.rate.highest = 1e-4;
  CHECK_THROWS_WITH_AS((void)train::pretrain(model(), hide, cells, o), doctest::Contains("the checkpoint is of another run"), bad_data);
  o = options();
  o.resume = &kept;
  o.rate.highest = 3e-3 + 1e-9;
  CHECK_THROWS_WITH_AS((void)train::pretrain(model(), hide, cells, o), doctest::Contains("0.003000001"), bad_data);
  CHECK(kept.get<float>("embedder.identity.weight").size() == 16 * 121);
}

TEST_CASE("training stops when the loss on held-out cells does not fall, and keeps the best weights") {
  const auto cells = small_model::corpus(60);
  auto o = options();
  o.steps = 400;
  o.rate = {.highest = 3e-2, .warm_up = 5, .down = train::decay::none};
  o.validate_every = 10;
  o.patience = 3;
  const auto fitted = train::pretrain(model(), hide, cells, o);
  CHECK(fitted.report.stopped_early);
  CHECK(fitted.report.steps < 400);
  double best = 1e9;
  std::int64_t step = 0;
  for (const auto& v : fitted.report.validations)
    if (v.loss < best) best = v.loss, step = v.step;
  CHECK(fitted.report.best_step == step);
}

TEST_CASE("somebody can stop training, and go on from there") {
  const auto cells = small_model::corpus();
  auto o = options();
  const auto whole = train::pretrain(model(), hide, cells, o);
  std::stop_source stop;
  named_tensors kept;
  o.stop = stop.get_token();
  o.on_step = [&](const train::progress& at) {
    CHECK(at.steps == 12);
    CHECK(at.loss > 0);
    if (at.step == 5) stop.request_stop();
  };
  o.on_checkpoint = [&](const named_tensors& state) { kept = state; };
  const auto half = train::pretrain(model(), hide, cells, o);
  CHECK(half.report.steps == 5);
  auto rest = options();
  rest.resume = &kept;
  CHECK(weights_of(whole) == weights_of(train::pretrain(model(), hide, cells, rest)));
}

TEST_CASE("settings that cannot be followed are refused") {
  const auto cells = small_model::corpus(20);
  const auto refuses = [&](auto change, const char* sentence) {
    auto o = options();
    change(o);
    CHECK_THROWS_WITH_AS((void)train::pretrain(model(), hide, cells, o), doctest::Contains(sentence), bad_option);
  };
  refuses([](auto& o) { o.batch_cells = 0; }, "at least one cell");
  refuses([](auto& o) { o.cut.shards = 3; }, "power of 2");
  refuses([](auto& o) { o.cut.tokens = 0; }, "tokens at a time");
  refuses([](auto& o) { o.rate.highest = 0; }, "highest rate above 0");
  refuses([](auto& o) { o.rate.unit = train::counted_in::tokens; }, "cannot fall without an end");
  refuses([](auto& o) { o.patience = 2; }, "needs validations");
  refuses([](auto& o) { o.validation_share = 1; }, "held out");
  refuses([](auto& o) { o.block = 0; }, "blocks of 0");
}

TEST_CASE("a loss that is no number ends training with a sentence") {
  auto o = options();
  o.steps = 60;
  o.rate = {.highest = 1e30, .warm_up = 0};
  CHECK_THROWS_WITH_AS((void)train::pretrain(model(), hide, small_model::corpus(40), o), doctest::Contains("lower the learning rate"), bad_data);
}

}  // namespace of_pretrain
