#pragma once
/// Places for cells on a page: near on the page where near in the embedding.

#include <cstdint>
#include <string>
#include <tepui/flow/matrix.hpp>
#include <utility>
#include <vector>

namespace evaluate {
namespace tp = tepui;

/// Some of the cells, each with a place in [0, 1] x [0, 1].
struct cell_map {
  std::string made;               ///< how, in words
  std::vector<std::int64_t> row;  ///< which cells are drawn
  std::vector<std::pair<double, double>> at;
};

/// in     embedding [cells, dims]; at most so many cells, chosen by lot
/// out    neighbours in the embedding are neighbours on the page (UMAP), begun from two principal components
/// repeat decided by the seed and the cells
cell_map map_of(const tp::embedding_view<>& cells, std::int64_t most, std::uint64_t seed, int threads);

}  // namespace evaluate
