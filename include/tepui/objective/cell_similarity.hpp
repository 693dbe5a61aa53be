#pragma once
/// What objectives have in common that compare the embeddings of the cells of a batch.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/gemm.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/objective/asked.hpp>
#include <tepui/objective/questions.hpp>

namespace tepui::objective {

/// The embeddings that are compared, of length 1 each; a vector shorter than 1e-12 is divided by that, as torch does.
/// shapes  unit, d_unit [n, dims]; cosine, d_cosine [n, n of the others]
template <class Real>
struct similarity_room {
  layer::memory<std::int64_t> cell;  ///< [n] the cells that are compared
  layer::memory<Real> unit, length, cosine, d_cosine, d_unit;
  kernel::gemm_room<Real> product;
};

/// Puts the embeddings of some cells side by side, each divided by its length.
template <class Real>
[[gnu::noinline]] void make_units(std::span<const Real> cells, std::int64_t dims, std::span<const std::int64_t> which,
                                  std::span<Real> unit, std::span<Real> length) {
  for (std::size_t i = 0; i < which.size(); ++i) {
    const Real* const z = cells.data() + which[i] * dims;
    double squares = 0;
    for (std::int64_t k = 0; k < dims; ++k) squares += static_cast<double>(z[k]) * static_cast<double>(z[k]);
    length[i] = static_cast<Real>(std::max(std::sqrt(squares), 1e-12));
    for (std::int64_t k = 0; k < dims; ++k) unit[i * usize(dims) + usize(k)] = z[k] / length[i];
  }
}

/// Leads the gradient through the division by the length, and adds it to the cells'.
template <class Real>
[[gnu::noinline]] void through_units(std::span<const Real> unit, std::span<const Real> length, std::span<const Real> d_unit,
                                     std::int64_t dims, std::span<const std::int64_t> which, std::span<Real> d_cells) {
  for (std::size_t i = 0; i < which.size(); ++i) {
    const Real *const u = unit.data() + i * usize(dims), *const d = d_unit.data() + i * usize(dims);
    Real along = 0;
    for (std::int64_t k = 0; k < dims; ++k) along += u[k] * d[k];
    Real* const to = d_cells.data() + which[i] * dims;
    for (std::int64_t k = 0; k < dims; ++k) to[k] += (d[k] - along * u[k]) / length[i];
  }
}

/// Every cell that has tokens is asked about, at its first one.
template <class View, class Channels>
void choose_cells(const View& view, int passes, asked_tokens<Channels>& asked) {
  each_token(view, passes, [&](std::int64_t, std::int64_t place, std::int64_t, std::int64_t row) {
    if (place == 0) asked.row.push_back(row);
  });
}

/// A head that compares cells: every cell that has tokens is asked about, nothing is hidden, and there are no weights.
/// types   Head: the head itself, which says compare(at, have, asked, d_cells, room, weight) -> double: the loss. Its gradient
///         times weight is added to d_cells [cells, dims], which is empty where nobody asks for it
template <class Head>
struct comparing_head {
  static constexpr bool reads_tokens = false, reads_cells = true, whole = true;
  using label_means = asks::nothing;
  using value_means = asks::nothing;

  std::int32_t n_rows = 0;

  [[nodiscard]] std::string describe() const { return std::string(Head::name); }

  template <class View, class Channels>
  void ask(const View& view, const kernel::draws& random, asked_tokens<Channels>& asked) const {
    ask_together(view, random, passes_of<Head>, n_rows, asked, *this);
  }
  template <class View, class Channels>
  void choose(const View& view, const kernel::draws&, int passes, asked_tokens<Channels>& asked) const {
    choose_cells(view, passes, asked);
  }
  template <class View, class Channels>
  void hide(const View&, const kernel::draws&, int, asked_tokens<Channels>&) const {}

  template <class Real>
  double loss(std::span<const Real>, const layer::packed& at, const states<Real>& have, const auto& asked, auto& room) const {
    return static_cast<const Head&>(*this).template compare<Real>(at, have, asked, {}, room, 0);
  }
  template <class Real>
  double gradient(std::span<const Real>, const layer::packed& at, const states<Real>& have, const auto& asked, std::span<Real>,
                  const state_gradients<Real>& d, auto& room, double weight = 1) const {
    return static_cast<const Head&>(*this).template compare<Real>(at, have, asked, d.cell, room, weight);
  }
};

}  // namespace tepui::objective
