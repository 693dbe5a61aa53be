#pragma once
/// Guesses how high every gene of a cell is, from the cell's vector.

#include <algorithm>
#include <cstdint>
#include <span>

#include <tepui/layer/chain.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/to_genes.hpp>

namespace tepui::objective {

/// A number for each gene of each cell: the decoder, and a linear layer from its rows to the genes.
/// types   Decoder: from the embedding up, a layer of rows            memory  the genes of 64 cells at a time
/// rounds  where products of the decoder round their factors to bf16, those of the layer to genes do as well
/// cost    6 width genes operations a cell, with the gradient
template <class Decoder>
struct expression_decoder {
  static constexpr int width = Decoder::dims_out;
  static constexpr bool whole = layer::reads_whole_batch<Decoder>();
  static constexpr std::int64_t tile = 64;  // cells whose genes are guessed together
  using to_genes =
      layer::to_genes<width, layer::multiplies_in_bf16<Decoder>() ? kernel::precision::bf16 : kernel::precision::float32>;

  [[no_unique_address]] Decoder decoder{};
  to_genes out{};

  template <class Real>
  struct room {
    layer::saved_t<Decoder, Real> decoder_saved;
    layer::room_t<Decoder, Real> decoder;
    typename to_genes::template room<Real> out;
    layer::memory<Real> h, dh, y;
  };

  static void each_part(auto& self, auto&& visit) {
    visit("decoder", self.decoder);
    visit("out", self.out);
  }

  /// in     cell [cells, dims]; answer(c, y) -> loss of cell c, whose genes are guessed as y [genes]; with a gradient it leaves in
  ///        y the gradient by the guesses
  /// out    the sum of what answer said; gradients are added to dw and d_cell [cells, dims], which is empty where not wanted
  template <bool Gradient, class Real>
  double each_cell(std::span<const Real> w, const layer::packed& at, std::span<const Real> cell, std::span<Real> dw,
                   std::span<Real> d_cell, room<Real>& r, auto&& answer) const {
    const std::int64_t cells = at.n_cells(), genes = out.n_genes;
    layer::slices cut(w);
    layer::slices cut_d(dw);
    const auto w_decoder = cut.of(decoder), w_out = cut.of(out);
    std::span<Real> dw_decoder, dw_out;
    if constexpr (Gradient) dw_decoder = cut_d.of(decoder), dw_out = cut_d.of(out);
    const auto h = layer::grown(r.h, cells * width), dh = layer::grown(r.dh, Gradient ? cells * width : 0);
    decoder.forward(w_decoder, at, cell, h, r.decoder_saved, r.decoder);
    double sum = 0;
    for (std::int64_t first = 0; first < cells; first += tile) {
      const std::int64_t m = std::min(tile, cells - first);
      const auto x = std::span<const Real>(h).subspan(usize(first * width), usize(m * width));
      const auto y = layer::grown(r.y, m * genes);
      out.forward(w_out, x, y, r.out);
      for (std::int64_t i = 0; i < m; ++i) sum += answer(first + i, y.subspan(usize(i * genes), usize(genes)));
      if constexpr (Gradient)
        out.backward(w_out, x, std::span<const Real>(y), dw_out, dh.subspan(usize(first * width), usize(m * width)),
                     kernel::into::overwrite, r.out);
    }
    if constexpr (Gradient) {
      const auto dx = layer::grown(r.y, isize(d_cell.size()));
      decoder.backward(w_decoder, at, cell, std::span<const Real>(dh), dw_decoder, dx, r.decoder_saved, r.decoder);
      for (std::size_t i = 0; i < d_cell.size(); ++i) d_cell[i] += dx[i];
    }
    return sum;
  }
};

}  // namespace tepui::objective
