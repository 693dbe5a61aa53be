#pragma once
/// The plainest description of a cell: the value of every gene, zeros included. Behind highly_variable it is the HVG baseline.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/stage/check.hpp>

namespace tepui::encode {

/// Writes each gene's value in a column of its own.
/// in     counts [cells, genes], any scale          out    embedding [cells, genes]         empty  zeros
/// cost   O(genes) per cell, and 4 bytes a cell and gene: choose genes first               repeat bit-equal everywhere
struct genes {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "genes";
  using takes = port::any_counts;
  using gives = port::embedding;

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.resize(in.n_cells(), in.n_genes);
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto row = out.row(c);
      std::fill(row.begin(), row.end(), 0.0F);
      const auto columns = in.genes_of(c);
      const auto values = in.values_of(c);
      for (std::size_t i = 0; i < columns.size(); ++i) row[usize(columns[i])] = static_cast<float>(values[i]);
    }
  }
};

static_assert(is_stage<genes>);

}  // namespace tepui::encode
