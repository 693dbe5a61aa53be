#include <tepui/train/trainer.hpp>

#include <doctest/doctest.h>

#include <limits>

#include <tepui/train/loop.hpp>

namespace tepui::tests::train_trainer {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr float too_large = std::numeric_limits<float>::infinity();

/// What the network answers at the step at work: told by the test, whatever its weights are.
struct script {
  double loss = 3, held_out = 3;
  float gradient = 0.5F, sum = 2, squares = 8;
  std::int64_t broken_at = -1;  ///< the step whose answers are the numbers above; at all others they are those of a healthy one
};

/// Two weights, and the moments of one dimension.
struct told {
  const script* says = nullptr;
  static constexpr bool of_counts = true, whole = true;
  static constexpr int layers = 1;
  using tokens_type = token_batch<channels<channel::value>>;
  template <class Real>
  using room = layer::nothing;
  [[nodiscard]] static constexpr bool compares_cells(train::trained_part) { return true; }

  void each_weight(auto&& visit) const {
    using enum layer::learned_by;
    visit("weight", layer::slice{1, 2, layer::start::zero});
    visit("running_mean", layer::slice{1, 1, layer::start::zero, 0, false, running_mean, 0.5});
    visit("running_variance", layer::slice{1, 1, layer::start::one, 0, false, running_variance, 0.5});
    visit("batches_seen", layer::slice{1, 1, layer::start::zero, 0, false, batches_seen, 0.5});
  }
  template <class Real>
  train::loss_sum learn(std::span<const Real>, const auto& cells, const auto&, const auto&, std::span<Real> dw, room<Real>&,
                        auto, objective::moment now) const {
    const script s = now.step == says->broken_at ? *says : script{};
    const auto n = cells.n_cells();
    dw[1] += static_cast<float>(n) * s.gradient;
    dw[16] += s.sum, dw[32] += s.squares, dw[48] += static_cast<float>(n);
    return {static_cast<double>(n) * s.loss, 0, n, n};
  }
  template <class Real>
  train::loss_sum loss(std::span<const Real> w, const auto& cells, const auto&, room<Real>&) const {
    const bool broken = w[48] == static_cast<Real>(says->broken_at);
    return {static_cast<double>(cells.n_cells()) * (broken ? says->held_out : 3.0), 0, cells.n_cells(), cells.n_cells()};
  }
};

told::tokens_type four_cells() {
  told::tokens_type out;
  out.clear();
  for (std::int64_t c = 0; c < 4; ++c) {
    out.add_token(0, 1.0F);
    out.end_cell();
    out.cell_id.push_back(c);
  }
  out.n_vocabulary = 1;
  return out;
}
struct stream_of_four {
  [[nodiscard]] static auto validation() { return four_cells(); }
  static void next(std::int64_t, train::stream_place&, told::tokens_type& batch) { batch = four_cells(); }
};

struct learning {
  script says;
  train::optimiser how{};
  train::trainer<told> model{told{&says}, how, {.shards = 2}, {}, 1, 1};
  train::alone ranks{};
  learning(const script& s, const train::optimiser& o = {}) : says(s), how(o) {
    layer::draw_weights<float>(told{&says}, kernel::draws(1, "none"), model.w);
  }
  train::step_result step(double rate = 0.1) {
    const kernel::draws random(1, "none");
    return model.step(four_cells(), rate, random, random, ranks, {model.steps, 0});
  }
  auto learn(train::training_options options) {
    options.cut.shards = 2;
    options.rate = {.highest = 0.1};
    stream_of_four stream;
    return train::learn_by_steps(model, told{&says}, stream, options, "told", ranks);
  }
};

TEST_CASE("a step moves weights and moments as a pencil says") {
  learning on{{}};
  const auto did = on.step();
  CHECK(did.gradient_length == doctest::Approx(0.5));  // 4 cells of 0.5, for 4 questions
  CHECK(on.model.w[1] == doctest::Approx(-0.1));       // the first step of AdamW is as long as the rate
  CHECK(on.model.w[16] == doctest::Approx(0.5));       // half of 4 / 4
  CHECK(on.model.w[32] == doctest::Approx(0.5 * 1 + 0.5 * (16.0 - 16.0 / 4) / 3));
  CHECK(on.model.w[48] == 1);
}

TEST_CASE("a step whose loss, gradient or moments are not finite is refused before anything moves") {
  const auto refuses = [](const script& broken, const char* sentence, const train::optimiser& how = {}) {
    learning on{broken, how};
    (void)on.step();
    const auto w = on.model.w, m = on.model.m, v = on.model.v;
    CHECK_THROWS_WITH_AS((void)on.step(), doctest::Contains(sentence), bad_data);
    CHECK(on.model.w == w);
    CHECK(on.model.m == m);
    CHECK(on.model.v == v);
    CHECK(on.model.steps == 1);
  };
  refuses({.loss = no_number, .broken_at = 1}, "the loss is not a number any more at step 2; lower the learning rate");
  const auto gradient = static_cast<float>(no_number);
  refuses({.gradient = gradient, .broken_at = 1}, "its gradient, whose length is nan, is not a number or too large at step 2");
  refuses({.gradient = gradient, .broken_at = 1}, "whose length is nan", {.clip = 0});
  refuses({.gradient = too_large, .broken_at = 1}, "whose length is inf");
  refuses({.sum = gradient, .broken_at = 1}, "the moments of what a batch norm has seen are not at step 2");
  refuses({.squares = too_large, .broken_at = 1}, "the moments of what a batch norm has seen are not");
  // Its square would be infinite for AdamW, whose weight would never move again; clipped to a length of 1 it is not.
  refuses({.gradient = 1e20F, .broken_at = 1}, "whose length is 10000000", {.clip = 0});
  learning clipped{{.gradient = 1e20F, .broken_at = 0}};
  CHECK(clipped.step().gradient_length == doctest::Approx(1e20));
  CHECK(clipped.model.w[1] == doctest::Approx(-0.1));
}

TEST_CASE("what breaks training leaves the last good checkpoint the last") {
  const auto ends = [](const script& broken, std::size_t checkpoints, const char* sentence) {
    std::vector<named_tensors> kept;
    learning on{broken};
    train::training_options o;
    o.steps = 6;
    o.validate_every = 2;
    o.checkpoint_every = 1;
    o.on_checkpoint = [&](const named_tensors& state) { kept.push_back(state); };
    CHECK_THROWS_WITH_AS((void)on.learn(o), doctest::Contains(sentence), bad_data);
    CHECK(kept.size() == checkpoints);
    for (const named_tensors& state : kept)
      for (const float x : state.get<float>("weight")) CHECK(std::isfinite(x));
  };
  ends({.gradient = too_large, .broken_at = 3}, 3, "at step 4");
  ends({.gradient = too_large, .broken_at = 5}, 5, "at step 6");  // the last
  ends({.held_out = no_number, .broken_at = 4}, 3, "the loss on held-out cells is not a number any more behind step 4");
  ends({.held_out = no_number, .broken_at = 0}, 0, "is not a number before the first step; look for counts");
}

TEST_CASE("weights that are not finite are neither kept nor given back") {
  learning on{{}};
  on.model.w[0] = too_large;
  CHECK_THROWS_WITH_AS(on.model.check_weights(), doctest::Contains("a weight is not a number any more behind step 0"),
                       bad_data);
  train::training_options o;
  o.steps = 0;
  CHECK_THROWS_WITH_AS((void)on.learn(o), doctest::Contains("a weight is not a number"), bad_data);
  on.model.w[0] = 0;
  CHECK_NOTHROW((void)on.learn(o));
}

}  // namespace
}  // namespace tepui::tests::train_trainer
