#include <tepui/train/network.hpp>

#include <doctest/doctest.h>

#include "train/small_model.hpp"

namespace of_network {
using namespace tepui;

/// The gradient of a whole model agrees with central finite differences, in double, for every slice of its weights.
template <class Pipeline, class Objective>
void whole_gradient(const Pipeline& model, const Objective& ask) {
  const auto cells = small_model::corpus(12);
  const auto fitted = model.fit(cells, {.seed = 1, .extra_tokens = 1});
  const auto& [rank, embedder, encoder] = fitted.stages();
  using embedder_type = std::remove_cvref_t<decltype(embedder)>;
  using encoder_type = std::remove_cvref_t<decltype(encoder)>;
  auto head = ask.template bind<encoder_type::dims>(train::facts_of(train::genes_behind(std::tuple(rank), cells.genes()), embedder.identity.n_rows()));
  const train::network<embedder_type, encoder_type, decltype(head)> net{&embedder, &encoder, &head};
  typename decltype(net)::tokens_type tokens;
  auto stream = train::make_stream<typename decltype(net)::channel_list>(cells, std::tuple(rank), embedder, 1, {.validation_share = 0});
  train::stream_place place;
  stream.next(6, place, tokens);

  const std::int64_t n = layer::n_weights(net);
  std::vector<double> w(usize(n)), dw(usize(n), 0.0);
  layer::draw_weights<double>(net, kernel::draws(4, "network"), w);
  typename decltype(net)::template room<double> room;
  const kernel::draws asks(1, "asks"), drops(1, "drops");
  const auto loss = [&](const std::vector<double>& at) {
    std::vector<double> unused(usize(n), 0.0);
    return net.template learn<double>(at, tokens.view(), asks, drops, unused, room).loss;
  };
  const auto sum = net.template learn<double>(w, tokens.view(), asks, drops, dw, room);
  CHECK(sum.questions > 5);
  CHECK(sum.tokens == isize(tokens.id.size()));
  std::int64_t slices = 0;
  layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    ++slices;
    // The number with the largest gradient, and two at random.
    std::int64_t largest = first;
    for (std::int64_t i = first; i < first + s.size(); ++i)
      if (std::abs(dw[usize(i)]) > std::abs(dw[usize(largest)])) largest = i;
    for (const std::int64_t at : {largest, first + asks.below(s.size(), slices), first + asks.below(s.size(), slices, 1)}) {
      auto moved = w;
      moved[usize(at)] += 1e-5;
      const double up = loss(moved);
      moved[usize(at)] -= 2e-5;
      const double measured = (up - loss(moved)) / 2e-5;
      INFO(name, "[", at - first, "]: ", dw[usize(at)], " beside ", measured);
      CHECK(std::abs(dw[usize(at)] - measured) <= 2e-6 * std::max(1.0, std::abs(measured)));
    }
  });
  CHECK(slices > 20);
  std::vector<float> w_float(w.begin(), w.end()), dw_float(usize(n), 0.0F);
  typename decltype(net)::template room<float> room_float;
  const auto quick = net.template learn<float>(w_float, tokens.view(), asks, drops, dw_float, room_float);
  CHECK(quick.loss == doctest::Approx(sum.loss).epsilon(1e-5));
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < dw.size(); ++i) {
    largest = std::max(largest, std::abs(dw[i]));
    off = std::max(off, std::abs(dw[i] - static_cast<double>(dw_float[i])));
  }
  CHECK(off <= 1e-4 * largest);
  CHECK(net.template loss<double>(w, tokens.view(), asks, room).questions == sum.questions);
}

TEST_CASE("the gradient of a whole transformer is exact") {
  whole_gradient(small_model::model<8>(), objective::masked_genes<>{.rate = 0.3});
  whole_gradient(small_model::model<8, 200, layer::norm_place::after>(), objective::masked_genes<objective::output::own>{.rate = 0.3});
  whole_gradient(small_model::model<8, 0, layer::norm_place::stream>(), objective::masked_genes<>{.rate = 0.3});
}

}  // namespace of_network
