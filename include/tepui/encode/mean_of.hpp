#pragma once
/// Describes a cell by the mean of the vectors of its tokens.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/encode/gene_vectors.hpp>
#include <tepui/encode/token_weights.hpp>
#include <tepui/kernel/sparse_product.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::encode {

/// Vectors together with their room, as rows.
template <class Vectors>
struct vectors_in {
  const Vectors& vectors;
  typename Vectors::room& room;
  [[nodiscard]] const float* row(std::int32_t token) const { return vectors.vector_of(token, room); }
};

/// Weighted mean of token vectors.
/// in     tokens, ragged; the channels that `Weights` names                out    embedding [cells, Vectors::dims]
/// order  summed in the order of the tokens         empty  zeros, also where no token counts anything
/// cost   O(tokens dims) per cell                   repeat bit-equal for any number of threads and any batch size
/// write  mean_of<random_vectors<64>>, mean_of<learned_vectors<64>>, mean_of<learned_vectors<64>, by_order>
///        Vectors of your own have `dims`, `room`, `describe()`, `prepare(vocabulary, room, draws)` and `vector_of(token, room)`
template <class Vectors, class Weights = by_channels>
struct mean_of {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "mean_of";
  using takes = typename Weights::takes;
  using gives = port::embedding;
  struct scratch {
    typename Vectors::room room;
    std::vector<float> weight;
  };

  [[no_unique_address]] Vectors vectors{};

  [[nodiscard]] std::string describe() const { return "mean_of(" + vectors.describe() + ", " + Weights::name + ")"; }
  static void each_array(auto& self, auto&& visit) {
    if constexpr (requires { Vectors::each_array(self.vectors, visit); }) Vectors::each_array(self.vectors, visit);
  }

  void operator()(const auto& in, auto& out, scratch& s, const kernel::draws& draws) const {
    out.resize(in.n_cells(), Vectors::dims);
    vectors.prepare(in.n_vocabulary, s.room, draws);
    const vectors_in<Vectors> rows{vectors, s.room};
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      std::array<float, usize(Vectors::dims)> mean{};
      relative_weights<Weights>(in, c, s.weight);
      kernel::add_weighted_rows(in.ids_of(c), std::span<const float>(s.weight), rows, mean);
      std::copy(mean.begin(), mean.end(), out.row(c).begin());
    }
  }
};

/// The same with vectors that learn: becomes mean_of<known_vectors<dims>, Weights>.
/// fit    see learned_vectors                       untrained  mean_of<random_vectors<dims>, Weights>
template <class Vectors, class Weights>
  requires needs_fit<Vectors>
struct mean_of<Vectors, Weights> {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "mean_of";
  using takes = typename Weights::takes;
  using gives = port::embedding;
  using fitted = mean_of<typename Vectors::fitted, Weights>;

  [[no_unique_address]] Vectors vectors{};

  [[nodiscard]] std::string describe() const { return "mean_of(" + vectors.describe() + ", " + Weights::name + ")"; }
  static void each_array(auto& self, auto&& visit) {
    if constexpr (requires { Vectors::each_array(self.vectors, visit); }) Vectors::each_array(self.vectors, visit);
  }
  [[nodiscard]] auto untrained() const { return mean_of<decltype(vectors.untrained()), Weights>{vectors.untrained()}; }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    return {vectors.template fit<Weights>(train, context)};
  }
};

/// The mean weighted by the values beside the tokens. Does not compile behind a tokenizer that gives no values.
template <class Vectors = learned_vectors<64>>
using value_weighted_mean = mean_of<Vectors, by_value>;

static_assert(is_stage<mean_of<random_vectors<64>>> && is_stage<mean_of<learned_vectors<64>>> &&
              is_stage<fitted_t<mean_of<learned_vectors<64>>>> && is_stage<value_weighted_mean<>>);

}  // namespace tepui::encode
