#pragma once
/// Describes a cell by the mean of its token vectors.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/segment_sum.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// Every token counts the same (HEIMDALL's Average, whose padding is what ours does not have).
/// in     token vectors, ragged [tokens, dims]            out    embedding [cells, dims]            empty  zeros
/// order  summed in the order of the tokens, in float     cost   O(tokens dims) per cell
/// repeat bit-equal everywhere for the same vectors
struct mean_of_vectors {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "mean_of_vectors";
  using takes = port::any_token_vectors<>;
  using gives = port::embedding;

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.resize(in.n_cells(), in.n_dims);
    const std::span<float> to(out.value.data(), out.value.size());
    kernel::segment_sum(in.vector, in.n_dims, in.cell_begin, to);
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto n = static_cast<float>(std::max<std::int64_t>(1, in.n_tokens(c)));
      for (float& x : out.row(c)) x /= n;
    }
  }
};

static_assert(is_stage<mean_of_vectors>);

}  // namespace tepui::encode
