#pragma once
/// Where cells come from, batch by batch: a matrix in memory, a simulator, a file. Nobody who reads cells needs to know which.

#include <concepts>
#include <cstdint>
#include <span>
#include <utility>

#include <tepui/flow/counts.hpp>
#include <tepui/flow/dataset.hpp>

namespace tepui {

/// A source of cells, read by position; reading the same cells twice gives the same counts.
///   n_cells()                     how many
///   genes()                       the gene_table of its columns
///   read(first, n, room)          cells [first, first + n) as a counts_view that lives as long as `room`, a
///                                 `typename S::room` of the reader's own (one a thread); a room may go from one source to
///                                 another of its type
template <class S>
concept cell_source = requires(const S& source, std::int64_t i, typename S::room& room) {
  { source.n_cells() } -> std::convertible_to<std::int64_t>;
  { source.genes() } -> std::convertible_to<const gene_table&>;
  { source.read(i, i, room) } -> counts_like;
};

/// Cells of a matrix in memory. Borrows the counts and the genes.
template <class View>
class cells_in_memory {
 public:
  struct room {};
  cells_in_memory(View view, const gene_table& genes) : view_(view), genes_(&genes) {}
  [[nodiscard]] std::int64_t n_cells() const { return view_.n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return *genes_; }
  [[nodiscard]] View read(std::int64_t first, std::int64_t n, room&) const { return view_.part(first, n); }

 private:
  View view_;
  const gene_table* genes_;
};

/// All cells of a dataset, or a view (chosen cells, cells with covariates) with the genes of its columns.
template <class Scale>
[[nodiscard]] auto cells_of(const dataset<Scale>& data) {
  return cells_in_memory(data.x.view(), data.genes);
}
template <counts_like View>
[[nodiscard]] auto cells_of(View view, const gene_table& genes) {
  return cells_in_memory<View>(view, genes);
}

/// Chosen cells of a dataset: owns the rows, borrows the counts and the genes.
template <class Scale>
class chosen_in_memory {
 public:
  struct room {};
  chosen_in_memory(const dataset<Scale>& data, std::span<const std::int64_t> rows) : chosen_(data.x.view(), rows), genes_(&data.genes) {}
  [[nodiscard]] std::int64_t n_cells() const { return chosen_.view().n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return *genes_; }
  [[nodiscard]] counts_view<Scale> read(std::int64_t first, std::int64_t n, room&) const { return chosen_.view().part(first, n); }

 private:
  chosen_cells<Scale> chosen_;
  const gene_table* genes_;
};

/// The cells of these rows, in this order: `model.fit(cells_of(atlas, split.train))`.
template <class Scale>
[[nodiscard]] auto cells_of(const dataset<Scale>& data, std::span<const std::int64_t> rows) {
  return chosen_in_memory<Scale>(data, rows);
}

/// The type of view that a source gives.
template <cell_source S>
using view_of_t = decltype(std::declval<const S&>().read(0, 0, std::declval<typename S::room&>()));

}  // namespace tepui
