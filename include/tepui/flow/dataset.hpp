#pragma once
/// A count matrix together with what is known of its cells and of its genes.

#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/table.hpp>

namespace tepui {

/// The genes of a matrix, in column order.
/// invariants  id and symbol have one entry a gene; either may be empty text where it is not known, never both
struct gene_table {
  std::vector<std::string> id;      ///< Ensembl id without its version suffix, or empty
  std::vector<std::string> symbol;  ///< gene symbol, or empty
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(id.size()); }
  friend bool operator==(const gene_table&, const gene_table&) = default;
};

/// counts [cells, genes] + obs [cells] + genes. `source` names where it came from, for messages.
template <class Scale = scale::raw>
struct dataset {
  counts<Scale> x;
  table obs;
  gene_table genes;
  std::string source;
  [[nodiscard]] std::int64_t n_cells() const { return x.n_cells(); }
};

}  // namespace tepui
