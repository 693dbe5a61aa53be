#include <tepui/train/network.hpp>

#include <doctest/doctest.h>

#include <tepui/objective/cell_labels.hpp>

#include "train/small_cell_model.hpp"

namespace of_cell_network {
using namespace tepui;
using namespace small_cell_model;

std::shared_ptr<objective::labels_by_cell> thirds(const simulate::corpus& cells) {
  auto out = std::make_shared<objective::labels_by_cell>();
  for (std::int64_t c = 0; c < cells.n_cells(); ++c) (*out)[c] = static_cast<std::int32_t>(c % 3);
  return out;
}

/// The gradient of a whole model agrees with central finite differences, in double, for every slice that learns by it.
template <class Pipeline, class Objective>
void whole_gradient(const Pipeline& model, const Objective& ask, objective::moment now = {}) {
  const auto cells = small_cell_model::corpus(30);
  const auto fitted = model.fit(cells, {.seed = 1});
  const auto front = train::front_of(fitted.stages());
  const auto embedder = train::embedder_of(fitted.stages());
  const auto& encoder = std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages());
  using encoder_type = std::remove_cvref_t<decltype(encoder)>;
  const gene_table words = train::genes_behind(front, cells.genes());
  auto head = ask.template bind<train::learned_dims<encoder_type>()>(train::facts_of(words, words.size()));
  const train::network<train::counts_as_tokens, encoder_type, decltype(head), typename Objective::needs> net{&embedder,
                                                                                                             &encoder, &head};
  typename decltype(net)::tokens_type tokens;
  auto stream = train::make_stream<typename decltype(net)::channel_list>(cells, front, embedder, 1, {.validation_share = 0});
  if constexpr (requires { head.count(tokens.view()); }) stream.each_window([&](const auto& view) { head.count(view); });
  train::stream_place place;
  stream.next(6, place, tokens);

  const std::int64_t n = layer::n_weights(net);
  std::vector<double> w(usize(n)), dw(usize(n), 0.0);
  layer::draw_weights<double>(net, kernel::draws(4, "network"), w);
  typename decltype(net)::template room<double> room;
  const kernel::draws asks(1, "asks"), drops(1, "drops");
  const auto loss = [&](const std::vector<double>& at) {
    std::vector<double> unused(usize(n), 0.0);
    return net.template learn<double>(at, tokens.view(), asks, drops, unused, room, {}, now).loss;
  };
  const auto sum = net.template learn<double>(w, tokens.view(), asks, drops, dw, room, {}, now);
  CHECK(sum.questions >= 6);
  layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;
    std::int64_t largest = first;
    for (std::int64_t i = first; i < first + s.size(); ++i)
      if (std::abs(dw[usize(i)]) > std::abs(dw[usize(largest)])) largest = i;
    for (const std::int64_t at : {largest, first + asks.below(s.size(), 1), first + asks.below(s.size(), 2)}) {
      auto moved = w;
      moved[usize(at)] += 1e-5;
      const double up = loss(moved);
      moved[usize(at)] -= 2e-5;
      const double measured = (up - loss(moved)) / 2e-5;
      INFO(name, "[", at - first, "]: ", dw[usize(at)], " beside ", measured);
      CHECK(std::abs(dw[usize(at)] - measured) <= 1e-5 * std::max(1.0, std::abs(measured)));
    }
  });
  std::vector<float> w_float(w.begin(), w.end()), dw_float(usize(n), 0.0F);
  typename decltype(net)::template room<float> room_float;
  const auto quick = net.template learn<float>(w_float, tokens.view(), asks, drops, dw_float, room_float, {}, now);
  CHECK(quick.loss == doctest::Approx(sum.loss).epsilon(1e-5));
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < dw.size(); ++i) {
    largest = std::max(largest, std::abs(dw[i]));
    off = std::max(off, std::abs(dw[i] - static_cast<double>(dw_float[i])));
  }
  CHECK(off <= 1e-4 * largest);
  CHECK(net.template loss<double>(w, tokens.view(), asks, room).questions == sum.questions);
}

auto normalised(auto encoder) { return compose(transform::normalise{}, transform::log1p{}, encoder); }

TEST_CASE("the gradient of a supervised perceptron is exact, with batch norm and with genes dropped") {
  const auto cells = small_cell_model::corpus(30);
  const objective::cell_labels ask{thirds(cells), 3};
  whole_gradient(normalised(encode::mlp_encoder<smooth, 8, 5>{}), ask);
  whole_gradient(normalised(encode::mlp_encoder<smooth_normed, 8, 5>{}), ask);
  using rough = encode::cell_encoder<layer::mlp_behind<smooth, 8, 5>, port::any_counts,
                                     encode::cell_encoder_settings{.input_dropout_per_mille = 300, .dims = 3}>;
  whole_gradient(normalised(rough{}), ask);
}

TEST_CASE("the gradient of a masked autoencoder is exact, whatever is hidden") {
  const auto cells = small_cell_model::corpus(30);
  const auto& genes = cells.genes();
  const auto name = [&](int g) -> std::string {
    return genes.id[usize(g)].empty() ? genes.symbol[usize(g)] : genes.id[usize(g)];
  };
  const std::vector<gene_set> programs{{"one", {name(1), name(5), name(20)}}, {"two", {name(7), name(30), "no such gene"}}};
  const auto model = normalised(encode::mlp_encoder<smooth, 8, 5>{});
  whole_gradient(model, objective::masked_expression<smooth, 8>{.rate = 0.5});
  whole_gradient(model, objective::masked_expression<>{.rate = 0.7, .what = objective::hides::programs, .programs = programs});
  whole_gradient(model,
                 objective::masked_expression<smooth_normed, 8>{.what = objective::hides::one_program, .programs = programs});
  whole_gradient(model, objective::masked_expression<smooth, 8, 6>{.what = objective::hides::nothing});
}

template <kernel::count_law Law, int Library = 0>
using elbo =
    objective::count_elbo<objective::count_decoder_shape{.law = Law, .layers = smooth_normed, .library_width = Library}, 8>;

TEST_CASE("the gradient of scVI is exact: every law, batches, and an inferred library") {
  const auto cells = small_cell_model::corpus(30);
  const auto model = compose(encode::scvi_encoder<3, smooth_normed, 8>{});
  whole_gradient(model, elbo<kernel::count_law::poisson>{}, {500, 0});
  whole_gradient(model, elbo<nb>{.warm_up = objective::prior_warm_up::published()}, {500, 100});
  whole_gradient(model, elbo<zinb>{.warm_up = {}, .batch = thirds(cells), .n_batches = 3});
  whole_gradient(model, elbo<zinb, 6>{.batch = thirds(cells), .n_batches = 3});
}

}  // namespace of_cell_network
