#pragma once
/// The words of a model: which gene, or which special token, has which id.

#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/dataset.hpp>

namespace tepui {

/// A model's own vocabulary, in any order; ids may have gaps.
/// shapes  name, id [words]. A name is an Ensembl id (without its version suffix), a gene symbol, or a special token such as
///         <cls>. `source` names the file, for messages.
struct vocabulary {
  std::vector<std::string> name;
  std::vector<std::int32_t> id;
  std::string source;
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(name.size()); }
};

/// A number for each of some genes: published medians, means.            shapes  name, value [genes]
struct gene_numbers {
  std::vector<std::string> name;
  std::vector<double> value;
  std::string source;
};

/// Where genes lie in the genome.            shapes  name, chromosome, start [genes]
struct gene_positions {
  std::vector<std::string> name;        ///< Ensembl id or symbol
  std::vector<std::string> chromosome;  ///< any text; equal text means the same chromosome
  std::vector<double> start;
  std::string source;
};

}  // namespace tepui
