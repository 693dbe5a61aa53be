#pragma once
/// Describes a cell by the sum of its token vectors, each as often as its gene is expressed.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// What is done with a sum.
enum class sum_length {
  one,  ///< divided by its length, so that cells are compared by direction; a sum of zeros stays
  as_it_is,
};

/// Sum of value times vector over the tokens of a cell.
/// in     token vectors, ragged [tokens, dims], channel value            out    embedding [cells, dims]            empty  zeros
/// order  summed in the order of the tokens, in float     cost   O(tokens dims) per cell
/// repeat bit-equal for any number of threads and any batch size
/// write  weighted_sum<>, weighted_sum<sum_length::as_it_is>
/// source Chen and Zou 2024 (GenePT-w), with gene vectors from texts: behind embed::token_vectors<embed::frozen<1536>>
template <sum_length Length = sum_length::one>
struct weighted_sum {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = Length == sum_length::one ? "weighted_sum" : "weighted_sum_as_it_is";
  using takes = port::any_token_vectors<channel::value>;
  using gives = port::embedding;

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.resize(in.n_cells(), in.n_dims);
    for (std::int64_t c = 0; c < in.n_cells(); ++c) add_up(in.vectors_of(c), in.template of<channel::value>(c), out.row(c));
  }

  /// in     vectors [tokens, dims], value [tokens]            out    to [dims], overwritten
  [[gnu::noinline]] static void add_up(std::span<const float> vectors, std::span<const float> value, std::span<float> to) {
    std::fill(to.begin(), to.end(), 0.0F);
    for (std::size_t t = 0; t < value.size(); ++t)
      for (std::size_t d = 0; d < to.size(); ++d) to[d] += value[t] * vectors[t * to.size() + d];
    if constexpr (Length == sum_length::one) {
      double squares = 0;
      for (const float x : to) squares += static_cast<double>(x) * static_cast<double>(x);
      if (squares > 0)
        for (float& x : to) x = static_cast<float>(static_cast<double>(x) / std::sqrt(squares));
    }
  }
};

namespace compat {
/// HEIMDALL's ExpressionWeightedSum, which multiplies and never sums.
/// in     vectors [tokens, dims], value [tokens]            out    [tokens, dims]
inline void expression_weighted(std::span<const float> vectors, std::span<const float> value, std::span<float> out) {
  const std::size_t dims = value.empty() ? 0 : vectors.size() / value.size();
  for (std::size_t t = 0; t < value.size(); ++t)
    for (std::size_t d = 0; d < dims; ++d) out[t * dims + d] = value[t] * vectors[t * dims + d];
}
}  // namespace compat

static_assert(is_stage<weighted_sum<>>);

}  // namespace tepui::encode
