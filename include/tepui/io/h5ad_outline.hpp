#pragma once
/// What must be known of an AnnData file before its cells can be read a few at a time, and how libhdf5 reads a few.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/io/h5ad.hpp>
#include <tepui/io/hdf5_chunks.hpp>

namespace tepui::io {

/// How the cells of a file are fetched.
enum class cell_access : std::uint8_t {
  direct,        ///< sparse by cell: from where they lie, by every thread for itself
  through_hdf5,  ///< dense, or packed in a rare way: some thousand cells at a time, one thread at a time
  in_memory,     ///< sparse by gene: cells lie scattered over the whole file, which is therefore read once and kept
};

/// What is known of a file before its first cell is read.
struct h5ad_outline {
  std::string matrix;  ///< path in the file
  bool by_cell = false;
  cell_access access = cell_access::through_hdf5;
  std::int64_t n_cells = 0;
  gene_table genes;
  std::vector<std::int64_t> position;  ///< sparse by cell: [cells + 1]
  chunked_array gene, value;           ///< direct
  counts<scale::raw> all;              ///< in_memory
};
inline auto members(h5ad_outline& o) {
  return std::tie(o.matrix, o.by_cell, o.access, o.n_cells, o.genes, o.position, o.gene, o.value, o.all);
}

namespace anndata {

/// Asks libhdf5 everything about one matrix, once.
/// errors bad_data as read_h5ad, but for what only obs and the values themselves can tell
inline h5ad_outline outline_of(hdf5::source& from, const std::string& where) {
  h5ad_outline out;
  const matrix_paths paths = paths_of(from, where);
  out.matrix = paths.matrix;
  out.n_cells = table_outline(from, "/obs").first;
  out.genes = genes_of(read_table(from, paths.genes));
  const matrix_form form = form_of(from, out.matrix);
  check_shape(from, out.matrix, form, out.n_cells, out.genes.size());
  if (form.lies == layout::by_cell) {
    const hdf5::dataset pointers(from, out.matrix + "/indptr"), indices(from, out.matrix + "/indices"),
        values(from, out.matrix + "/data");
    check_sparse_sizes(pointers, indices, values, out.n_cells);
    out.by_cell = true;
    out.position = pointers.whole_numbers();
    check_positions(out.position, out.n_cells, static_cast<std::int64_t>(indices.size()), from.path(), pointers.path());
    std::optional<chunked_array> gene = hdf5::chunked_array_of(indices), value = hdf5::chunked_array_of(values);
    if (gene && value && indices.holds().whole_number()) {
      out.access = cell_access::direct;
      out.gene = std::move(*gene);
      out.value = std::move(*value);
    }
  } else if (form.lies == layout::by_gene || form.n_rows != out.n_cells || form.n_columns != out.genes.size()) {
    out.access = cell_access::in_memory;
    out.all = read_dataset<scale::raw>(from, where).x;
  }
  return out;
}

/// Cells [first, first + n) through libhdf5, with every check and sentence of the reader of whole files.
inline counts<scale::raw> read_cells(hdf5::source& from, const h5ad_outline& about, std::int64_t first, std::int64_t n,
                                     const std::vector<std::string>& names) {
  value_rules<scale::raw> rules(from.path(), about.by_cell ? about.matrix + "/data" : about.matrix, names, about.genes);
  const std::int32_t n_genes = about.genes.size();
  const row_range rows{static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(n)};
  if (!about.by_cell) return rows_of_full(from, about.matrix, n, n_genes, rules, rows);

  const auto place = std::span(about.position).subspan(usize(first), usize(n) + 1);
  const row_range stored{static_cast<std::uint64_t>(place.front()), static_cast<std::uint64_t>(place.back() - place.front())};
  const hdf5::dataset indices(from, about.matrix + "/indices"), values(from, about.matrix + "/data");
  from.spend(stored.n, sizeof(std::int32_t) + sizeof(float), about.matrix);
  counts<scale::raw> x;
  x.n_genes = n_genes;
  for (std::int64_t cell = 0; cell < n; ++cell) x.row_begin.push_back(place[usize(cell)] - place.front());
  x.gene.resize(static_cast<std::size_t>(stored.n));
  x.value.resize(x.gene.size());
  read_indices(indices, n_genes, x.gene, "genes", stored.first);
  const auto see = [&](std::int64_t at, std::span<const double> block) {
    rules.accept(block, std::span<float>(x.value).subspan(usize(at), block.size()), [&](std::size_t k) {
      const std::int64_t here = place.front() + at + isize(k);
      return matrix_place{first + (std::upper_bound(place.begin(), place.end(), here) - place.begin() - 1),
                          x.gene[usize(at) + k]};
    });
  };
  for_values(values, see, stored);
  tidy_rows(x, rules, first);
  return x;
}

}  // namespace anndata

}  // namespace tepui::io
