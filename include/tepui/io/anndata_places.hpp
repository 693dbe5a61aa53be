#pragma once
/// Knows where an AnnData file keeps its matrices, gene tables and embeddings, in old files and new ones.

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/matrix.hpp>
#include <tepui/io/anndata_matrix.hpp>
#include <tepui/io/anndata_table.hpp>
#include <tepui/io/gene_names.hpp>

namespace tepui::io {

/// What an AnnData file holds, without its numbers.
struct h5ad_contents {
  std::int64_t n_cells = 0, n_genes = 0;  ///< of obs and var; raw/X may have more genes
  std::vector<std::string> matrices;      ///< "X", "layers/NAME" by name, "raw/X": what `where` can be
  std::vector<std::string> obs_columns;   ///< in the file's order
  std::vector<std::string> embeddings;    ///< names in obsm
};
inline auto members(h5ad_contents& c) { return std::tie(c.n_cells, c.n_genes, c.matrices, c.obs_columns, c.embeddings); }

namespace anndata {

inline std::vector<std::string> matrix_names(const hdf5::source& from) {
  std::vector<std::string> names;
  if (from.has("/X")) names.emplace_back("X");
  if (from.at("/layers") == hdf5::item::group)
    for (const std::string& name : from.names_in("/layers")) names.push_back("layers/" + name);
  if (from.has("/raw/X") || from.has("/raw.X")) names.emplace_back("raw/X");
  return names;
}

/// Paths of a matrix and of the table of its genes.
struct matrix_paths {
  std::string matrix, genes;
};
/// in     where: "X", "raw/X" (or "raw") or "layers/NAME"
/// errors bad_option for other words; bad_data where the file has no such matrix (names those it has)
inline matrix_paths paths_of(const hdf5::source& from, std::string_view where) {
  matrix_paths paths;
  if (where == "X") {
    paths = {"/X", "/var"};
  } else if (where == "raw/X" || where == "raw") {
    paths = from.has("/raw.X") ? matrix_paths{"/raw.X", "/raw.var"} : matrix_paths{"/raw/X", "/raw/var"};
  } else if (where.starts_with("layers/") && where.size() > 7) {
    paths = {"/" + std::string(where), "/var"};
  } else {
    throw bad_option("there is no matrix called " + in_quotes(where) +
                     " in an AnnData file; name 'X', 'raw/X' or 'layers/NAME'");
  }
  if (!from.has(paths.matrix)) {
    std::string there;
    for (const std::string& name : matrix_names(from)) there += (there.empty() ? "" : ", ") + in_quotes(name);
    from.fail(where, "the file has no such matrix; it has: " + (there.empty() ? "none" : there) + "; name one of them");
  }
  return paths;
}

/// Rows and column names of obs or var, without reading the columns.
inline std::pair<std::int64_t, std::vector<std::string>> table_outline(hdf5::source& from, const std::string& path) {
  if (from.at(path) == hdf5::item::dataset) {
    const hdf5::dataset records(from, path);
    std::vector<std::string> names =
        records.holds().what == family::compound ? hdf5::field_names(records) : std::vector<std::string>();
    std::erase_if(names, [](const std::string& n) { return n == "index" || n == "_index"; });
    return {static_cast<std::int64_t>(records.size()), names};
  }
  if (from.at(path) != hdf5::item::group)
    from.fail(path, "it is absent, and the file cannot be read without it; write the file again with anndata");
  const std::string index = index_name(from, path);
  const hdf5::dataset rows(from, path + "/" + index);
  std::vector<std::string> names;
  if (hdf5::has_attribute(from, path, "column-order")) {
    const hdf5::attribute listed(from, path, "column-order");
    if (listed.size() > 0) names = listed.texts();
  } else {
    for (const std::string& name : from.names_in(path))
      if (name != index && name != "__categories") names.push_back(name);
  }
  return {static_cast<std::int64_t>(rows.size()), names};
}

inline std::vector<std::string> embedding_names(hdf5::source& from) {
  switch (from.at("/obsm")) {
    case hdf5::item::group:
      return from.names_in("/obsm");
    case hdf5::item::dataset:
      return hdf5::field_names(hdf5::dataset(from, "/obsm"));
    default:
      return {};
  }
}

inline h5ad_contents contents_of(hdf5::source& from) {
  h5ad_contents out;
  std::tie(out.n_cells, out.obs_columns) = table_outline(from, "/obs");
  out.n_genes = table_outline(from, "/var").first;
  out.matrices = matrix_names(from);
  out.embeddings = embedding_names(from);
  return out;
}

/// Numbers [cells, dims] as an embedding.             errors  bad_data naming cell and dimension where a number is not finite
inline embedding_batch<> finite_embedding(const hdf5::source& from, const std::string& where, std::int64_t n_cells,
                                          std::int64_t dims, std::span<const float> values) {
  embedding_batch<> out;
  out.resize(n_cells, dims);
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k]))
      from.fail(where, "cell " + std::to_string(isize(k) / dims) + ", dimension " + std::to_string(isize(k) % dims) + " is " +
                           shortest(static_cast<double>(values[k])) +
                           ", and an embedding must be finite; remove the cell or the dimension");
    out.value[k] = values[k];
  }
  for (std::int64_t cell = 0; cell < n_cells; ++cell) out.cell_id[usize(cell)] = cell;
  return out;
}

/// obsm/NAME as float [cells, dims]: a dense array, a table of numbers, or a field of the old record form.
inline embedding_batch<> read_embedding(hdf5::source& from, std::string name, std::int64_t n_cells) {
  if (name.starts_with("obsm/")) name.erase(0, 5);
  const std::string path = "/obsm/" + name;
  const auto check_rows = [&](std::uint64_t rows) {
    if (rows != static_cast<std::uint64_t>(n_cells))
      from.fail(path, "it has " + std::to_string(rows) + " rows, and obs names " + std::to_string(n_cells) +
                          " cells; write the file again");
  };
  if (from.at("/obsm") == hdf5::item::dataset) {
    const hdf5::dataset records(from, "/obsm");
    const std::vector<std::string> names = hdf5::field_names(records);
    for (unsigned i = 0; i < names.size(); ++i) {
      if (names[i] != name) continue;
      check_rows(records.size());
      const hdf5::field f(records, name, i);
      return finite_embedding(from, path, n_cells, static_cast<std::int64_t>(f.width()), f.numbers<float>());
    }
  }
  switch (from.at(path)) {
    case hdf5::item::dataset: {
      const hdf5::dataset d(from, path);
      check_rows(d.dims().empty() ? 0 : d.dims()[0]);
      return finite_embedding(from, path, n_cells, d.dims().size() == 2 ? static_cast<std::int64_t>(d.dims()[1]) : 1,
                              d.numbers<float>());
    }
    case hdf5::item::group: {
      if (hdf5::text_attribute(from, path, "encoding-type").value_or("") != "dataframe")
        from.fail(path, "it is no dense array; write the embedding as an array [cells, dimensions]");
      const table columns = read_table(from, path);
      check_rows(columns.index.size());
      const std::size_t dims = columns.columns.size();
      from.spend(columns.index.size() * dims, sizeof(float), path);
      std::vector<float> values(columns.index.size() * dims);
      for (std::size_t c = 0; c < dims; ++c) {
        const auto* reals = std::get_if<std::vector<double>>(&columns.columns[c].second);
        const auto* wholes = std::get_if<std::vector<std::optional<std::int64_t>>>(&columns.columns[c].second);
        if (reals == nullptr && wholes == nullptr)
          from.fail(path + "/" + columns.columns[c].first, "it holds no numbers; leave the column out of the embedding");
        for (std::size_t row = 0; row < columns.index.size(); ++row)
          values[row * dims + c] =
              static_cast<float>(reals != nullptr ? (*reals)[row] : static_cast<double>((*wholes)[row].value_or(0)));
      }
      return finite_embedding(from, path, n_cells, isize(dims), values);
    }
    default:
      break;
  }
  std::string there;
  for (const std::string& known : embedding_names(from)) there += (there.empty() ? "" : ", ") + in_quotes(known);
  from.fail(path, "the file has no such embedding; it has: " + (there.empty() ? "none" : there) + "; name one of them");
}

}  // namespace anndata
}  // namespace tepui::io
