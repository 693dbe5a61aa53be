#pragma once
/// What encoders that learn by steps share: how one begins, and how one that reads counts embeds.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>

namespace tepui::encode {

/// The unfitted stage of an encoder with flat weights: says what the fitted one will be, and draws its first weights.
/// types  Fitted: describe(), weights as each_weight and each_part say, and genes.n_genes where it reads counts
/// fit    draws the weights, as each layer begins, and looks at no cell            twin   itself, untrained
template <class Fitted>
struct learned_encoder {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = Fitted::name;
  using fitted = Fitted;
  static constexpr int dims = Fitted::dims;
  using takes = typename Fitted::takes;
  using gives = port::embedding;

  [[nodiscard]] std::string describe() const { return fitted{}.describe(); }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    fitted out;
    if constexpr (requires { out.genes.n_genes; }) out.genes.n_genes = std::int64_t{train.genes().size()};
    out.weights.resize(usize(layer::n_weights(out)));
    layer::draw_weights<float>(out, context.random, out.weights);
    return out;
  }
};

/// Embeds cells by an encoder of counts, some at a time, so that what lies between two layers stays in the cache.
/// in     counts [cells, genes]; scratch: begin, z, keep (saved<float>) and work (room<float>) of the encoder
/// out    embedding [cells, dims]: the first numbers of its state_dims
/// errors bad_data: cells of other genes, or weights that do not fit
template <class Fitted>
void embed_counts(const Fitted& encoder, const auto& in, auto& out, auto& s) {
  constexpr std::int64_t together = 256, dims = Fitted::dims, state_dims = Fitted::state_dims;
  const std::int64_t n_genes = encoder.genes.n_genes, n = in.n_cells();
  if (isize(encoder.weights.size()) != layer::n_weights(encoder) || std::int64_t{in.n_genes} != n_genes)
    throw bad_data("a " + std::string(Fitted::name) + " with " + std::to_string(encoder.weights.size()) + " weights for " +
                   std::to_string(n_genes) + " genes was given cells of " + std::to_string(in.n_genes) +
                   " genes; fit or pretrain it on these genes, or load its weights first");
  out.resize(n, dims);
  for (std::int64_t first = 0; first < n; first += together) {
    const std::int64_t m = std::min(together, n - first);
    const auto begin = layer::grown(s.begin, m + 1);
    std::iota(begin.begin(), begin.end(), std::int64_t{0});
    const auto z = layer::grown(s.z, m * state_dims);
    encoder.template forward_cells<float>(encoder.weights, layer::packed{begin, {}, {}, false}, in.part(first, m), z, s.keep,
                                          s.work);
    for (std::int64_t c = 0; c < m; ++c) std::copy_n(z.begin() + c * state_dims, dims, out.value.begin() + (first + c) * dims);
  }
}

}  // namespace tepui::encode
