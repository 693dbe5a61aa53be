#include <tepui/train/fine_tune.hpp>

#include <doctest/doctest.h>

#include "train/small_model.hpp"

namespace of_fine_tune {
using namespace tepui;

train::training_options options(std::int64_t steps) {
  auto o = small_model::options();
  o.steps = steps;
  o.rate = {.highest = 1e-2, .warm_up = 5};
  o.cut.tokens = 512;
  return o;
}

TEST_CASE("a model learns labels, and learns them better the more of it may learn") {
  const small_run::labelled on{small_model::corpus(300)};
  const auto model = small_model::model().fit(on.cells, {.seed = 1});
  const auto untaught = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(0));
  const auto frozen = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(150), train::learning_layers::frozen());
  const auto all = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(150));
  CHECK(on.share_right(frozen) > on.share_right(untaught));
  CHECK(on.share_right(all) > on.share_right(frozen));
  CHECK(all.report.validations.back().loss < all.report.validations.front().loss);
  const auto shares = all.shares(on.cells);
  double sum = 0;
  for (std::int32_t l = 0; l < on.n_labels; ++l) sum += static_cast<double>(shares[usize(l)]);
  CHECK(sum == doctest::Approx(1).epsilon(1e-5));
}

TEST_CASE("what is frozen keeps its bits") {
  const small_run::labelled on{small_model::corpus(300)};
  const auto model = small_model::model().fit(on.cells, {.seed = 1});
  const auto blocks_of = [](const auto& m) { return std::get<2>(m.stages()).weights; };
  const auto vectors_of = [](const auto& m) { return std::get<1>(m.stages()).weights; };
  const auto same = [](const auto& a, const auto& b, std::size_t from, std::size_t n) { return std::equal(a.begin() + isize(from), a.begin() + isize(from + n), b.begin() + isize(from)); };
  const auto before = blocks_of(model);
  const auto first = usize(layer::n_weights(std::get<2>(model.stages()).blocks)) / 2;
  const auto frozen = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(3), train::learning_layers::frozen());
  CHECK(blocks_of(frozen.model) == before);
  CHECK(vectors_of(frozen.model) == vectors_of(model));
  const auto last = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(3), train::learning_layers::last_blocks(1));
  CHECK(same(blocks_of(last.model), before, 0, first));
  CHECK(!same(blocks_of(last.model), before, first, first));
  CHECK(vectors_of(last.model) == vectors_of(model));
  const auto all = train::fine_tune(model, on.cells, on.type.code, on.n_labels, options(3));
  CHECK(!same(blocks_of(all.model), before, 0, first));
  CHECK(vectors_of(all.model) != vectors_of(model));
}

TEST_CASE("labels that do not fit are refused") {
  const small_run::labelled on{small_model::corpus(300)};
  const auto model = small_model::model().fit(on.cells, {.seed = 1});
  std::vector<std::int32_t> few(10, 0), wrong(300, 9999), right(300, 0);
  CHECK_THROWS_WITH_AS((void)train::fine_tune(model, on.cells, few, 2, options(1)), doctest::Contains("10 labels for 300 cells"), bad_option);
  CHECK_THROWS_WITH_AS((void)train::fine_tune(model, on.cells, wrong, 2, options(1)), doctest::Contains("number them from 0"), bad_option);
  CHECK_THROWS_WITH_AS((void)train::fine_tune(model, on.cells, right, 1, options(1)), doctest::Contains("at least two kinds"), bad_option);
  CHECK_THROWS_WITH_AS((void)train::fine_tune(model, on.cells, right, 2, options(1), train::learning_layers::last_blocks(3)), doctest::Contains("the encoder has 2"), bad_option);
}

}  // namespace of_fine_tune
