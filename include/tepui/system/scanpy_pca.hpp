#pragma once
/// The embedding that most analyses begin with: principal components of the logged counts of the most variable genes.

#include <cstdint>

#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/pca.hpp>
#include <tepui/transform/highly_variable.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>

namespace tepui::system {

/// normalise to 10,000 | log1p | variable genes | PCA: `scanpy_pca().fit(cells_of(atlas)).embed(cells_of(atlas))`.
/// in     how many genes to keep (all, where there are fewer); Dims at compile time
/// out    a pipeline from raw counts to an embedding [cells, Dims]
/// errors, cost, repeat  as its stages
/// source Wolf et al. 2018 (scanpy: normalize_total, log1p, highly_variable_genes with flavor seurat, pca without scaling)
template <int Dims = 50>
[[nodiscard]] auto scanpy_pca(std::int32_t genes = 2000) {
  return compose(transform::normalise{}, transform::log1p{}, transform::highly_variable{.genes = genes}, encode::pca<{.dims = Dims}>{});
}

}  // namespace tepui::system
