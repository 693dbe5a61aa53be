#pragma once
/// The gradient of a whole model agrees with central finite differences, in double, for every slice that learns by it.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <tepui/train/pretrain.hpp>

namespace whole_gradient {
using namespace tepui;

/// in     a pipeline whose weights are drawn; six cells are asked            out    slices that learn
template <class Pipeline, class Objective, class Cells>
std::int64_t is_exact(const Pipeline& model, const Objective& ask, const Cells& cells, double error,
                      objective::moment now = {}) {
  const auto fitted = model.fit(cells, {.seed = 1, .extra_tokens = 1});
  const auto front = train::front_of(fitted.stages());
  const auto embedder = train::embedder_of(fitted.stages());
  using stages = std::remove_cvref_t<decltype(fitted.stages())>;
  const auto& encoder = std::get<std::tuple_size_v<stages> - 1>(fitted.stages());
  using encoder_type = std::remove_cvref_t<decltype(encoder)>;
  const gene_table words = train::genes_behind(front, cells.genes());
  auto head = ask.template bind<train::learned_dims<encoder_type>()>(train::facts_of(words, train::n_rows_of(embedder, words)));
  using net_type =
      train::network<std::remove_cvref_t<decltype(embedder)>, encoder_type, decltype(head), typename Objective::needs>;
  const net_type net{&embedder, &encoder, &head};
  typename net_type::tokens_type tokens;
  auto stream = train::make_stream<typename net_type::channel_list>(cells, front, embedder, 1, {.validation_share = 0});
  if constexpr (net_type::of_counts && requires { head.count(tokens.view()); })
    stream.each_window([&](const auto& view) { head.count(view); });
  train::stream_place place;
  stream.next(6, place, tokens);

  const std::int64_t n = layer::n_weights(net);
  std::vector<double> w(usize(n)), dw(usize(n), 0.0);
  layer::draw_weights<double>(net, kernel::draws(4, "network"), w);
  typename net_type::template room<double> room;
  const kernel::draws asks(1, "asks"), drops(1, "drops");
  const auto loss = [&](const std::vector<double>& at) {
    std::vector<double> unused(usize(n), 0.0);
    return net.template learn<double>(at, tokens.view(), asks, drops, unused, room, {}, now).loss;
  };
  const auto sum = net.template learn<double>(w, tokens.view(), asks, drops, dw, room, {}, now);
  CHECK(sum.questions >= 3);  // a program that is hidden is not in all of the cells
  CHECK((net_type::of_counts ? sum.tokens > 0 : sum.tokens == isize(tokens.id.size())));
  std::int64_t slices = 0;
  layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;
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
      CHECK(std::abs(dw[usize(at)] - measured) <= error * std::max(1.0, std::abs(measured)));
    }
  });
  std::vector<float> w_float(w.begin(), w.end()), dw_float(usize(n), 0.0F);
  typename net_type::template room<float> room_float;
  const auto quick = net.template learn<float>(w_float, tokens.view(), asks, drops, dw_float, room_float, {}, now);
  CHECK(quick.loss == doctest::Approx(sum.loss).epsilon(1e-5));
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < dw.size(); ++i) {
    largest = std::max(largest, std::abs(dw[i]));
    off = std::max(off, std::abs(dw[i] - static_cast<double>(dw_float[i])));
  }
  CHECK(off <= 1e-4 * largest);
  CHECK(net.template loss<double>(w, tokens.view(), asks, room).questions == sum.questions);
  return slices;
}

}  // namespace whole_gradient
