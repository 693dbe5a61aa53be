#pragma once
/// Pulls embeddings of cells together that are alike already, and pushes the others apart.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/cell_similarity.hpp>

namespace tepui::objective {

/// elastic_cell_similarity, bound to a model of Dims.
template <int Dims>
struct elastic_cell_similarity_head : comparing_head<elastic_cell_similarity_head<Dims>> {
  static constexpr std::string_view name = "elastic_cell_similarity";

  double threshold = 0.3;

  template <class Real>
  using room = similarity_room<Real>;

  template <class Real>
  double compare(const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> d_cells, room<Real>& r,
                 double weight) const {
    r.cell.clear();
    for (std::int64_t c = 0; c < at.n_cells(); ++c)
      if (at.n_rows(c) > 0) r.cell.push_back(c);
    const std::int64_t n = isize(r.cell.size());
    if (n == 0 || asked.row.empty()) return 0;
    const auto unit = layer::grown(r.unit, n * Dims), length = layer::grown(r.length, n),
               cosine = layer::grown(r.cosine, n * n);
    make_units<Real>(have.cell, Dims, r.cell, unit, length);
    kernel::gemm<kernel::precision::float32, Real>(n, n, Dims, {unit.data(), Dims, 1}, {unit.data(), 1, Dims}, cosine.data(), n,
                                                   kernel::into::overwrite, r.product);
    // A question is worth a cell: the mean over pairs, times the number of questions.
    const double of_pair = static_cast<double>(asked.row.size()) / static_cast<double>(n * n);
    double sum = 0;
    const auto d_cosine = layer::grown(r.d_cosine, n * n);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        const double c = i == j ? 0.0 : static_cast<double>(cosine[usize(i * n + j)]), off = std::max(c, 0.0) - threshold;
        sum += 1 - off * off;
        // Both cells of a pair move; the pair stands twice in the mean.
        d_cosine[usize(i * n + j)] = c > 0 ? static_cast<Real>(-4 * off * of_pair * weight) : Real(0);
      }
    if (!d_cells.empty()) {
      const auto d_unit = layer::grown(r.d_unit, n * Dims);
      kernel::gemm<kernel::precision::float32, Real>(n, Dims, n, {d_cosine.data(), n, 1}, {unit.data(), Dims, 1}, d_unit.data(),
                                                     Dims, kernel::into::overwrite, r.product);
      through_units<Real>(unit, length, d_unit, Dims, r.cell, d_cells);
    }
    return sum * of_pair;
  }
};

/// The mean over all pairs of cells i, j of a batch of 1 - (max(cos_ij, 0) - threshold)^2, cos_ii counting as 0.
/// asks    every cell that has tokens, at its first one; nothing is hidden
/// loss    the mean times the number of questions. Cells are compared, so that a batch must not be cut (whole)
/// ties    a cosine of exactly 0 has no gradient
/// errors  bad_option: a threshold outside of [0, 1]            cost    6 cells^2 dims operations
/// repeat  a cell's gradient depends on the other cells of the batch
/// source  Cui et al. 2024 (scGPT), whose mean also counts the diagonal, as 1 - threshold^2
struct elastic_cell_similarity {
  static constexpr std::string_view name = "elastic_cell_similarity";
  static constexpr bool whole = true;
  using needs = channels<>;

  double threshold = 0.3;

  [[nodiscard]] std::string describe() const { return "elastic_cell_similarity (threshold " + shortest(threshold) + ")"; }
  template <int Dims>
  [[nodiscard]] elastic_cell_similarity_head<Dims> bind(const token_facts& facts) const {
    check_share(threshold, "elastic_cell_similarity", "threshold");
    return {{facts.n_rows}, threshold};
  }
};

}  // namespace tepui::objective
