#pragma once
/// A batch norm of the counts of every gene that leaves counts as they are stored: it says what to multiply and what to add.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/batch_norm.hpp>
#include <tepui/layer/batch_norm.hpp>

namespace tepui::layer {

/// Normalised counts are slope x + offset, gene by gene, with genes that a cell does not express at x = 0. Not a layer of
/// rows: no
/// matrix [cells, genes] is made, and nobody asks for a gradient by counts.
/// shapes  gain, shift, running_mean, running_variance [genes], beginning with 1, 0, 0, 1; batches_seen [1]; slope, offset
///         [genes]
/// batch, learns, source  as batch_norm; in double            errors bad_data: fewer than two cells while it learns
/// cost    two readings of the counts while it learns; O(genes)
template <batch_norm_settings Settings = batch_norm_settings{}>
struct norm_of_genes {
  static constexpr bool whole = true;
  template <class Real>
  struct saved {
    memory<double> mean, spread;
    memory<Real> middle, scale;
    memory<std::int64_t> cells;
  };

  std::int64_t n_genes = 0;

  [[nodiscard]] std::string describe() const {
    const std::string differs = unusual(Settings);
    return "batch_norm of genes" + (differs.empty() ? "" : ", " + differs);
  }
  void each_weight(auto&& visit) const { each_norm_slice(n_genes, Settings.momentum, visit); }

  /// in     counts: cells as they are stored            out    slope, offset [genes], overwritten
  template <class Real>
  void forward(std::span<const Real> w, const packed& at, const auto& counts, std::span<Real> slope, std::span<Real> offset,
               saved<Real>& s) const {
    const auto of = cut(w);
    const auto middle = grown(s.middle, n_genes), scale = grown(s.scale, n_genes);
    if (at.training) {
      const std::int64_t cells = isize(counts.row_begin.size());
      const auto now = grown(s.mean, n_genes), spread = grown(s.spread, n_genes);
      moments(counts, cells, now, spread, grown(s.cells, n_genes));
      kernel::batch_scale<Real>(cells, spread, double{Settings.epsilon}, scale);
      for (std::size_t g = 0; g < middle.size(); ++g) middle[g] = static_cast<Real>(now[g]);
    } else {
      std::copy(of.mean.begin(), of.mean.end(), middle.begin());
      kernel::running_scale<Real>(of.variance, double{Settings.epsilon}, scale);
    }
    for (std::size_t g = 0; g < slope.size(); ++g) {
      slope[g] = of.gain[g] * scale[g];
      offset[g] = of.shift[g] - middle[g] * slope[g];
    }
  }
  /// in     d_slope, d_offset [genes]            out    dw is added to
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::int64_t cells, std::span<const double> d_slope,
                std::span<const double> d_offset, std::span<Real> dw, const saved<Real>& s) const {
    const auto running_mean = cut(w).mean;
    const auto to = cut(dw);
    for (std::size_t g = 0; g < to.gain.size(); ++g) {
      const auto middle = static_cast<double>(s.middle[g]), scale = static_cast<double>(s.scale[g]);
      to.gain[g] += static_cast<Real>(scale * (d_slope[g] - middle * d_offset[g]));
      to.shift[g] += static_cast<Real>(d_offset[g]);
    }
    if (!at.training) return;
    const auto n = static_cast<double>(cells);
    for (std::size_t g = 0; g < to.mean.size(); ++g) {
      const double away = s.mean[g] - static_cast<double>(running_mean[g]);
      to.mean[g] += static_cast<Real>(n * away);
      to.variance[g] += static_cast<Real>(s.spread[g] + n * away * away);
    }
    to.seen[0] += static_cast<Real>(cells);
  }

 private:
  template <class Real>
  [[nodiscard]] norm_slices<Real> cut(std::span<Real> w) const {
    slices all(w);
    return norm_slices<Real>::next(all, n_genes);
  }
  /// The mean of every gene over cells, and the sum of squares from it; cells without the gene count as 0.
  static void moments(const auto& counts, std::int64_t cells, std::span<double> mean, std::span<double> spread,
                      std::span<std::int64_t> expressing) {
    std::fill(mean.begin(), mean.end(), 0.0);
    std::fill(expressing.begin(), expressing.end(), 0);
    const auto each_count = [&](auto&& visit) {
      for (std::size_t c = 0; c < usize(cells); ++c)
        for (std::int64_t i = counts.row_begin[c]; i < counts.row_end[c]; ++i)
          visit(usize(counts.gene[usize(i)]), static_cast<double>(counts.value[usize(i)]));
    };
    each_count([&](std::size_t g, double x) {
      mean[g] += x;
      ++expressing[g];
    });
    for (std::size_t g = 0; g < mean.size(); ++g) {
      mean[g] /= static_cast<double>(std::max<std::int64_t>(1, cells));
      spread[g] = static_cast<double>(cells - expressing[g]) * mean[g] * mean[g];
    }
    each_count([&](std::size_t g, double x) { spread[g] += (x - mean[g]) * (x - mean[g]); });
  }
};

}  // namespace tepui::layer
