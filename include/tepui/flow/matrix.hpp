#pragma once
/// Batches that are plain float matrices, one row a cell: embeddings, whole expression vectors, predictions.

#include <algorithm>
#include <cstdint>
#include <span>

#include <tepui/flow/covariates.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/flow/scale.hpp>

namespace tepui {

/// A look at a float matrix, row after row.            value [rows, columns]
template <class Meaning, class Place = host, class Covariates = covariates<>>
struct matrix_view {
  using meaning = Meaning;
  using place = Place;
  using covariate_list = Covariates;

  std::int64_t n_columns = 0;
  std::span<const float> value;
  cell_axis<Covariates> cells;

  [[nodiscard]] std::int64_t n_cells() const { return cells.size(); }
  [[nodiscard]] std::span<const float> row(std::int64_t cell) const {
    return value.subspan(usize(cell * n_columns), usize(n_columns));
  }
};

/// A float matrix that owns its memory.                value [rows, columns], cell_id [rows]
/// invariants  finite
template <class Meaning, class Place = host>
struct matrix_batch {
  using meaning = Meaning;
  using place = Place;

  std::int64_t n_columns = 0;
  buffer_in<Place, float> value;
  buffer_in<Place, std::int64_t> cell_id;

  [[nodiscard]] std::int64_t n_cells() const { return isize(cell_id.size()); }
  [[nodiscard]] std::span<float> row(std::int64_t cell) {
    return std::span<float>(value).subspan(usize(cell * n_columns), usize(n_columns));
  }
  [[nodiscard]] std::span<const float> row(std::int64_t cell) const {
    return std::span<const float>(value).subspan(usize(cell * n_columns), usize(n_columns));
  }
  /// Makes room for cells x columns; what was there is not kept in any order. cost  allocates only when it must grow
  void resize(std::int64_t n_cells, std::int64_t columns) {
    n_columns = columns;
    value.resize(usize(n_cells * columns));
    cell_id.resize(usize(n_cells));
  }
  template <class Covariates>
  [[nodiscard]] matrix_view<Meaning, Place, Covariates> view(cell_axis<Covariates> cells) const {
    return {n_columns, value, cells};
  }
  [[nodiscard]] matrix_view<Meaning, Place> view() const { return view(cell_axis<>(cell_id)); }
};

/// Chosen rows, in the order wanted.                   -> [rows chosen, columns]
/// in     rows in [0, cells), repeats are legal         cost   O(rows chosen columns)
template <class Meaning, class Covariates>
[[nodiscard]] matrix_batch<Meaning> rows_of(const matrix_view<Meaning, host, Covariates>& from, std::span<const std::int64_t> rows) {
  matrix_batch<Meaning> out;
  out.resize(isize(rows.size()), from.n_columns);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto row = from.row(rows[r]);
    std::copy(row.begin(), row.end(), out.row(isize(r)).begin());
    out.cell_id[r] = from.cells.id[usize(rows[r])];
  }
  return out;
}

namespace meaning {
struct embedding {};
template <class Scale>
struct expression {};
struct prediction {};
}  // namespace meaning

/// float [cells, dims]: what an encoder gives.
template <class Place = host>
using embedding_batch = matrix_batch<meaning::embedding, Place>;
template <class Place = host, class Covariates = covariates<>>
using embedding_view = matrix_view<meaning::embedding, Place, Covariates>;

/// float [cells, genes]: whole expression vectors, zeros included, for models that read them so.
template <class Scale = scale::log1p, class Place = host>
using dense = matrix_batch<meaning::expression<Scale>, Place>;
template <class Scale = scale::log1p, class Place = host, class Covariates = covariates<>>
using dense_view = matrix_view<meaning::expression<Scale>, Place, Covariates>;

/// float [cells or conditions, genes]: what a perturbation predictor gives; cell_id numbers the conditions where rows are conditions.
template <class Place = host>
using prediction = matrix_batch<meaning::prediction, Place>;
template <class Place = host, class Covariates = covariates<>>
using prediction_view = matrix_view<meaning::prediction, Place, Covariates>;

}  // namespace tepui
