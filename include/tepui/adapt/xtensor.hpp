#pragma once
/// Looks at embeddings and padded tokens as xtensor expressions, without copying a number.

#include <array>
#include <cstddef>
#include <type_traits>

#include <xtensor/xadapt.hpp>

#include <tepui/adapt/padded_tokens.hpp>
#include <tepui/flow/matrix.hpp>

namespace tepui::adapt {

/// in     first number and shape of a row-major array            out    xtensor expression on the same memory
template <class T, std::size_t Rank>
[[nodiscard]] auto tensor_on(T* first, const std::array<std::size_t, Rank>& shape) {
  std::size_t size = 1;
  for (const std::size_t n : shape) size *= n;
  return xt::adapt(first, size, xt::no_ownership(), shape);
}

/// An embedding, whole expression vectors or predictions.           [cells, dims]
/// The result looks into `matrix` and must not outlive its memory; writing into it writes into the matrix.
template <class Meaning, class Place>
[[nodiscard]] auto tensor_of(matrix_batch<Meaning, Place>& matrix) {
  static_assert(std::is_same_v<Place, host>, "tepui: xtensor reads ordinary memory only; copy the batch to the host first");
  return tensor_on(matrix.value.data(), std::array{usize(matrix.n_cells()), usize(matrix.n_columns)});
}
template <class Meaning, class Place>
[[nodiscard]] auto tensor_of(const matrix_batch<Meaning, Place>& matrix) {
  static_assert(std::is_same_v<Place, host>, "tepui: xtensor reads ordinary memory only; copy the batch to the host first");
  return tensor_on(matrix.value.data(), std::array{usize(matrix.n_cells()), usize(matrix.n_columns)});
}
template <class Meaning, class Place>
void tensor_of(const matrix_batch<Meaning, Place>&&) = delete;  // it would look into memory that is gone
template <class Meaning, class Place, class Covariates>
[[nodiscard]] auto tensor_of(const matrix_view<Meaning, Place, Covariates>& matrix) {
  static_assert(std::is_same_v<Place, host>, "tepui: xtensor reads ordinary memory only; copy the batch to the host first");
  return tensor_on(matrix.value.data(), std::array{usize(matrix.n_cells()), usize(matrix.n_columns)});
}

/// Padded tokens: their ids and values [cells, slots], and how many slots each cell uses [cells]. Look into `tokens`.
template <class Value>
[[nodiscard]] auto id_tensor(const padded_tokens<Value>& tokens) {
  return tensor_on(tokens.id.data(), std::array{usize(tokens.n_cells), usize(tokens.slots)});
}
template <class Value>
[[nodiscard]] auto value_tensor(const padded_tokens<Value>& tokens) {
  return tensor_on(tokens.value.data(), std::array{usize(tokens.n_cells), usize(tokens.slots)});
}
template <class Value>
[[nodiscard]] auto n_used_tensor(const padded_tokens<Value>& tokens) {
  return tensor_on(tokens.n_used.data(), std::array{usize(tokens.n_cells)});
}

}  // namespace tepui::adapt
