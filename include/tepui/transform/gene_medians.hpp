#pragma once
/// Divides every gene by its usual level, so that a gene that is always abundant does not always come first.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/gene_medians.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/transform/same_genes.hpp>

namespace tepui::transform {

/// Divides each gene by a number of its own: what gene_medians learned, or published medians.
/// in     counts [cells, genes], normalised        out    counts [cells, genes], normalised
/// empty  stays empty                              errors bad_data where the cells have another number of genes
/// cost   O(genes expressed) per cell              repeat bit-equal everywhere
struct divided_by_median {
  using kind = kind::transform;
  static constexpr std::string_view name = "gene_medians";
  using takes = port::counts<scale::normalised>;
  using gives = port::counts<scale::normalised>;

  std::vector<double> median;  ///< [genes], above 0; empty: 1 for every gene

  [[nodiscard]] std::string describe() const { return median.empty() ? "gene_medians(1)" : "gene_medians"; }
  static void each_array(auto& self, auto&& visit) { visit("median", self.median); }

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    if (!median.empty() && usize(in.n_genes) != median.size())
      throw bad_data("there are medians of " + std::to_string(median.size()) + " genes, but these cells have " +
                     std::to_string(in.n_genes) + " columns; bring both into the same order of genes first");
    same_genes(in, out, [&](std::int64_t, std::int32_t g, double v) { return median.empty() ? v : v / median[usize(g)]; });
  }
};

static_assert(is_stage<divided_by_median>);

/// Learns each gene's median over the training cells that express it, and divides by it.
/// in     counts [cells, genes], normalised        out    counts [cells, genes], normalised
/// fit    exact; a gene that no training cell expresses is divided by 1
/// empty  stays empty                              repeat bit-equal everywhere, for any order of the training cells
/// cost   five passes over the training cells (kernel::gene_medians), 2 kB a gene
/// source Theodoris et al. 2023 (Geneformer), whose published medians are approximate (t-digest) and over its own corpus
struct gene_medians {
  using kind = kind::transform;
  static constexpr std::string_view name = "gene_medians";
  using takes = port::counts<scale::normalised>;
  using gives = port::counts<scale::normalised>;
  using fitted = divided_by_median;

  template <training_cells Cells>
  [[nodiscard]] divided_by_median fit(const Cells& train, const fit_context&) const {
    const std::int32_t n = train.genes().size();
    kernel::gene_medians medians(n);
    for (int pass = 0; pass < kernel::gene_medians::passes; ++pass) {
      train.for_each([&](const auto& batch) {
        for (std::int64_t c = 0; c < batch.n_cells(); ++c) medians.add(batch.genes_of(c), batch.values_of(c));
      });
      medians.end_pass();
    }
    divided_by_median out;
    for (std::int32_t g = 0; g < n; ++g) out.median.push_back(medians.median(g) > 0 ? medians.median(g) : 1.0);
    return out;
  }

  /// All medians 1.
  [[nodiscard]] divided_by_median untrained() const { return {}; }
};

static_assert(is_stage<gene_medians>);

}  // namespace tepui::transform
