#pragma once
/// Writes some cells of an AnnData file as a file of their own: their counts in every matrix, all that is known of them, and the genes.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/io/h5ad.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/io/write_h5ad.hpp>

namespace tepui::io {

namespace anndata {

/// The wanted rows of a source of cells, read run by run.                errors  as the source's read; the caller gives rows in range
template <cell_source Source>
[[nodiscard]] auto gathered(const Source& from, std::span<const std::int64_t> rows) {
  using view = view_of_t<Source>;
  counts<typename view::scale, typename view::value_type> out;
  out.n_genes = from.genes().size();
  typename Source::room room;
  constexpr std::size_t longest_run = 1024;  // cells that are fetched at once
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t n = 1;
    while (i + n < rows.size() && n < longest_run && rows[i + n] == rows[i] + isize(n)) ++n;
    const view some = from.read(rows[i], isize(n), room);
    for (std::int64_t c = 0; c < some.n_cells(); ++c) out.add_cell(some.cells.id[usize(c)], some.genes_of(c), some.values_of(c));
    i += n;
  }
  return out;
}

/// A matrix of the chosen cells: counts, or values of any other kind.
using chosen_matrix = std::variant<counts<scale::raw>, counts<scale::other>>;

/// Counts are streamed; a matrix of other values is read whole first.
inline chosen_matrix read_chosen(const h5ad_file& from, const std::string& where, std::span<const std::int64_t> rows,
                                 const read_options& options) {
  read_options own = options;
  own.where = where;
  try {
    return gathered(open_cells(from.path(), own), rows);
  } catch (const bad_data&) {  // not counts, or damaged: reading it as other values will say which
    const counts<scale::other> all = from.matrix<scale::other>(where);
    counts<scale::other> some;
    some.n_genes = all.n_genes;
    for (const std::int64_t row : rows) some.add_cell(row, all.view().genes_of(row), all.view().values_of(row));
    return some;
  }
}

}  // namespace anndata

/// Writes the chosen cells of a file as another .h5ad, which anndata and scanpy open.
/// in     rows in [0, cells), in the order wanted
/// out    X, layers and raw as csr (int32 where they hold counts, else float32), all columns of obs and var, obsm as float32.
///        Returned: what was left out, each with its reason: uns, varm, obsp and varp always; layers, raw and obsm that cannot be read
/// errors bad_option: a row that the file does not have, no row, or `to` is the file itself; bad_data as read_h5ad for X, obs and var.
///        The file appears whole or not at all
/// cost   memory: the chosen cells, one matrix of them twice, and a whole matrix where it does not hold counts by cell. A dense file
///        is read by a child process for every 1,024 cells or fewer: slow where few of many cells are chosen
/// repeat bit-equal file for equal input
inline std::vector<std::string> write_chosen(const std::string& from, std::span<const std::int64_t> rows, const std::string& to,
                                             const read_options& options = {}, const write_options& how = {}) {
  const h5ad_file file(from, options);
  const h5ad_contents& has = file.contents();
  if (rows.empty()) throw bad_option("no cell of file " + in_quotes(from) + " was chosen; choose at least one");
  for (const std::int64_t row : rows)
    if (row < 0 || row >= has.n_cells)
      throw bad_option("cell " + std::to_string(row) + " of file " + in_quotes(from) + " was chosen, which has the cells 0 to " +
                       std::to_string(has.n_cells - 1) + "; choose among them");
  std::error_code unknown;
  if (std::filesystem::equivalent(from, to, unknown))
    throw bad_option("the chosen cells of file " + in_quotes(from) + " would be written over the file itself; give another name to write to");
  std::vector<std::string> left_out{"uns, varm, obsp and varp: they are not rows of cells"};

  // Everything is read before the first byte is written: libhdf5 serves either a reader or a writer.
  std::vector<std::pair<std::string, anndata::chosen_matrix>> matrices;
  table raw_genes;
  for (const std::string& where : has.matrices) {
    try {
      matrices.emplace_back(where, anndata::read_chosen(file, where, rows, options));
      if (where == "raw/X") raw_genes = file.var(where);
    } catch (const bad_data& why) {
      if (where == "X") throw;
      left_out.push_back(where + ": " + why.what());  // such as a layer of velocities, where genes without one are not finite
    }
  }
  const table obs = chosen_rows(file.obs(), rows), genes = file.var();
  std::vector<std::pair<std::string, embedding_batch<>>> embeddings;
  for (const std::string& name : has.embeddings) {
    try {
      embeddings.emplace_back(name, rows_of(file.embedding(name).view(), rows));
    } catch (const bad_data& why) {
      left_out.push_back("obsm/" + name + ": " + why.what());
    }
  }

  hdf5::file_writer out(to, how.gzip);
  anndata::encode(out, "/", "anndata", "0.1.0");
  for (const char* empty : {"/layers", "/obsm", "/varm", "/obsp", "/varp", "/uns"}) {
    out.group(empty);
    anndata::encode(out, empty, "dict", "0.1.0");
  }
  for (const auto& [where, matrix] : matrices) {
    if (where == "raw/X") {
      out.group("/raw");
      anndata::encode(out, "/raw", "raw", "0.1.0");
      anndata::write_table(out, "/raw/var", raw_genes);
      out.group("/raw/varm");
      anndata::encode(out, "/raw/varm", "dict", "0.1.0");
    }
    std::visit([&, path = "/" + where](const auto& x) { anndata::write_matrix(out, path, x.view()); }, matrix);
  }
  anndata::write_table(out, "/obs", obs);
  anndata::write_table(out, "/var", genes);
  for (const auto& [name, x] : embeddings)
    anndata::write_numbers<float>(out, "/obsm/" + name, x.value, {x.n_cells(), x.n_columns});
  out.commit();
  return left_out;
}

}  // namespace tepui::io
