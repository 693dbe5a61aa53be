#pragma once
/// Adds a learned vector to every row that tells where in its cell it stands.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// y = x + table[row of the cell], counted from 0.
/// shapes  table [Slots, Dims], beginning normal with a standard deviation of SpreadPerMille in 1,000
/// errors  bad_data: a cell has more rows than Slots            keeps  nothing            cost  O(rows Dims)
/// source  Devlin et al. 2019 (BERT), as Geneformer and Nicheformer use it
template <int Dims, int Slots, int SpreadPerMille = 1000>
struct position_table {
  static_assert(Dims > 0 && Slots > 0,
                "tepui: a table of positions needs dims and slots above 0; write position_table<128, 2048>");
  static constexpr int dims_in = Dims, dims_out = Dims;

  [[nodiscard]] std::string describe() const { return "learned positions to " + std::to_string(Slots); }
  void each_weight(auto&& visit) const { visit("table", table_of(Slots, Dims, SpreadPerMille / 1000.0)); }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, nothing&,
               nothing&) const {
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      if (at.n_rows(c) > Slots)
        throw bad_data("a cell has " + std::to_string(at.n_rows(c)) + " tokens, but position_table has vectors for " +
                       std::to_string(Slots) + "; give it as many as the tokenizer has slots, with room for special tokens");
      const auto from = at.rows_of(c, x, Dims);
      const auto to = at.rows_of(c, y, Dims);
      for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] + w[i];
    }
  }
  template <class Real>
  void backward(std::span<const Real>, const packed& at, std::span<const Real>, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, nothing&, nothing&) const {
    for (std::int64_t c = 0; c < at.n_cells(); ++c) {
      const auto from = at.rows_of(c, dy, Dims);
      for (std::size_t i = 0; i < from.size(); ++i) dw[i] += from[i];
    }
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }
};

static_assert(row_layer<position_table<8, 4>>);

}  // namespace tepui::layer
