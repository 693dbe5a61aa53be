#pragma once
/// A named set of genes that belong together: a pathway, a program, a marker list.

#include <string>
#include <vector>

namespace tepui {

/// One line of a GMT file. `genes` are symbols or Ensembl ids as the file has them; order and repeats carry no meaning.
struct gene_set {
  std::string name;
  std::vector<std::string> genes;
  friend bool operator==(const gene_set&, const gene_set&) = default;
};

}  // namespace tepui
