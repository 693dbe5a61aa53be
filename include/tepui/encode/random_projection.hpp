#pragma once
/// Describes a cell by sums of its genes with random weights: what a PCA is before it has seen data.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/encode/random_rows.hpp>
#include <tepui/kernel/sparse_product.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// Multiplies with a matrix of standard normal numbers, one row a gene, decided by the seed. Learns nothing.
/// in     counts [cells, genes], log1p or other     out    embedding [cells, dims]          empty  zeros
/// cost   O(genes expressed dims) per cell; the matrix [genes, dims] once per thread
/// repeat bit-equal where the C library's log and cos are
/// source DenAdel et al. 2026 (the 0 % control of PretrainedPCA)
template <int Dims>
struct random_projection {
  static_assert(Dims > 0, "tepui: random_projection needs at least one dimension");
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "random_projection";
  using takes = port::counts_of<scale::log1p, scale::other>;
  using gives = port::embedding;
  using scratch = random_rows<Dims, random_entry::normal>;

  [[nodiscard]] std::string describe() const { return "random_projection(" + std::to_string(Dims) + ")"; }

  [[nodiscard]] double operations(std::int64_t expressed) const { return 2.0 * Dims * static_cast<double>(expressed); }

  void operator()(const auto& in, auto& out, scratch& rows, const kernel::draws& draws) const {
    rows.prepare(in.n_genes, draws);
    out.resize(in.n_cells(), Dims);
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      std::array<float, usize(Dims)> place{};
      kernel::add_weighted_rows(in.genes_of(c), in.values_of(c), rows, place);
      std::copy(place.begin(), place.end(), out.row(c).begin());
    }
  }
};

static_assert(is_stage<random_projection<50>>);

}  // namespace tepui::encode
