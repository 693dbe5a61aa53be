#pragma once
/// A count matrix, stored as the genes that each cell expresses.

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/covariates.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/flow/scale.hpp>

namespace tepui {

/// A look at count rows that somebody else owns. Choosing cells makes new row positions and copies no count.
/// shapes      row_begin, row_end [cells] positions into gene and value; total [cells] or empty (not known)
/// invariants  gene ascending and unique in a row, in [0, n_genes); value finite; raw: whole numbers >= 0
/// cost        copies pointers only
template <class Scale, class Value = float, class Place = host, class Covariates = covariates<>>
struct counts_view {
  static_assert(scale::is_scale<Scale>, "tepui: the first parameter of counts is its scale: raw, normalised, log1p or other");
  using scale = Scale;
  using value_type = Value;
  using place = Place;
  using covariate_list = Covariates;

  std::int32_t n_genes = 0;
  std::span<const std::int64_t> row_begin, row_end;
  std::span<const std::int32_t> gene;
  std::span<const Value> value;
  std::span<const double> total;
  cell_axis<Covariates> cells;

  [[nodiscard]] std::int64_t n_cells() const { return isize(row_begin.size()); }
  [[nodiscard]] std::int64_t n_expressed(std::int64_t cell) const { return row_end[usize(cell)] - row_begin[usize(cell)]; }
  /// The genes that a cell expresses, ascending.                    -> [genes expressed]
  [[nodiscard]] std::span<const std::int32_t> genes_of(std::int64_t cell) const {
    return gene.subspan(usize(row_begin[usize(cell)]), usize(n_expressed(cell)));
  }
  /// Their values, in the same order.                               -> [genes expressed]
  [[nodiscard]] std::span<const Value> values_of(std::int64_t cell) const {
    return value.subspan(usize(row_begin[usize(cell)]), usize(n_expressed(cell)));
  }

  /// Cells [first, first + n), as a view of the same counts.
  [[nodiscard]] counts_view part(std::int64_t first, std::int64_t n) const {
    counts_view out = *this;
    out.row_begin = row_begin.subspan(usize(first), usize(n));
    out.row_end = row_end.subspan(usize(first), usize(n));
    if (!total.empty()) out.total = total.subspan(usize(first), usize(n));
    out.cells = cells.part(first, n);
    return out;
  }

  template <class NewCovariates>
  [[nodiscard]] counts_view<Scale, Value, Place, NewCovariates> with_cells(cell_axis<NewCovariates> axis) const {
    return {n_genes, row_begin, row_end, gene, value, total, axis};
  }
  /// The same counts with one covariate more: codes [cells], -1 where missing.
  template <class Tag>
  [[nodiscard]] auto with(std::span<const std::int32_t> codes) const {
    return with_cells(cells.template with<Tag>(codes));
  }
};

/// A count matrix that owns its memory.
/// shapes, invariants  as counts_view; total is empty until somebody fills it
/// cost                rows stand one after the other; add_cell is O(genes expressed)
template <class Scale, class Value = float, class Place = host>
struct counts {
  using scale = Scale;
  using value_type = Value;
  using place = Place;

  std::int32_t n_genes = 0;
  buffer_in<Place, std::int64_t> row_begin, row_end;
  buffer_in<Place, std::int32_t> gene;
  buffer_in<Place, Value> value;
  buffer_in<Place, std::int64_t> cell_id;
  buffer_in<Place, double> total;

  [[nodiscard]] std::int64_t n_cells() const { return isize(row_begin.size()); }

  /// Forgets the cells and keeps the memory.
  void clear() {
    row_begin.clear();
    row_end.clear();
    gene.clear();
    value.clear();
    cell_id.clear();
    total.clear();
  }

  /// Appends one cell. The caller keeps the invariants: genes ascending and unique.
  void add_cell(std::int64_t id, std::span<const std::int32_t> genes, std::span<const Value> values) {
    row_begin.push_back(isize(gene.size()));
    gene.insert(gene.end(), genes.begin(), genes.end());
    value.insert(value.end(), values.begin(), values.end());
    row_end.push_back(isize(gene.size()));
    cell_id.push_back(id);
  }

  [[nodiscard]] counts_view<Scale, Value, Place> view() const {
    return {n_genes, row_begin, row_end, gene, value, total, cell_axis<>(cell_id)};
  }
  template <class Covariates>
  [[nodiscard]] counts_view<Scale, Value, Place, Covariates> view(cell_axis<Covariates> cells) const {
    return {n_genes, row_begin, row_end, gene, value, total, cells};
  }
};

/// Chosen cells of a count matrix: owns row positions and ids, borrows the counts. Must not outlive what it was chosen from.
/// in     a view, and the rows wanted, in the order wanted (a row may stand twice)      out    `.view()`, a counts_view again
/// errors the caller gives rows in [0, cells)                                           cost   O(rows)
template <class Scale, class Value = float, class Place = host>
class chosen_cells {
 public:
  template <class Covariates>
  chosen_cells(const counts_view<Scale, Value, Place, Covariates>& from, std::span<const std::int64_t> rows)
      : n_genes_(from.n_genes), gene_(from.gene), value_(from.value) {
    row_begin_.reserve(rows.size());
    row_end_.reserve(rows.size());
    cell_id_.reserve(rows.size());
    for (const std::int64_t row : rows) {
      row_begin_.push_back(from.row_begin[usize(row)]);
      row_end_.push_back(from.row_end[usize(row)]);
      cell_id_.push_back(from.cells.id[usize(row)]);
      if (!from.total.empty()) total_.push_back(from.total[usize(row)]);
    }
  }
  [[nodiscard]] counts_view<Scale, Value, Place> view() const {
    return {n_genes_, row_begin_, row_end_, gene_, value_, total_, cell_axis<>(cell_id_)};
  }

 private:
  std::int32_t n_genes_;
  std::span<const std::int32_t> gene_;
  std::span<const Value> value_;
  buffer_in<Place, std::int64_t> row_begin_, row_end_, cell_id_;
  buffer_in<Place, double> total_;
};

template <class T>
inline constexpr bool is_counts_view = false;
template <class S, class V, class P, class C>
inline constexpr bool is_counts_view<counts_view<S, V, P, C>> = true;

/// A view of counts of any scale, value type, place and covariates.
template <class T>
concept counts_like = is_counts_view<T>;

}  // namespace tepui
