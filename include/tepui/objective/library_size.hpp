#pragma once
/// How many counts a cell has in all: a normal guess of the logarithm, by a network of its own that reads the counts.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/tokens.hpp>
#include <tepui/layer/mlp.hpp>
#include <tepui/layer/of_genes.hpp>
#include <tepui/objective/latent_normal.hpp>

namespace tepui::objective {

/// The sum of a cell's counts.
[[nodiscard]] inline double total_of(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v);
  return sum;
}

/// Guesses mean and log-variance of the log library size of each cell; the prior is mean and variance over the training cells of the
/// cell's batch.
/// types   Width, Shape: of its one hidden layer
template <int Width, layer::mlp_shape Shape>
struct library_network {
  using layers_type = layer::mlp_behind<Shape, Width, 2>;
  static constexpr bool whole = layer::reads_whole_batch<layers_type>();

  layer::of_genes<Width> genes{};
  layers_type layers{};
  std::vector<double> n_cells{}, sum{}, squares{};  ///< of log library sizes, by batch

  template <class Real>
  struct room {
    typename layer::of_genes<Width>::template room<Real> genes;
    layer::saved_t<layers_type, Real> saved;
    layer::room_t<layers_type, Real> layers;
    layer::memory<Real> hidden, d_hidden, state, d_state;
    layer::memory<float> log_counts;
  };

  static void each_part(auto& self, auto&& visit) {
    visit("library_genes", self.genes);
    visit("library", self.layers);
  }

  /// Nothing is known of so many batches.
  void begin(std::int32_t n_batches) {
    for (auto* const of : {&n_cells, &sum, &squares}) of->assign(usize(n_batches), 0);
  }
  /// Learns how large the libraries of a batch usually are.            in     the counts of a cell
  void count(std::int32_t batch, std::span<const float> values) {
    const double size = std::log(total_of(values));
    n_cells[usize(batch)] += 1;
    sum[usize(batch)] += size;
    squares[usize(batch)] += size * size;
  }
  /// Mean and variance of the log library sizes of a batch; where no cell was counted, of a standard normal.
  [[nodiscard]] std::pair<double, double> usual(std::int32_t batch) const {
    const double n = n_cells[usize(batch)];
    if (n == 0) return {0, 1};
    const double mean = sum[usize(batch)] / n;
    return {mean, std::max(least_variance, squares[usize(batch)] / n - mean * mean)};
  }

  /// in     tokens: genes and counts; drawn(c): a standard normal number of each cell; batch_of(c)
  /// out    size [cells]; what the prior costs, a sum over cells
  template <class Real>
  double forward(std::span<const Real> w, const layer::packed& at, const auto& tokens, const auto& drawn, const auto& batch_of,
                 std::span<Real> size, room<Real>& r) const {
    const std::int64_t cells = at.n_cells();
    const auto& values = tokens.template get<channel::value>();
    const auto logs = layer::grown(r.log_counts, isize(values.size()));
    layer::log1p_of_counts(values, logs);
    const auto hidden = layer::grown(r.hidden, cells * Width), state = layer::grown(r.state, cells * 2);
    layer::slices cut(w);
    genes.forward(cut.of(genes), counts_of(tokens, logs), hidden, r.genes);
    layers.forward(cut.of(layers), at, std::span<const Real>(hidden), state, r.saved, r.layers);
    double cost = 0;
    for (std::int64_t c = 0; c < cells; ++c) {
      const Real mean = state[usize(2 * c)], variance = std::exp(state[usize(2 * c + 1)]) + static_cast<Real>(least_variance);
      size[usize(c)] = std::exp(mean + std::sqrt(variance) * static_cast<Real>(drawn(c)));
      const auto [middle, spread] = usual(batch_of(c));
      cost += static_cast<double>(normal_divergence(mean, variance, static_cast<Real>(middle), static_cast<Real>(spread)));
    }
    return cost;
  }
  /// in     as forward, behind it; d_log_size [cells]            out    dw is added to
  template <class Real>
  void backward(std::span<const Real> w, const layer::packed& at, const auto& tokens, const auto& drawn, const auto& batch_of,
                std::span<const Real> d_log_size, std::span<Real> dw, room<Real>& r) const {
    const std::int64_t cells = at.n_cells();
    const std::span<const Real> state = std::span(r.state).first(usize(2 * cells));
    const auto d_state = layer::grown(r.d_state, 2 * cells), d_hidden = layer::grown(r.d_hidden, cells * Width);
    for (std::int64_t c = 0; c < cells; ++c) {
      const Real mean = state[usize(2 * c)], grown = std::exp(state[usize(2 * c + 1)]),
                 variance = grown + static_cast<Real>(least_variance);
      const auto [middle, spread] = usual(batch_of(c));
      const Real by_chance = static_cast<Real>(drawn(c)), by_size = d_log_size[usize(c)];
      d_state[usize(2 * c)] = by_size + (mean - static_cast<Real>(middle)) / static_cast<Real>(spread);
      d_state[usize(2 * c + 1)] = grown * (by_size * by_chance / (2 * std::sqrt(variance)) +
                                           Real(0.5) * (1 / static_cast<Real>(spread) - 1 / variance));
    }
    const std::span<const Real> hidden = std::span(r.hidden).first(usize(cells * Width));
    layer::slices cut(w);
    layer::slices cut_d(dw);
    static_cast<void>(cut.of(genes));
    const auto dw_genes = cut_d.of(genes);
    layers.backward(cut.of(layers), at, hidden, std::span<const Real>(d_state), cut_d.of(layers), d_hidden, r.saved, r.layers);
    genes.backward(counts_of(tokens, std::span<const float>(r.log_counts).first(tokens.id.size())),
                   std::span<const Real>(d_hidden), dw_genes, r.genes);
  }

 private:
  [[nodiscard]] kernel::stored_cells<float> counts_of(const auto& tokens, std::span<const float> values) const {
    const std::span<const std::int64_t> begin = tokens.cell_begin;
    return {genes.n_genes, begin.first(begin.size() - 1), begin.subspan(1), tokens.id, values};
  }
};

}  // namespace tepui::objective
