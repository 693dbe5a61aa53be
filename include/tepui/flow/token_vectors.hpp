#pragma once
/// Tokens that have become vectors: what a model of gene expression reads of a cell, one vector a token.

#include <cstdint>
#include <span>

#include <tepui/flow/tokens.hpp>

namespace tepui {

/// A look at the token vectors of a batch of cells; whatever is known of the tokens (ids, channels) is still beside them.
/// shapes      cell_begin [cells + 1]; id [tokens]; vector [tokens, n_dims]; one array [tokens] per channel
/// invariants  as token_view; finite
template <class Channels, class Place = host, class Covariates = covariates<>>
struct token_vector_view : token_view<Channels, Place, Covariates> {
  std::int32_t n_dims = 0;
  std::span<const float> vector;

  /// The vectors of one cell.                                       -> [tokens of the cell, n_dims]
  [[nodiscard]] std::span<const float> vectors_of(std::int64_t cell) const {
    return vector.subspan(usize(this->cell_begin[usize(cell)] * n_dims), usize(this->n_tokens(cell) * n_dims));
  }
};

/// The token vectors of a batch of cells, in memory of their own, used again from batch to batch.
/// shapes, invariants  as token_vector_view
template <class Channels = channels<>, class Place = host>
struct token_vector_batch : token_batch<Channels, Place> {
  std::int32_t n_dims = 0;
  buffer_in<Place, float> vector;

  /// Starts a batch of vectors with so many dims: no cells, no tokens; the memory stays.
  void clear(std::int32_t dims) {
    token_batch<Channels, Place>::clear();
    n_dims = dims;
    vector.clear();
  }
  /// Makes room for the vectors of all tokens that are there.       -> [tokens, n_dims], not filled in any order
  [[nodiscard]] std::span<float> room_for_vectors() {
    vector.resize(this->id.size() * usize(n_dims));
    return {vector.data(), vector.size()};
  }

  template <class Covariates = covariates<>>
  [[nodiscard]] token_vector_view<Channels, Place, Covariates> view(cell_axis<Covariates> cells) const {
    return {token_batch<Channels, Place>::view(cells), n_dims, vector};
  }
  [[nodiscard]] auto view() const { return view(cell_axis<>(this->cell_id)); }
};

template <class T>
inline constexpr bool is_token_vector_view = false;
template <class C, class P, class V>
inline constexpr bool is_token_vector_view<token_vector_view<C, P, V>> = true;

/// A view of token vectors with any channels, place and covariates.
template <class T>
concept token_vectors_like = is_token_vector_view<T>;

}  // namespace tepui
