#pragma once
/// Which gene regulates, or goes together with, which other gene.

#include <cstdint>
#include <string>
#include <vector>

namespace tepui {

/// Pairs of genes, by name.
/// shapes from, to [edges]: an Ensembl id or a symbol; from: the regulator where there is one
struct gene_network {
  std::vector<std::string> from, to;
  std::string source;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(from.size()); }
};

}  // namespace tepui
