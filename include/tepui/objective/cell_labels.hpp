#pragma once
/// Asks which label a cell has: what a model is fine-tuned with.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/cross_entropy.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/objective/asked.hpp>
#include <tepui/objective/labels_by_cell.hpp>

namespace tepui::objective {

/// cell_labels, bound to a model of Dims.            shapes  weight [Dims, labels], bias [labels]
template <int Dims>
struct cell_labels_head {
  static constexpr std::string_view name = "cell_labels";
  using needs = channels<>;
  static constexpr bool reads_tokens = false, reads_cells = true;

  std::shared_ptr<const labels_by_cell> label;
  std::int32_t n_labels = 0;

  template <class Real>
  struct room {
    kernel::gemm_room<Real> product;
    layer::memory<Real> x, score, dx;
  };

  void each_weight(auto&& visit) const {
    visit("weight", layer::multiplies(Dims, n_labels));
    visit("bias", layer::slice{1, n_labels, layer::start::zero, 0, false});
  }

  /// Nothing is hidden; cells without a label are not asked.
  template <class View, class Channels>
  void ask(const View& view, const kernel::draws&, asked_tokens<Channels>& asked) const {
    asked.tokens.append(view);
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      if (const auto found = label->find(view.cells.id[usize(c)]); found != label->end() && found->second >= 0) {
        asked.row.push_back(c);
        asked.label.push_back(found->second);
      }
  }

  /// in     w: weight and bias; cell [cells, Dims]            out    score [cells, labels]
  template <class Real>
  void scores(std::span<const Real> w, std::span<const Real> cell, std::span<Real> score, room<Real>& r) const {
    layer::slices cut(w);
    const auto weight = cut.next(std::int64_t{Dims} * n_labels);
    kernel::linear<kernel::precision::float32>(cell, Dims, weight, cut.next(n_labels), n_labels, score, r.product);
  }
  template <class Real, class Channels>
  double loss(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
              room<Real>& r) const {
    const auto score = score_asked(w, have, asked, r);
    return kernel::cross_entropy_loss(std::span<const Real>(score), n_labels, std::span<const std::int32_t>(asked.label));
  }
  template <class Real, class Channels>
  double gradient(std::span<const Real> w, const layer::packed&, const states<Real>& have, const asked_tokens<Channels>& asked,
                  std::span<Real> dw, const state_gradients<Real>& d, room<Real>& r) const {
    const auto n = isize(asked.row.size());
    const auto score = score_asked(w, have, asked, r);
    const double sum = kernel::cross_entropy_rows(score, n_labels, std::span<const std::int32_t>(asked.label));
    layer::slices cut(w);
    layer::slices cut_d(dw);
    const auto weight = cut.next(std::int64_t{Dims} * n_labels);
    const auto d_weight = cut_d.next(std::int64_t{Dims} * n_labels), d_bias = cut_d.next(n_labels);
    kernel::gemm<kernel::precision::float32, Real>(Dims, n_labels, n, {r.x.data(), 1, Dims}, {score.data(), n_labels, 1},
                                                   d_weight.data(), n_labels, kernel::into::add, r.product);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t l = 0; l < n_labels; ++l) d_bias[usize(l)] += score[usize(i * n_labels + l)];
    if (d.cell.empty()) return sum;
    const auto dx = layer::grown(r.dx, n * Dims);
    kernel::gemm<kernel::precision::float32, Real>(n, Dims, n_labels, {score.data(), n_labels, 1}, {weight.data(), 1, n_labels},
                                                   dx.data(), Dims, kernel::into::overwrite, r.product);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < Dims; ++k) d.cell[usize(asked.row[usize(i)] * Dims + k)] += dx[usize(i * Dims + k)];
    return sum;
  }

 private:
  template <class Real, class Channels>
  std::span<Real> score_asked(std::span<const Real> w, const states<Real>& have, const asked_tokens<Channels>& asked,
                              room<Real>& r) const {
    const auto n = isize(asked.row.size());
    const auto x = layer::grown(r.x, n * Dims), score = layer::grown(r.score, n * n_labels);
    for (std::int64_t i = 0; i < n; ++i)
      std::copy_n(have.cell.begin() + asked.row[usize(i)] * Dims, Dims, x.begin() + i * Dims);
    scores(w, std::span<const Real>(x), score, r);
    return score;
  }
};

/// Which label a cell has, by a linear layer over its embedding.
/// in     labels by cell id, from 0; cells without one, or with one below 0, are not asked            loss  cross entropy
/// errors bad_option: fewer than two labels, or a label that is not below their number
/// cost   2 cells Dims labels operations forward, twice that backward
struct cell_labels {
  static constexpr std::string_view name = "cell_labels";
  using needs = channels<>;

  std::shared_ptr<const labels_by_cell> label;
  std::int32_t n_labels = 0;

  /// "cell_labels (3) of 120 cells (5021438792114)": the number stands for the labels of the cells.
  [[nodiscard]] std::string describe() const {
    return "cell_labels (" + std::to_string(n_labels) + ")" + (label ? " of " + text_of(*label) : "");
  }
  template <int Dims>
  [[nodiscard]] cell_labels_head<Dims> bind(const token_facts&) const {
    if (n_labels < 2 || !label)
      throw bad_option("a model cannot learn to tell " + std::to_string(n_labels) +
                       " labels apart; give labels of at least two kinds");
    for (const auto& [cell, l] : *label)
      if (l >= n_labels)
        throw bad_option("cell " + std::to_string(cell) + " has label " + std::to_string(l) + ", but there are " +
                         std::to_string(n_labels) + " labels; number them from 0");
    return {label, n_labels};
  }
};

}  // namespace tepui::objective
