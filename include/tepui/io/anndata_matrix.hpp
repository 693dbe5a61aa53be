#pragma once
/// Reads the matrix of an AnnData file, sparse by cell, sparse by gene, or dense, into counts.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/io/hdf5_attributes.hpp>
#include <tepui/io/sparse_rows.hpp>
#include <tepui/io/value_rules.hpp>

namespace tepui::io::anndata {

enum class layout { by_cell, by_gene, full };

/// How a matrix lies in the file, and its declared shape.
struct matrix_form {
  layout lies = layout::full;
  std::int64_t n_rows = 0, n_columns = 0;
};

/// Rows [first, first + n) of a dataset, as far as it has them.
struct row_range {
  std::uint64_t first = 0, n = std::numeric_limits<std::uint64_t>::max();
};

/// Calls see(first, values) for the values of a dataset, in the file's order, a million or one chunk at a time; `first` counts
/// from the first value asked for.
template <class See>
void for_values(const hdf5::dataset& d, See see, row_range wanted = {}) {
  if (!d.holds().number() && d.holds().what != hdf5::family::boolean)
    d.fail("it holds " + d.holds().in_words() + " where numbers are needed; write the file again");
  const std::uint64_t all_rows = d.dims().empty() ? 1 : d.dims()[0];
  const std::uint64_t rows = wanted.first < all_rows ? std::min(wanted.n, all_rows - wanted.first) : 0;
  if (rows == 0 || d.size() == 0) return;
  const std::uint64_t width = d.size() / all_rows, at_once = std::min(d.rows_at_a_time(), rows);
  d.from().spend(hdf5::times(at_once, width), sizeof(double), d.path());
  std::vector<double> block(static_cast<std::size_t>(at_once * width));
  std::vector<std::uint8_t> bits;
  for (std::uint64_t first = 0; first < rows; first += at_once) {
    const std::uint64_t n = std::min(at_once, rows - first);
    if (d.holds().what == hdf5::family::boolean) {
      bits.resize(static_cast<std::size_t>(n * width));
      d.read_rows(wanted.first + first, n, d.type(), bits.data());
      std::copy(bits.begin(), bits.end(), block.begin());
    } else {
      d.read_rows(wanted.first + first, n, H5T_NATIVE_DOUBLE, block.data());
    }
    see(static_cast<std::int64_t>(first * width), std::span<const double>(block).first(static_cast<std::size_t>(n * width)));
  }
  d.from().give_back(block.size() * sizeof(double));
}

/// Shape and layout from the notes of the matrix.      errors  bad_data where it says neither csr nor csc, or its shape is
/// absent or negative
inline matrix_form form_of(hdf5::source& from, const std::string& path) {
  matrix_form form;
  if (from.at(path) == hdf5::item::dataset) {
    const hdf5::dataset d(from, path);
    if (d.dims().empty()) d.fail("it is a single value and no matrix; write the file again");
    form.n_rows = static_cast<std::int64_t>(std::min<hsize_t>(d.dims()[0], std::numeric_limits<std::int64_t>::max()));
    form.n_columns = d.dims().size() == 2
                         ? static_cast<std::int64_t>(std::min<hsize_t>(d.dims()[1], std::numeric_limits<std::int64_t>::max()))
                         : 1;
    return form;
  }
  if (from.at(path) != hdf5::item::group) from.fail(path, "it is absent; name a matrix that the file has");
  std::string says = hdf5::text_attribute(from, path, "encoding-type").value_or("");
  if (says.empty()) says = hdf5::text_attribute(from, path, "h5sparse_format").value_or("");
  if (says == "csr_matrix" || says == "csr") {
    form.lies = layout::by_cell;
  } else if (says == "csc_matrix" || says == "csc") {
    form.lies = layout::by_gene;
  } else {
    from.fail(path, "it does not say whether it is csr or csc (its encoding-type is " + in_quotes(says) +
                        "); write the file again with anndata");
  }
  const char* shape_name = hdf5::has_attribute(from, path, "shape") ? "shape" : "h5sparse_shape";
  if (!hdf5::has_attribute(from, path, shape_name)) from.fail(path, "it has no shape; write the file again with anndata");
  const std::vector<std::int64_t> shape = hdf5::attribute(from, path, shape_name).whole_numbers();
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0) {
    std::string text;
    for (const std::int64_t s : shape) text += (text.empty() ? "" : " x ") + std::to_string(s);
    from.fail(path, "its shape is " + text + ", and two numbers >= 0 are needed; the file is damaged: write it again");
  }
  form.n_rows = shape[0];
  form.n_columns = shape[1];
  return form;
}

/// Positions in [0, n), narrowed to int32.             errors  bad_data naming the position and the value
inline void read_indices(const hdf5::dataset& d, std::int64_t n, std::span<std::int32_t> out, const char* things,
                         std::uint64_t begin = 0) {
  if (!d.holds().whole_number())
    d.fail("it holds " + d.holds().in_words() + " where whole numbers are needed; write the file again");
  const std::uint64_t size = out.size();
  const std::uint64_t at_once = std::min<std::uint64_t>(d.rows_at_a_time(), std::max<std::uint64_t>(size, 1));
  d.from().spend(at_once, sizeof(std::int64_t), d.path());
  std::vector<std::int64_t> block(static_cast<std::size_t>(at_once));
  for (std::uint64_t first = 0; first < size; first += at_once) {
    const std::uint64_t k_end = std::min(at_once, size - first);
    d.read_rows(begin + first, k_end, H5T_NATIVE_INT64, block.data());
    for (std::uint64_t k = 0; k < k_end; ++k) {
      const std::int64_t index = block[static_cast<std::size_t>(k)];
      if (index < 0 || index >= n)
        d.fail("position " + std::to_string(begin + first + k) + " holds " + std::to_string(index) + ", and there are " +
               std::to_string(n) + " " + things + "; the matrix is damaged: write the file again");
      out[static_cast<std::size_t>(first + k)] = static_cast<std::int32_t>(index);
    }
  }
  d.from().give_back(block.size() * sizeof(std::int64_t));
}

/// The arrays of a sparse matrix, checked against each other.
struct sparse_arrays {
  std::vector<std::int64_t> position;  ///< [major + 1]
  std::vector<std::int32_t> index;     ///< [stored] in [0, minor)
  buffer_in<host, float> value;        ///< [stored]
};
/// The three arrays of a sparse matrix must have sizes that fit each other.      errors  bad_data naming the one that does not
inline void check_sparse_sizes(const hdf5::dataset& pointers, const hdf5::dataset& indices, const hdf5::dataset& values,
                               std::int64_t n_major) {
  for (const hdf5::dataset* d : {&pointers, &indices, &values})
    if (d->dims().size() != 1)
      d->fail("it has " + std::to_string(d->dims().size()) + " dimensions, and 1 is needed; write the file again");
  if (n_major == std::numeric_limits<std::int64_t>::max() || pointers.size() != static_cast<std::uint64_t>(n_major) + 1)
    pointers.fail("it holds " + std::to_string(pointers.size()) + " positions, and the shape of the matrix needs " +
                  std::to_string(n_major) + " + 1; the matrix is damaged: write the file again");
  if (values.size() != indices.size())
    values.fail("it holds " + std::to_string(values.size()) + " values, and indices holds " + std::to_string(indices.size()) +
                "; the matrix is damaged: write the file again");
}

/// place_of(position, index, k) tells where the k-th value stands.
template <class Scale, class PlaceOf>
sparse_arrays read_sparse_arrays(hdf5::source& from, const std::string& path, const char* pointer_name, std::int64_t n_major,
                                 std::int64_t n_minor, const char* minor_things, value_rules<Scale>& rules, PlaceOf place_of) {
  sparse_arrays out;
  const hdf5::dataset pointers(from, path + "/" + pointer_name), indices(from, path + "/indices"), values(from, path + "/data");
  check_sparse_sizes(pointers, indices, values, n_major);
  out.position = pointers.whole_numbers();
  check_positions(out.position, n_major, static_cast<std::int64_t>(indices.size()), from.path(), pointers.path());
  from.spend(indices.size(), 3 * sizeof(std::int32_t) + sizeof(float), path);
  out.index.resize(static_cast<std::size_t>(indices.size()));
  read_indices(indices, n_minor, out.index, minor_things);
  out.value.resize(out.index.size());
  for_values(values, [&](std::int64_t first, std::span<const double> block) {
    rules.accept(block, std::span<float>(out.value).subspan(usize(first), block.size()), [&](std::size_t k) {
      const std::int64_t at = first + isize(k);
      const auto row = std::upper_bound(out.position.begin(), out.position.end(), at) - out.position.begin() - 1;
      return place_of(row, out.index[usize(at)]);
    });
  });
  return out;
}

/// Cells by cells: the arrays are the rows.
template <class Scale>
counts<Scale> rows_of_cells(sparse_arrays arrays, std::int32_t n_genes, const value_rules<Scale>& rules) {
  counts<Scale> x;
  x.n_genes = n_genes;
  x.row_begin.assign(arrays.position.begin(), arrays.position.end() - 1);
  x.gene.assign(arrays.index.begin(), arrays.index.end());
  x.value = std::move(arrays.value);
  tidy_rows(x, rules);
  return x;
}

/// The shape of a matrix must be that of the tables.      errors  bad_data naming both
inline void check_shape(const hdf5::source& from, const std::string& path, const matrix_form& form, std::int64_t n_cells,
                        std::int32_t n_genes) {
  const bool vector_of_one =
      form.n_columns == 1 && n_cells == 1 && form.n_rows == n_genes;  // anndata 0.6 wrote one cell as one dimension
  if ((form.n_rows != n_cells || form.n_columns != n_genes) && !(form.lies == layout::full && vector_of_one))
    from.fail(path, "its shape is " + std::to_string(form.n_rows) + " x " + std::to_string(form.n_columns) +
                        ", and obs and var name " + std::to_string(n_cells) + " cells and " + std::to_string(n_genes) +
                        " genes; the file is damaged: write it again");
}

/// Cells of a dense matrix, numbered from wanted.first.  in  wanted: rows of the dataset; one dimension is one cell
template <class Scale>
counts<Scale> rows_of_full(hdf5::source& from, const std::string& path, std::int64_t n_cells, std::int32_t n_genes,
                           value_rules<Scale>& rules, row_range wanted = {}) {
  counts<Scale> x;
  x.n_genes = n_genes;
  x.row_begin.reserve(usize(n_cells));
  std::vector<float> narrow;
  const auto first_cell = static_cast<std::int64_t>(wanted.first);
  const auto see = [&](std::int64_t first, std::span<const double> block) {
    narrow.resize(block.size());
    rules.accept(block, narrow, [&](std::size_t k) {
      return matrix_place{first_cell + (first + isize(k)) / n_genes, (first + isize(k)) % n_genes};
    });
    const std::size_t before = x.gene.size();
    for (std::size_t k = 0; k < narrow.size(); ++k) {
      const std::int64_t at = first + isize(k);
      if (at % n_genes == 0) x.row_begin.push_back(isize(x.gene.size()));
      if (narrow[k] == 0.0F) continue;
      x.gene.push_back(static_cast<std::int32_t>(at % n_genes));
      x.value.push_back(narrow[k]);
    }
    from.spend(x.gene.size() - before, sizeof(std::int32_t) + sizeof(float), path);
  };
  for_values(hdf5::dataset(from, path), see, wanted);
  x.row_begin.resize(usize(n_cells), isize(x.gene.size()));  // no genes: no value begins a row
  tidy_rows(x, rules, first_cell);
  return x;
}

/// The matrix at `path` as counts.
/// in     names of cells and genes of the file, whose numbers the shape must have
/// out    counts [cells, genes]; duplicates added, zeros dropped, genes ascending
/// errors bad_data naming file, dataset, cell, gene, value and rule
/// cost   O(stored values); by gene: once more the memory of the values
template <class Scale>
counts<Scale> read_matrix(hdf5::source& from, const std::string& path, const std::vector<std::string>& cells,
                          const gene_table& genes) {
  const matrix_form form = form_of(from, path);
  const std::int64_t n_cells = isize(cells.size());
  const std::int32_t n_genes = genes.size();
  check_shape(from, path, form, n_cells, n_genes);
  value_rules<Scale> rules(from.path(), form.lies == layout::full ? path : path + "/data", cells, genes);
  from.spend(cells.size(), 3 * sizeof(std::int64_t), path);
  counts<Scale> x;
  x.n_genes = n_genes;
  if (form.lies == layout::by_cell) {
    x = rows_of_cells(
        read_sparse_arrays<Scale>(from, path, "indptr", n_cells, n_genes, "genes", rules,
                                  [](std::int64_t row, std::int32_t column) { return matrix_place{row, column}; }),
        n_genes, rules);
  } else if (form.lies == layout::by_gene) {
    if (n_cells > std::numeric_limits<std::int32_t>::max())
      from.fail(path, "a csc matrix of more than 2^31 - 1 cells is not read; write it as csr");
    const sparse_arrays arrays =
        read_sparse_arrays<Scale>(from, path, "indptr", n_genes, n_cells, "cells", rules,
                                  [](std::int64_t row, std::int32_t column) { return matrix_place{column, row}; });
    std::vector<std::int64_t> next(cells.size() + 1, 0);
    for (const std::int32_t cell : arrays.index) ++next[usize(cell) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    x.row_begin.assign(next.begin(), next.end() - 1);
    x.gene.resize(arrays.index.size());
    x.value.resize(arrays.index.size());
    for (std::int32_t gene = 0; gene < n_genes; ++gene) {
      for (std::int64_t k = arrays.position[usize(gene)]; k < arrays.position[usize(gene) + 1]; ++k) {
        const std::size_t to = usize(next[usize(arrays.index[usize(k)])]++);
        x.gene[to] = gene;
        x.value[to] = arrays.value[usize(k)];
      }
    }
    tidy_rows(x, rules);
  } else {
    x = rows_of_full(from, path, n_cells, n_genes, rules);
  }
  rules.finish();
  return x;
}

/// What the stored values of a matrix have in common, without keeping them.
inline value_facts facts_of(hdf5::source& from, const std::string& path) {
  value_facts facts;
  const std::string values = from.at(path) == hdf5::item::group ? path + "/data" : path;
  for_values(hdf5::dataset(from, values), [&](std::int64_t, std::span<const double> block) {
    for (const double v : block) facts.see(v);
  });
  return facts;
}

}  // namespace tepui::io::anndata
