#include <tepui/train/network.hpp>

#include <doctest/doctest.h>

#include <tepui/encode/tabnet_encoder.hpp>
#include <tepui/objective/cell_labels.hpp>

#include "train/small_cell_model.hpp"
#include "train/whole_gradient.hpp"

namespace of_cell_network {
using namespace tepui;
using namespace small_cell_model;

std::shared_ptr<objective::labels_by_cell> thirds(const simulate::corpus& cells) {
  auto out = std::make_shared<objective::labels_by_cell>();
  for (std::int64_t c = 0; c < cells.n_cells(); ++c) (*out)[c] = static_cast<std::int32_t>(c % 3);
  return out;
}

void is_exact(const auto& model, const auto& ask, objective::moment now = {}) {
  CHECK(whole_gradient::is_exact(model, ask, small_cell_model::corpus(30), 1e-5, now) >= 6);
}

auto normalised(auto encoder) { return compose(transform::normalise{}, transform::log1p{}, encoder); }

TEST_CASE("the gradient of a supervised perceptron is exact, with batch norm and with genes dropped") {
  const auto cells = small_cell_model::corpus(30);
  const objective::cell_labels ask{thirds(cells), 3};
  is_exact(normalised(encode::mlp_encoder<smooth, 8, 5>{}), ask);
  is_exact(normalised(encode::mlp_encoder<smooth_normed, 8, 5>{}), ask);
  using rough = encode::cell_encoder<layer::mlp_behind<smooth, 8, 5>, port::any_counts,
                                     encode::cell_encoder_settings{.input_dropout_per_mille = 300, .dims = 3}>;
  is_exact(normalised(rough{}), ask);
}

TEST_CASE("the gradient of a masked autoencoder is exact, whatever is hidden") {
  const auto cells = small_cell_model::corpus(30);
  const auto& genes = cells.genes();
  const auto name = [&](int g) -> std::string {
    return genes.id[usize(g)].empty() ? genes.symbol[usize(g)] : genes.id[usize(g)];
  };
  const std::vector<gene_set> programs{{"one", {name(1), name(5), name(20)}}, {"two", {name(7), name(30), "no such gene"}}};
  const auto model = normalised(encode::mlp_encoder<smooth, 8, 5>{});
  is_exact(model, objective::masked_expression<smooth, 8>{.rate = 0.5});
  is_exact(model, objective::masked_expression<>{.rate = 0.7, .what = objective::hides::programs, .programs = programs});
  is_exact(model, objective::masked_expression<smooth_normed, 8>{.what = objective::hides::one_program, .programs = programs});
  is_exact(model, objective::masked_expression<smooth, 8, 6>{.what = objective::hides::nothing});
}

/// What the entropy of a TabNet's masks adds to the gradient of a step, divided by the questions as training does, beside finite
/// differences of sparsity times its mean over all six cells.
void entropy_pulls_by_its_mean(const objective::cell_labels& ask, std::int64_t questions) {
  constexpr encode::tabnet_shape shape{.dims = 2, .chooses = 2, .steps = 2, .shared = 1, .own = 1, .sparsity = 0.5F};
  constexpr encode::tabnet_shape plain{.dims = 2, .chooses = 2, .steps = 2, .shared = 1, .own = 1};
  using encoder_type = encode::fitted_tabnet_encoder<shape, port::any_counts>;
  using plain_type = encode::fitted_tabnet_encoder<plain, port::any_counts>;
  const auto cells = small_cell_model::corpus(6);
  const train::counts_as_tokens embedder;
  encoder_type encoder;
  plain_type without;
  encoder.genes.n_genes = without.genes.n_genes = cells.genes().size();
  const auto head = ask.bind<2>({});
  const train::network<train::counts_as_tokens, encoder_type, decltype(ask.bind<2>({}))> net{&embedder, &encoder, &head};
  const train::network<train::counts_as_tokens, plain_type, decltype(ask.bind<2>({}))> plain_net{&embedder, &without, &head};
  decltype(net)::tokens_type tokens;
  simulate::corpus::room read;
  const auto view = cells.read(0, 6, read);
  train::counts_as_tokens::select(view, tokens);
  tokens.cell_id.assign(view.cells.id.begin(), view.cells.id.end());

  const kernel::draws asks(1, "asks"), drops(1, "drops");
  std::vector<double> w(usize(layer::n_weights(net))), dw(w.size()), dw_plain(w.size());
  layer::draw_weights<double>(net, kernel::draws(4, "network"), w);
  decltype(net)::room<double> room;
  decltype(plain_net)::room<double> plain_room;
  const auto mean_entropy = [&](const std::vector<double>& at) {
    std::vector<double> unused(w.size());
    CHECK(net.learn<double>(at, tokens.view(), asks, drops, unused, room).questions == questions);
    return encoder_type::entropy(6, room.saved) / 6;
  };
  (void)net.learn<double>(w, tokens.view(), asks, drops, dw, room);
  (void)plain_net.learn<double>(w, tokens.view(), asks, drops, dw_plain, plain_room);
  double pulled = 0;
  layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (s.by != layer::learned_by::gradient) return;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(s.size(), 4); ++i) {
      const auto k = usize(first + drops.below(s.size(), i));
      auto up = w, down = w;
      up[k] += 1e-6, down[k] -= 1e-6;
      const double measured = 0.5 * (mean_entropy(up) - mean_entropy(down)) / 2e-6;
      const double pull = (dw[k] - dw_plain[k]) / static_cast<double>(questions);
      INFO(name, ": ", pull, " beside ", measured);
      CHECK(std::abs(pull - measured) <= 1e-6);
      pulled = std::max(pulled, std::abs(pull));
    }
  });
  CHECK(pulled > 1e-3);
}

TEST_CASE("the entropy of a TabNet's masks pulls by its mean over all cells, however few of them have a label") {
  const auto label = thirds(small_cell_model::corpus(6));
  entropy_pulls_by_its_mean({label, 3}, 6);
  auto half = std::make_shared<objective::labels_by_cell>(*label);
  for (const std::int64_t c : {0, 3, 4}) (*half)[c] = -1;
  entropy_pulls_by_its_mean({half, 3}, 3);
}

template <kernel::count_law Law, int Library = 0>
using elbo =
    objective::count_elbo<objective::count_decoder_shape{.law = Law, .layers = smooth_normed, .library_width = Library}, 8>;

TEST_CASE("the gradient of scVI is exact: every law, batches, and an inferred library") {
  const auto cells = small_cell_model::corpus(30);
  const auto model = compose(encode::scvi_encoder<3, smooth_normed, 8>{});
  is_exact(model, elbo<kernel::count_law::poisson>{}, {500, 0});
  is_exact(model, elbo<nb>{.warm_up = objective::prior_warm_up::published()}, {500, 100});
  is_exact(model, elbo<zinb>{.warm_up = {}, .batch = thirds(cells), .n_batches = 3});
  is_exact(model, elbo<zinb, 6>{.batch = thirds(cells), .n_batches = 3});
}

}  // namespace of_cell_network
