#pragma once
/// Writes cells, what is known of them, and their embeddings as an AnnData file that Python opens.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/io/hdf5_write.hpp>

namespace tepui::io {

/// Embeddings by their names in obsm ("X_pca"); each has a row for every cell that is written.
using named_embeddings = std::vector<std::pair<std::string, embedding_view<>>>;

/// How a file is written.
struct write_options {
  bool gzip = true;  ///< false: large arrays as they are, for the fastest reading
};

/// Rows of a table, in the order wanted: what belongs to chosen cells.
/// in     rows in [0, rows of the table)               cost  O(rows x columns)
[[nodiscard]] inline table chosen_rows(const table& from, std::span<const std::int64_t> rows) {
  const auto choose = [&](const auto& values) {
    std::decay_t<decltype(values)> out;
    out.reserve(rows.size());
    for (const std::int64_t row : rows) out.push_back(values[usize(row)]);
    return out;
  };
  table out;
  out.index = choose(from.index);
  for (const auto& [name, col] : from.columns) {
    out.columns.emplace_back(name, std::visit(
                                       [&](const auto& values) -> table_column {
                                         if constexpr (std::is_same_v<std::decay_t<decltype(values)>, categorical>) {
                                           return categorical{choose(values.code), values.category, values.ordered};
                                         } else {
                                           return choose(values);
                                         }
                                       },
                                       col));
  }
  return out;
}

namespace anndata {

/// A name that can stand in a path.
inline const std::string& plain_name(const std::string& name) {
  if (name.empty() || name == "." || name.find('/') != std::string::npos)
    throw bad_option("the name " + in_quotes(name) + " cannot stand in an AnnData file; use a name without '/'");
  return name;
}

inline void encode(hdf5::file_writer& to, const std::string& path, const char* type, const char* version) {
  to.text_attribute(path, "encoding-type", type);
  to.text_attribute(path, "encoding-version", version);
}
inline void write_texts(hdf5::file_writer& to, const std::string& path, std::span<const std::string> values) {
  to.texts(path, values);
  encode(to, path, "string-array", "0.2.0");
}
template <class T>
void write_numbers(hdf5::file_writer& to, const std::string& path, std::span<const T> values,
                   std::initializer_list<std::int64_t> shape) {
  to.numbers<T>(path, values, shape);
  encode(to, path, "array", "0.2.0");
}
inline void write_booleans(hdf5::file_writer& to, const std::string& path, std::span<const std::uint8_t> values) {
  to.booleans(path, values);
  encode(to, path, "array", "0.2.0");
}

inline void write_column(hdf5::file_writer& to, const std::string& path, const categorical& c) {
  to.group(path);
  encode(to, path, "categorical", "0.2.0");
  to.boolean_attribute(path, "ordered", c.ordered);
  write_texts(to, path + "/categories", c.category);
  if (c.category.size() <= 127) {  // as small as pandas makes it, because anndata keeps the width
    const std::vector<std::int8_t> code(c.code.begin(), c.code.end());
    write_numbers<std::int8_t>(to, path + "/codes", code, {isize(code.size())});
  } else {
    write_numbers<std::int32_t>(to, path + "/codes", c.code, {isize(c.code.size())});
  }
}
inline void write_column(hdf5::file_writer& to, const std::string& path, const std::vector<double>& values) {
  write_numbers<double>(to, path, values, {isize(values.size())});
}
/// Whole numbers and true/false values: plain where none is missing, else in nullable form.
template <class T>
void write_column(hdf5::file_writer& to, const std::string& path, const std::vector<std::optional<T>>& values) {
  using stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
  std::vector<stored> plain;
  std::vector<std::uint8_t> missing;
  bool any_missing = false;
  for (const auto& v : values) {
    plain.push_back(static_cast<stored>(v.value_or(T{})));
    missing.push_back(v ? 0 : 1);
    any_missing |= !v;
  }
  const auto write = [&](const std::string& where) {
    if constexpr (std::is_same_v<T, bool>) {
      write_booleans(to, where, plain);
    } else {
      write_numbers<T>(to, where, plain, {isize(plain.size())});
    }
  };
  if (!any_missing) return write(path);
  to.group(path);
  encode(to, path, std::is_same_v<T, bool> ? "nullable-boolean" : "nullable-integer", "0.1.0");
  write(path + "/values");
  write_booleans(to, path + "/mask", missing);
}
/// Text without gaps stays text; with gaps it becomes a categorical, which every anndata since 0.8 reads.
inline void write_column(hdf5::file_writer& to, const std::string& path,
                         const std::vector<std::optional<std::string>>& values) {
  std::vector<std::string> texts;
  for (const auto& v : values)
    if (v) texts.push_back(*v);
  if (texts.size() == values.size()) return write_texts(to, path, texts);
  table one;
  one.columns.emplace_back("text", values);
  write_column(to, path, one.labels("text"));
}

inline void write_table(hdf5::file_writer& to, const std::string& path, const table& t) {
  to.group(path);
  encode(to, path, "dataframe", "0.2.0");
  to.text_attribute(path, "_index", "_index");
  std::vector<std::string> order;
  for (const auto& [name, col] : t.columns) order.push_back(plain_name(name));
  to.texts_attribute(path, "column-order", order);
  write_texts(to, path + "/_index", t.index);
  for (const auto& [name, col] : t.columns) {
    if (name == "_index") throw bad_option("a column cannot be called '_index', which holds the names of the rows; rename it");
    const std::string where = path + "/" + name;
    std::visit([&](const auto& values) { write_column(to, where, values); }, col);
  }
}

/// csr: whole numbers as int32 where the scale is raw, else float32.
template <counts_like View>
void write_matrix(hdf5::file_writer& to, const std::string& path, const View& x) {
  using stored = std::conditional_t<std::is_same_v<typename View::scale, scale::raw>, std::int32_t, float>;
  std::vector<std::int64_t> position{0};
  std::vector<std::int32_t> index;
  std::vector<stored> value;
  for (std::int64_t cell = 0; cell < x.n_cells(); ++cell) {
    const auto genes = x.genes_of(cell);
    index.insert(index.end(), genes.begin(), genes.end());
    for (const auto v : x.values_of(cell)) value.push_back(static_cast<stored>(v));
    position.push_back(isize(index.size()));
  }
  to.group(path);
  encode(to, path, "csr_matrix", "0.1.0");
  to.numbers_attribute(path, "shape", {x.n_cells(), x.n_genes});
  write_numbers<stored>(to, path + "/data", value, {isize(value.size())});
  write_numbers<std::int32_t>(to, path + "/indices", index, {isize(index.size())});
  if (position.back() <= std::numeric_limits<std::int32_t>::max()) {  // scipy wants one width for indices and positions
    const std::vector<std::int32_t> narrow(position.begin(), position.end());
    write_numbers<std::int32_t>(to, path + "/indptr", narrow, {isize(narrow.size())});
  } else {
    write_numbers<std::int64_t>(to, path + "/indptr", position, {isize(position.size())});
  }
}

}  // namespace anndata

/// Writes a .h5ad that anndata.read_h5ad opens (0.8 and later).
/// in     x: any view, also of chosen cells; obs: a row for every cell of the view (see chosen_rows), with any columns added;
///        genes: one for every column; obsm: embeddings of the same cells
/// out    X as csr (int32 for raw counts, else float32), obs, var (index: symbol, or id where a symbol is absent; ensembl_id),
/// obsm errors bad_option where the sizes differ or a name holds '/'; bad_data where the file cannot be written. The file
/// appears whole or not at all cost   O(stored values), once more in memory         repeat bit-equal file for equal input
template <counts_like View>
void write_h5ad(const std::string& path, const View& x, const table& obs, const gene_table& genes,
                const named_embeddings& obsm = {}, const write_options& options = {}) {
  const auto check = [](const std::string& what, std::int64_t has, std::int64_t wanted, const char* things) {
    if (has != wanted)
      throw bad_option(what + " has " + std::to_string(has) + " rows, and the counts have " + std::to_string(wanted) + " " +
                       things + "; give one row for each");
  };
  check("obs", obs.n_rows(), x.n_cells(), "cells");
  check("the gene table", genes.size(), x.n_genes, "genes");
  for (const auto& [name, embedding] : obsm)
    check("the embedding " + in_quotes(anndata::plain_name(name)), embedding.n_cells(), x.n_cells(), "cells");

  hdf5::file_writer to(path, options.gzip);
  anndata::encode(to, "/", "anndata", "0.1.0");
  anndata::write_matrix(to, "/X", x);
  anndata::write_table(to, "/obs", obs);
  table var;
  std::vector<std::optional<std::string>> ids;
  for (std::size_t g = 0; g < genes.id.size(); ++g) {
    var.index.push_back(genes.symbol[g].empty() ? genes.id[g] : genes.symbol[g]);
    ids.emplace_back(genes.id[g]);
  }
  var.columns.emplace_back("ensembl_id", std::move(ids));
  anndata::write_table(to, "/var", var);
  for (const char* empty : {"/layers", "/obsm", "/varm", "/obsp", "/varp", "/uns"}) {
    to.group(empty);
    anndata::encode(to, empty, "dict", "0.1.0");
  }
  for (const auto& [name, embedding] : obsm)
    anndata::write_numbers<float>(to, "/obsm/" + name, embedding.value, {embedding.n_cells(), embedding.n_columns});
  to.commit();
}

/// The same for all cells of a dataset.
template <class Scale>
void write_h5ad(const std::string& path, const dataset<Scale>& data, const named_embeddings& obsm = {},
                const write_options& options = {}) {
  write_h5ad(path, data.x.view(), data.obs, data.genes, obsm, options);
}

}  // namespace tepui::io
