#pragma once
/// Asks which two embeddings are of the same cell, when a model has looked at every cell twice.

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/objective/cell_similarity.hpp>
#include <tepui/objective/row_head.hpp>

namespace tepui::objective {

/// info_nce, bound to a model of Dims.
template <int Dims>
struct info_nce_head : comparing_head<info_nce_head<Dims>> {
  static constexpr std::string_view name = "info_nce";
  static constexpr int passes = 2;

  double temperature = 0.5;

  template <class Real>
  struct room {
    similarity_room<Real> one, other;
    layer::memory<std::int32_t> label;
  };

  template <class Real>
  double compare(const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real> d_cells, room<Real>& r,
                 double weight) const {
    r.one.cell.clear(), r.other.cell.clear(), r.label.clear();
    for (std::int64_t c = 0; c + 1 < at.n_cells(); c += 2)
      if (at.n_rows(c) > 0) {
        r.label.push_back(static_cast<std::int32_t>(r.one.cell.size()));
        r.one.cell.push_back(c), r.other.cell.push_back(c + 1);
      }
    const std::int64_t n = isize(r.one.cell.size());
    if (n == 0 || asked.row.empty()) return 0;
    const auto units_of = [&](similarity_room<Real>& s) {
      make_units<Real>(have.cell, Dims, s.cell, layer::grown(s.unit, n * Dims), layer::grown(s.length, n));
      return std::span<const Real>(s.unit).first(usize(n * Dims));
    };
    const auto a = units_of(r.one), b = units_of(r.other);
    const auto score = layer::grown(r.one.cosine, n * n), d_score = layer::grown(r.one.d_cosine, d_cells.empty() ? 0 : n * n);
    const auto product = [&](std::int64_t columns, std::int64_t k, kernel::strided<Real> x, kernel::strided<Real> y,
                             std::span<Real> to) {
      kernel::gemm<kernel::precision::float32, Real>(n, columns, k, x, y, to.data(), columns, kernel::into::overwrite,
                                                     r.one.product);
    };
    product(n, Dims, {a.data(), Dims, 1}, {b.data(), 1, Dims}, score);
    const Real hot = static_cast<Real>(1 / temperature);
    for (Real& s : score) s *= hot;
    const double of_cell = static_cast<double>(asked.row.size()) / static_cast<double>(n);
    const double sum = label_surprise<Real>(score, n, r.label, d_score, static_cast<Real>(of_cell * weight) * hot);
    if (!d_cells.empty()) {
      const auto lead = [&](similarity_room<Real>& s, kernel::strided<Real> d, std::span<const Real> others) {
        const auto d_unit = layer::grown(s.d_unit, n * Dims);
        product(Dims, n, d, {others.data(), Dims, 1}, d_unit);
        through_units<Real>(s.unit, s.length, d_unit, Dims, s.cell, d_cells);
      };
      lead(r.one, {d_score.data(), n, 1}, b);
      lead(r.other, {d_score.data(), 1, n}, a);
    }
    return sum * of_cell;
  }
};

/// -log softmax_j(cos(a_i, b_j) / temperature)[i], a and b being embeddings of the first and the second look at each cell;
/// the looks differ by what dropout drops (scGPT's contrastive cell embedding). A model without dropout sees the same twice.
/// asks    ask() puts every cell twice into the batch, side by side, the second with id ~id: random numbers of the model are
///         its own. Each copy that has tokens is a question, at its first token; nothing is hidden
/// loss    the mean over cells times the number of questions. Cells are compared, so that a batch must not be cut (whole)
/// errors  bad_option: a temperature that is not above 0            cost    6 cells^2 dims operations, and cells^2
///         exponentials
/// repeat  a cell's gradient depends on the other cells of the batch
/// source  van den Oord et al. 2018; Gao et al. 2021 for the two looks; Cui et al. 2024
struct info_nce {
  static constexpr std::string_view name = "info_nce";
  static constexpr bool whole = true;
  using needs = channels<>;

  double temperature = 0.5;

  [[nodiscard]] std::string describe() const { return "info_nce (temperature " + shortest(temperature) + ")"; }
  template <int Dims>
  [[nodiscard]] info_nce_head<Dims> bind(const token_facts& facts) const {
    if (!(temperature > 0))
      throw bad_option("info_nce was given a temperature of " + shortest(temperature) + "; give a number above 0");
    return {{facts.n_rows}, temperature};
  }
};

}  // namespace tepui::objective
