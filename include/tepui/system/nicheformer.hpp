#pragma once
/// Nicheformer reads a cell as ranks compared with the mean of its technology, behind tokens for species, modality and
/// assay.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/system/geneformer.hpp>

namespace tepui::system {

/// Context tokens, then genes by count / total * 10,000 / mean, the highest first.
/// note   a mean of 0 counts as 1, as in the original; `words` numbers the genes from 0, and tokens begin `reserved` later
/// ties   lower gene first (the original: as numba sorts)
/// source Tejada-Lapuerta, Schaar et al. 2025 (Nicheformer)
struct nicheformer {
  static constexpr std::string_view name = "nicheformer";
  static constexpr std::array needs{
      need{file::vocabulary, "the place of each gene in the model's list, from 0: {\"ENSG00000000003\": 0, ...}"},
      need{file::usual_levels,
           "the nonzero mean of each gene for the technology of these cells: {\"ENSG00000000003\": 0.8, ...}"}};
  using writes = channels<>;
  vocabulary words{};
  gene_numbers usual{};
  std::vector<std::int32_t> context{};  ///< ids below `reserved`: species, modality, assay
  std::int32_t slots = 1500;
  double min_share = 0.5;
  std::int32_t reserved = 30;

  /// The original fills up with 0 and reads these as 1.
  [[nodiscard]] padding pads(std::int32_t) const { return {1}; }
  [[nodiscard]] auto stages() const {
    vocabulary shifted = words;
    for (std::int32_t& id : shifted.id) id += reserved;
    std::vector<std::string> before;
    for (const std::int32_t id : context) {
      if (id < 0 || id >= reserved)
        throw bad_option("nicheformer was given the context token " + std::to_string(id) + ", and these lie from 0 to " +
                         std::to_string(reserved - 1) + "; look the token up in the model's table");
      before.push_back("<" + std::to_string(id) + ">");
      shifted.name.push_back(before.back());
      shifted.id.push_back(id);
    }
    gene_numbers means = usual;
    for (double& mean : means.value)
      if (mean == 0) mean = 1;
    return compose(ranked(shifted, means, slots_beside(name, slots, before.size()), min_share,
                          tokenize::composition::first{.tokens = before, .values = {}}));
  }
};

static_assert(published<nicheformer>);

}  // namespace tepui::system
