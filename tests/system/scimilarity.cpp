#include <tepui/system/scimilarity.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <tepui/simulate/corpus.hpp>
#include <tepui/train/pretrain.hpp>

namespace of_scimilarity {
using namespace tepui;

/// Simulated cells, their types, and a study for each, dealt by chance.
struct labelled {
  std::int64_t n;
  simulate::corpus cells = simulate::corpus({.seed = 3, .cells = n, .genes = 60});
  categorical type = cells.obs(0, n).labels("cell_type"), study{};

  explicit labelled(std::int64_t cells_wanted) : n(cells_wanted) {
    study.category = {"one", "two", "three"};
    for (std::int64_t c = 0; c < n; ++c) study.code.push_back(static_cast<std::int32_t>(kernel::draws(1, "study").below(3, c)));
  }
  [[nodiscard]] auto known() const {
    std::vector<std::int64_t> id;
    for (std::int64_t c = 0; c < n; ++c) id.push_back(c);
    return objective::studied(id, type, study);
  }
};

TEST_CASE("the gradient of SCimilarity is exact through batch norm, the unit sphere, triplets and decoder") {
  const labelled on(30);
  constexpr layer::mlp_shape smooth{.bend = kernel::bend::silu, .batch_norm = true, .dropout_per_mille = 100};
  const auto model = compose(transform::normalise{}, transform::log1p{}, encode::sphere_encoder<smooth, 200, 8, 7, 5>{});
  const objective::triplet_and_expression<layer::mlp_between_up<smooth, 5, 7, 8>> ask{
      .pulls = {.cells = on.known(), .margin = 0.5, .mine = kernel::negatives::hardest}, .share = 0.6};
  const auto fitted = model.fit(on.cells, {.seed = 1});
  const auto front = train::front_of(fitted.stages());
  const auto embedder = train::embedder_of(fitted.stages());
  const auto& encoder = std::get<2>(fitted.stages());
  const gene_table words = train::genes_behind(front, on.cells.genes());
  const auto head = ask.bind<5>(train::facts_of(words, words.size()));
  using net_type = train::network<train::counts_as_tokens, std::remove_cvref_t<decltype(encoder)>,
                                  std::remove_const_t<decltype(head)>, channels<channel::value>>;
  const net_type net{&embedder, &encoder, &head};
  auto stream = train::make_stream<net_type::channel_list>(on.cells, front, embedder, 1, {.validation_share = 0});
  train::stream_place place;
  net_type::tokens_type tokens;
  stream.next(20, place, tokens);
  const std::int64_t n = layer::n_weights(net);
  std::vector<double> w(usize(n)), dw(usize(n), 0.0), unused(usize(n));
  layer::draw_weights<double>(net, kernel::draws(4, "network"), w);
  net_type::room<double> room;
  const kernel::draws asks(1, "asks"), drops(1, "drops");
  const auto sum = net.learn<double>(w, tokens.view(), asks, drops, dw, room);
  CHECK(sum.questions == 20);
  CHECK(room.head.pulls.mined.found.size() > 10);
  layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;
    for (std::int64_t k = 0; k < 2; ++k) {
      const std::int64_t at = first + asks.below(s.size(), k);
      auto moved = w;
      moved[usize(at)] += 1e-5;
      const double up = net.learn<double>(moved, tokens.view(), asks, drops, unused, room).loss;
      moved[usize(at)] -= 2e-5;
      const double measured = (up - net.learn<double>(moved, tokens.view(), asks, drops, unused, room).loss) / 2e-5;
      INFO(name, "[", at - first, "]: ", dw[usize(at)], " beside ", measured);
      CHECK(std::abs(dw[usize(at)] - measured) <= 1e-5 * std::max(1.0, std::abs(measured)));
    }
  });
}

/// The share of cells whose nearest other cell of another study has their type.
double found_again(const auto& embedding, const labelled& on) {
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < on.n; ++i) {
    double best = -2;
    std::int64_t nearest = -1;
    for (std::int64_t j = 0; j < on.n; ++j) {
      if (on.study.code[usize(i)] == on.study.code[usize(j)]) continue;
      double cosine = 0;
      for (std::int64_t k = 0; k < embedding.n_columns; ++k)
        cosine += static_cast<double>(embedding.value[usize(i * embedding.n_columns + k)]) *
                  static_cast<double>(embedding.value[usize(j * embedding.n_columns + k)]);
      if (cosine > best) best = cosine, nearest = j;
    }
    right += on.type.code[usize(i)] == on.type.code[usize(nearest)] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(on.n);
}

TEST_CASE(
    "it learns to find cells of a type in other studies, and embeds on the unit sphere with the same bits for any threads") {
  const labelled on(120);
  train::training_options o;
  o.steps = 30;
  o.batch_cells = 48;
  o.rate = {.highest = 5e-3, .warm_up = 5};
  o.cut.shards = 1;
  o.seed = 5;
  o.validation_share = 0.2;
  const auto model = system::small_scimilarity();
  const auto taught = train::pretrain(model, system::small_scimilarity_objective(on.known()), on.cells, o);
  CHECK(taught.report.validations.back().loss < taught.report.validations.front().loss);
  const auto embedding = taught.embed(on.cells), untaught = model.fit(on.cells, {.seed = 5}).embed(on.cells);
  CHECK(found_again(embedding, on) > found_again(untaught, on) + 0.1);
  for (std::int64_t c = 0; c < on.n; ++c) {
    double length = 0;
    for (std::int64_t k = 0; k < 16; ++k) length += std::pow(static_cast<double>(embedding.value[usize(c * 16 + k)]), 2);
    CHECK(length == doctest::Approx(1).epsilon(1e-5));
  }
  const auto again = taught.embed(on.cells, {.threads = 2});
  CHECK(std::equal(embedding.value.begin(), embedding.value.end(), again.value.begin()));
}

TEST_CASE("the published shape") {
  const auto model = system::scimilarity();
  CHECK(std::remove_cvref_t<decltype(std::get<2>(model.stages))>::dims == 128);
  const auto ask = system::scimilarity_objective(nullptr);
  CHECK(ask.share == 0.001);
  CHECK_THROWS_WITH_AS((void)ask.bind<128>({}), doctest::Contains("knows no cells"), bad_option);
}

}  // namespace of_scimilarity
