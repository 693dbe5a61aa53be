#pragma once
/// Principal components: describes a cell by its place along the directions in which cells differ most.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/encode/random_projection.hpp>
#include <tepui/encode/training_rows.hpp>
#include <tepui/encode/truncated_svd.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/kernel/sparse_product.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::encode {

/// From what the training mean of every gene is subtracted.
enum class centring : std::int32_t {
  none,             ///< from nothing: components of the counts as they are, of which the first mostly points at the mean cell
  cells,            ///< from all cells: those that components are learned from, and those that are embedded
  components_only,  ///< from the cells that components are learned from, but from none that is embedded (PretrainedPCA)
};

/// The compile-time shape of a PCA.
struct pca_shape {
  int dims = 50;
  centring centred = centring::cells;
};

template <pca_shape Shape>
struct fitted_pca {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "pca";
  using takes = port::counts_of<scale::log1p, scale::other>;
  using gives = port::embedding;

  std::vector<float> loading;     ///< [genes, dims]
  std::vector<float> mean_place;  ///< [dims] what is subtracted from a cell's place: that of the mean training cell, or 0
  std::vector<double> variance;   ///< [dims] of the training cells along each component (centring::none: mean square)

  [[nodiscard]] double operations(std::int64_t expressed) const { return 2.0 * Shape.dims * static_cast<double>(expressed); }
  [[nodiscard]] std::string describe() const {
    constexpr const char* ends[] = {", uncentred)", ")", ", components centred)"};
    return "pca(" + std::to_string(Shape.dims) + ends[static_cast<int>(Shape.centred)];
  }
  static void each_array(auto& self, auto&& visit) {
    visit("loading", self.loading);
    visit("mean_place", self.mean_place);
    visit("variance", self.variance);
  }

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    if (loading.size() != usize(in.n_genes) * usize(Shape.dims) || mean_place.size() != usize(Shape.dims))
      throw bad_data("pca has loadings for " + std::to_string(loading.size() / usize(Shape.dims)) + " genes, but is given " +
                     std::to_string(in.n_genes) + "; the saved pipeline is damaged, fit it again");
    out.resize(in.n_cells(), Shape.dims);
    std::array<float, usize(Shape.dims)> place;
    const kernel::table_rows<place.size()> rows{loading.data()};
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      for (std::size_t d = 0; d < place.size(); ++d) place[d] = -mean_place[d];
      kernel::add_weighted_rows(in.genes_of(c), in.values_of(c), rows, place);
      std::copy(place.begin(), place.end(), out.row(c).begin());
    }
  }
};

/// Learns the first principal components of the training cells. Genes are not scaled.
/// in     counts [cells, genes], log1p or other     out    embedding [cells, dims], component 1 first
/// fit    eigenvectors of the covariance (centring::none: of the mean product); the zeros of the matrix are never written down
/// places centring::cells puts the mean training cell at 0; components_only gives every cell the same place plus that of the mean
///        cell, so that distances are equal and angles are not
/// signs  the largest |loading| is positive         ties   lower gene
/// fewer  training cells or genes than dims: as many components as there are, the rest zeros
/// empty  centring::cells: minus the place of the mean cell; otherwise zeros
/// errors bad_data: fewer than 2 training cells
/// exact  at most 5,000 genes and no more than cells: explained variance within 1e-6 of float64's; otherwise see truncated_svd
/// cost   fit O(values genes / 4) for at most 5,000 genes, 20 genes^2 + 8 values bytes, see truncated_svd;
///        embed O(genes expressed dims) per cell
/// repeat bit-equal for any number of threads; agrees with an exact decomposition to 1e-4 of the largest score (tests)
/// source Pearson 1901; eigenvectors by filtered subspaces, see basic_leading_eigen
template <pca_shape Shape = pca_shape{}>
struct pca {
  static_assert(Shape.dims > 0, "tepui: pca needs at least one dimension; write pca<{.dims = 50}>");
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "pca";
  using takes = port::counts_of<scale::log1p, scale::other>;
  using gives = port::embedding;
  using fitted = fitted_pca<Shape>;

  [[nodiscard]] std::string describe() const { return fitted{}.describe(); }

  /// A random projection of as many dimensions: what the published study calls the untrained PCA.
  [[nodiscard]] auto untrained() const { return random_projection<Shape.dims>{}; }

  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    const training_rows rows(train, [](const auto& batch, std::int64_t cell, kernel::sparse_rows& to) {
      to.add(batch.genes_of(cell), batch.values_of(cell));
    });
    if (rows.n_rows() < 2)
      throw bad_data("pca cannot be fitted on " + std::to_string(rows.n_rows()) + " training cells; give at least 2");
    const auto n = static_cast<double>(rows.n_rows());
    std::vector<double> mean;
    constexpr bool centres = Shape.centred != centring::none;
    if constexpr (centres) {
      mean.assign(usize(rows.n_columns()), 0.0);
      rows.each_block([&](const kernel::sparse_rows& block) {
        for (std::size_t i = 0; i < block.column.size(); ++i)
          mean[usize(block.column[i])] += static_cast<double>(block.value[i]);
      });
      for (double& m : mean) m /= n;
    }
    const auto found = truncated_svd(rows.n_columns(), mean, {}, context.threads)(rows, Shape.dims, context.random);
    fitted out;
    out.loading.resize(usize(rows.n_columns()) * usize(Shape.dims));
    out.mean_place.assign(usize(Shape.dims), 0.0F);
    for (std::int64_t d = 0; d < Shape.dims; ++d) {
      double place = 0;
      for (std::int64_t g = 0; g < rows.n_columns(); ++g) {
        const auto rounded = static_cast<float>(found.direction(g, d));
        out.loading[usize(g * Shape.dims + d)] = rounded;
        if constexpr (Shape.centred == centring::cells) place += mean[usize(g)] * static_cast<double>(rounded);
      }
      out.mean_place[usize(d)] = static_cast<float>(place);
      const double strength = found.strength[usize(d)];
      out.variance.push_back(strength * strength / (centres ? n - 1 : n));
    }
    return out;
  }
};

static_assert(is_stage<pca<>> && is_stage<fitted_pca<pca_shape{}>>);

}  // namespace tepui::encode
