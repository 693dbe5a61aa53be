#pragma once
/// Reads Matrix Market files (.mtx, .mtx.gz) and the folders that Cell Ranger, STARsolo and Parse write around them.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/io/features.hpp>
#include <tepui/io/gene_names.hpp>
#include <tepui/io/mtx_entries.hpp>
#include <tepui/io/sparse_rows.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io {

namespace matrix_market {

/// The first of these files that exists, plain or with .gz.
inline std::optional<std::string> first_there(const std::filesystem::path& folder, std::initializer_list<std::string> names) {
  for (const std::string& name : names)
    for (const char* ending : {"", ".gz"}) {
      std::error_code ignored;
      const std::filesystem::path path = folder / (name + ending);
      if (std::filesystem::is_regular_file(path, ignored)) return path.string();
    }
  return std::nullopt;
}

/// The columns of a .tsv (or .csv) as text [columns][rows]; a column that a line lacks is empty there.
inline std::vector<std::vector<std::string>> text_columns(const std::string& path, char separator, std::size_t n_columns,
                                                          const read_options& options) {
  const std::string text = file_text(path, options);
  std::vector<std::vector<std::string>> out(n_columns);
  lines_of lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.empty()) continue;
    if (!is_utf8(line) || line.find('\0') != std::string_view::npos)
      refuse(path, lines.where(), "it is no UTF-8 text; write the file again");
    for (auto& column : out) column.emplace_back(take_field(line, separator));
  }
  return out;
}

/// The names that stand beside a matrix.
struct names {
  std::optional<std::string> features_path, barcodes_path;
  gene_table genes;
  std::vector<std::string> type, barcodes;
};

inline names names_beside(const std::filesystem::path& folder, const std::string& prefix, const read_options& options) {
  names out;
  out.features_path = first_there(folder, {prefix + "features.tsv", prefix + "genes.tsv"});
  if (out.features_path) {
    const auto columns = text_columns(*out.features_path, '\t', 3, options);
    for (std::size_t g = 0; g < columns[0].size(); ++g) add_gene(out.genes, columns[0][g], columns[1][g]);
    out.type = columns[2];
  } else if ((out.features_path =
                  first_there(folder, {"all_genes.csv"}))) {  // Parse Biosciences: gene_id, gene_name, genome, with a heading
    const auto columns = text_columns(*out.features_path, ',', 2, options);
    for (std::size_t g = 1; g < columns[0].size(); ++g) add_gene(out.genes, columns[0][g], columns[1][g]);
    out.type.assign(usize(out.genes.size()), "");
  }
  if ((out.barcodes_path = first_there(folder, {prefix + "barcodes.tsv"})))
    out.barcodes = text_columns(*out.barcodes_path, '\t', 1, options)[0];
  return out;
}

template <class Scale>
dataset<Scale> read_with(const std::string& matrix_path, names beside, const read_options& options) {
  const std::string text = file_text(matrix_path, options);
  mtx_entries entries = mtx_parser(text, matrix_path).parse();

  // Names decide what the rows are; without names, a comment in the file, and then the options.
  const std::int64_t n_features = beside.genes.size(), n_barcodes = isize(beside.barcodes.size());
  const auto fits = [&](std::int64_t genes, std::int64_t cells) {
    return (!beside.features_path || n_features == genes) && (!beside.barcodes_path || n_barcodes == cells);
  };
  bool cells_first = entries.rows_are_cells || options.rows == mtx_rows::cells;
  if ((beside.features_path || beside.barcodes_path) && !entries.rows_are_cells)
    cells_first = !fits(entries.n_rows, entries.n_columns) && fits(entries.n_columns, entries.n_rows);
  if (cells_first) {
    std::swap(entries.row, entries.column);
    std::swap(entries.n_rows, entries.n_columns);
  }
  const std::int64_t n_genes = entries.n_rows, n_cells = entries.n_columns;
  if (!fits(n_genes, n_cells))
    refuse(matrix_path, "",
           "the matrix has " + std::to_string(n_genes) + " genes and " + std::to_string(n_cells) +
               " cells, and the files beside it name " + (beside.features_path ? std::to_string(n_features) : "no") +
               " genes and " + (beside.barcodes_path ? std::to_string(n_barcodes) : "no") +
               " cells; bring together files of one run");
  if (n_genes > std::numeric_limits<std::int32_t>::max())
    refuse(matrix_path, "", "it has " + std::to_string(n_genes) + " genes, and 2^31 - 1 is the most");
  constexpr std::int64_t bytes_a_name = 64, free_bytes = std::int64_t{16} << 20;
  if (n_genes / 1000 + n_cells / 1000 > (isize(text.size()) + free_bytes) / bytes_a_name ||
      n_genes + n_cells > options.max_bytes / bytes_a_name)
    refuse(matrix_path, "",
           "it declares " + std::to_string(n_genes) + " genes and " + std::to_string(n_cells) +
               " cells, which is not believed of a file of " + std::to_string(text.size()) + " bytes; write it again");

  dataset<Scale> out;
  out.source = matrix_path;
  out.genes = std::move(beside.genes);
  if (!beside.features_path)
    for (std::int64_t g = 0; g < n_genes; ++g) add_gene(out.genes, "", "");
  out.obs.index = std::move(beside.barcodes);
  if (!beside.barcodes_path)
    for (std::int64_t c = 0; c < n_cells; ++c) out.obs.index.push_back("cell_" + std::to_string(c));

  value_rules<Scale> rules(matrix_path, "matrix", out.obs.index, out.genes);
  std::vector<float> value(entries.value.size());
  rules.accept(entries.value, value, [&](std::size_t k) { return matrix_place{entries.column[k], entries.row[k]}; });
  rules.finish();
  const std::vector<std::int32_t> gene(entries.row.begin(), entries.row.end());
  out.x = rows_of_entries<Scale>(n_cells, static_cast<std::int32_t>(n_genes), entries.column, gene, value, rules);
  if (options.gene_expression_only) keep_genes_only(out, beside.type);
  return out;
}

}  // namespace matrix_market

/// Reads a .mtx or .mtx.gz with the names beside it, or a folder that holds matrix.mtx, features.tsv or genes.tsv, and
/// barcodes.tsv. in     the files of Cell Ranger 2 (genes.tsv) and 3 (features.tsv), STARsolo, or Parse (all_genes.csv), each
/// plain or .gz out    counts [cells, genes]: rows of the file are genes unless names or a comment show otherwise (see
/// read_options::rows);
///        without names, cells are cell_0 ... and genes gene_0 ...
/// errors bad_data naming file and line, or cell, gene and value                cost  O(text)
template <class Scale = scale::raw>
dataset<Scale> read_matrix_market(const std::string& path, const read_options& options = {}) {
  namespace fs = std::filesystem;
  try {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      const auto matrix = matrix_market::first_there(path, {"matrix.mtx", "gene_mat.mtx", "count_matrix.mtx", "DGE.mtx"});
      if (!matrix)
        refuse(path, "",
               "the folder holds no matrix.mtx and no matrix.mtx.gz; name the folder that Cell Ranger wrote, or a .mtx file");
      return matrix_market::read_with<Scale>(*matrix, matrix_market::names_beside(path, "", options), options);
    }
    const fs::path file(path);
    const std::string name = file.filename().string();
    const std::size_t at = name.find("matrix.mtx");
    const bool named_beside = at != std::string::npos;
    matrix_market::names beside;
    if (named_beside) beside = matrix_market::names_beside(file.parent_path(), name.substr(0, at), options);
    return matrix_market::read_with<Scale>(path, std::move(beside), options);
  } catch (const std::bad_alloc&) {
    refuse(path, "", "reading it needs more memory than there is; read a smaller file");
  }
}

}  // namespace tepui::io
