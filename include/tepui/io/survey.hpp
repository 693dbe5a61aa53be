#pragma once
/// Looks through a file of counts and says what is in it and what is wrong with it.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/io/read.hpp>
#include <tepui/io/scale_guess.hpp>

namespace tepui::io {

/// A sentence about one part of the file.
struct file_remark {
  std::string where;    ///< "X", "obs", "obsm/X_pca", or "file"
  std::string message;  ///< one sentence
};
struct column_survey {
  std::string name, kind;                    ///< kind: categorical, number, whole_number, boolean, text
  std::int64_t n_levels = 0, n_missing = 0;  ///< levels that occur at least once
};
struct matrix_survey {
  std::string name;  ///< "X", "layers/NAME", "raw/X", or a genome
  std::int64_t n_cells = 0, n_genes = 0, nnz = 0;
  std::string scale;  ///< what it looks like: raw, normalised, log1p, other
  double largest = 0;
};
struct embedding_survey {
  std::string name, kind;  ///< kind: array, table, sparse
  std::int64_t n_cells = 0, n_columns = 0;
};
/// invariants  ok() where there is no problem; remarks in `notes` are nothing wrong
struct file_survey {
  std::string path, format;
  std::int64_t n_cells = 0, n_genes = 0;
  std::vector<matrix_survey> matrices;
  std::string
      raw_counts;  ///< the matrix that holds raw counts, or empty: X, layers/counts, layers/raw_counts, layers/raw, raw/X
  double median_counts = 0, median_genes = 0;  ///< a cell, in the raw counts, else in the first matrix
  std::int64_t empty_cells = 0, unseen_genes = 0, duplicate_cells = 0, duplicate_genes = 0, genes_with_ensembl_id = 0;
  std::vector<column_survey> obs;
  std::vector<embedding_survey> obsm;
  std::vector<file_remark> problems, notes;
  [[nodiscard]] bool ok() const { return problems.empty(); }
};
inline auto members(file_remark& r) { return std::tie(r.where, r.message); }
inline auto members(column_survey& c) { return std::tie(c.name, c.kind, c.n_levels, c.n_missing); }
inline auto members(matrix_survey& m) { return std::tie(m.name, m.n_cells, m.n_genes, m.nnz, m.scale, m.largest); }
inline auto members(embedding_survey& e) { return std::tie(e.name, e.kind, e.n_cells, e.n_columns); }
inline auto members(file_survey& s) {
  return std::tie(s.path, s.format, s.n_cells, s.n_genes, s.matrices, s.raw_counts, s.median_counts, s.median_genes,
                  s.empty_cells, s.unseen_genes, s.duplicate_cells, s.duplicate_genes, s.genes_with_ensembl_id, s.obs, s.obsm,
                  s.problems, s.notes);
}

namespace surveying {

/// Names that stand more than once, counted from their second time on.
inline std::int64_t repeats(const std::vector<std::string>& names) {
  const std::set<std::string_view> different(names.begin(), names.end());
  return isize(names.size()) - isize(different.size());
}

inline column_survey survey_column(const std::string& name, const table_column& col) {
  column_survey out;
  out.name = name;
  out.kind = std::array{"categorical", "number", "whole_number", "boolean", "text"}[col.index()];
  std::visit(
      [&](const auto& values) {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, categorical>) {
          std::set<std::int32_t> levels(values.code.begin(), values.code.end());
          out.n_missing = std::count(values.code.begin(), values.code.end(), -1);
          out.n_levels = isize(levels.size()) - isize(levels.count(-1));
        } else if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<double>>) {
          std::set<double> levels;
          for (const double v : values) std::isnan(v) ? void(++out.n_missing) : void(levels.insert(v));
          out.n_levels = isize(levels.size());
        } else {
          std::decay_t<decltype(values)> sorted = values;
          std::sort(sorted.begin(), sorted.end());
          for (const auto& v : values) out.n_missing += v ? 0 : 1;
          const auto different = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
          out.n_levels = different - (out.n_missing > 0 ? 1 : 0);
        }
      },
      col);
  return out;
}

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const std::size_t half = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// Adds a matrix to the survey; the counts per cell are those of the raw counts, or of the first matrix while there are none.
inline void add_matrix(file_survey& s, const std::string& name, const counts<scale::other>& x, bool may_be_the_counts) {
  matrix_survey m;
  m.name = name;
  m.n_cells = x.n_cells();
  m.n_genes = x.n_genes;
  m.nnz = isize(x.gene.size());
  m.scale = scale_guess(x.view());
  for (const float v : x.value) m.largest = std::max(m.largest, static_cast<double>(v));
  const bool first_raw = may_be_the_counts && s.raw_counts.empty() && m.scale == scale::raw::name;
  if (first_raw) s.raw_counts = name;
  if (first_raw || s.matrices.empty()) {
    std::vector<double> sums, genes;
    std::vector<char> seen(usize(x.n_genes), 0);
    s.empty_cells = 0;
    for (std::int64_t cell = 0; cell < x.n_cells(); ++cell) {
      double sum = 0;
      for (const float v : x.view().values_of(cell)) sum += static_cast<double>(v);
      for (const std::int32_t g : x.view().genes_of(cell)) seen[usize(g)] = 1;
      sums.push_back(sum);
      genes.push_back(static_cast<double>(x.view().n_expressed(cell)));
      s.empty_cells += x.view().n_expressed(cell) == 0 ? 1 : 0;
    }
    s.median_counts = median(std::move(sums));
    s.median_genes = median(std::move(genes));
    s.unseen_genes = std::count(seen.begin(), seen.end(), 0);
  }
  s.matrices.push_back(std::move(m));
}

inline void add_names(file_survey& s, const std::vector<std::string>& cells, const gene_table& genes) {
  s.n_cells = isize(cells.size());
  s.n_genes = genes.size();
  s.duplicate_cells = repeats(cells);
  std::vector<std::string> names;
  for (std::size_t g = 0; g < genes.id.size(); ++g) {
    names.push_back(genes.symbol[g].empty() ? genes.id[g] : genes.symbol[g]);
    s.genes_with_ensembl_id += genes.id[g].empty() ? 0 : 1;
  }
  s.duplicate_genes = repeats(names);
}

inline void survey_embedding(file_survey& s, hdf5::source& from, const std::string& name) {
  embedding_survey e;
  e.name = name;
  const std::string path = "/obsm/" + name;
  if (from.at(path) == hdf5::item::group && hdf5::text_attribute(from, path, "encoding-type").value_or("") != "dataframe") {
    const anndata::matrix_form form = anndata::form_of(from, path);
    e.kind = "sparse";
    e.n_cells = form.n_rows;
    e.n_columns = form.n_columns;
  } else if (from.at(path) == hdf5::item::group) {
    const table t = anndata::read_table(from, path);
    e.kind = "table";
    e.n_cells = t.n_rows();
    e.n_columns = isize(t.columns.size());
  } else if (from.at("/obsm") == hdf5::item::dataset) {
    const hdf5::dataset records(from, "/obsm");
    const std::vector<std::string> names = hdf5::field_names(records);
    const hdf5::field f(records, name, static_cast<unsigned>(std::find(names.begin(), names.end(), name) - names.begin()));
    e.kind = "array";
    e.n_cells = static_cast<std::int64_t>(records.size());
    e.n_columns = static_cast<std::int64_t>(f.width());
  } else {
    const hdf5::dataset d(from, path);
    e.kind = "array";
    e.n_cells = d.dims().empty() ? 0 : static_cast<std::int64_t>(d.dims()[0]);
    e.n_columns = d.dims().size() == 2 ? static_cast<std::int64_t>(d.dims()[1]) : 1;
    if (anndata::facts_of(from, path).not_finite)
      s.notes.push_back({"obsm/" + name, "it holds values that are not finite, so it cannot be read as an embedding"});
  }
  if (e.n_cells != s.n_cells)
    from.fail(path, "it has " + std::to_string(e.n_cells) + " rows, and obs names " + std::to_string(s.n_cells) +
                        " cells; write the file again");
  s.obsm.push_back(std::move(e));
}

/// Runs one part; what is wrong with it becomes a problem, and the other parts are still looked at.
template <class Part>
bool try_part(file_survey& s, const std::string& where, Part part) {
  try {
    part();
    return true;
  } catch (const bad_data& e) {
    s.problems.push_back({where, e.what()});
  }
  return false;
}

inline void survey_h5ad(file_survey& s, hdf5::source& from) {
  table obs, var;
  bool has_cells = try_part(s, "obs", [&] { obs = anndata::read_table(from, "/obs"); });
  if (!has_cells && from.at("/obs") == hdf5::item::group) {  // a bad column need not hide the cells
    try {
      obs.index = anndata::category_texts(hdf5::dataset(from, "/obs/" + anndata::index_name(from, "/obs")));
      has_cells = true;
    } catch (const bad_data&) {
    }
  }
  const bool has_genes = try_part(s, "var", [&] { var = anndata::read_table(from, "/var"); });
  const gene_table genes = genes_of(var);
  add_names(s, obs.index, genes);
  for (const auto& [name, col] : obs.columns) s.obs.push_back(survey_column(name, col));

  std::vector<std::string> names;
  try_part(s, "layers", [&] { names = anndata::matrix_names(from); });
  const std::vector<std::string> order{"X", "layers/counts", "layers/raw_counts", "layers/raw", "raw/X"};  // of find_raw_counts
  const auto place = [&](const std::string& n) { return std::find(order.begin(), order.end(), n) - order.begin(); };
  std::sort(names.begin(), names.end(),
            [&](const auto& a, const auto& b) { return std::pair(place(a), a) < std::pair(place(b), b); });
  for (const std::string& name : names) {
    if (!has_cells || (!has_genes && name != "raw/X")) continue;
    try_part(s, name, [&] {
      const anndata::matrix_paths paths = anndata::paths_of(from, name);
      const gene_table own = name == "raw/X" ? genes_of(anndata::read_table(from, paths.genes)) : genes;
      const counts<scale::other> x = anndata::read_matrix<scale::other>(from, paths.matrix, obs.index, own);
      add_matrix(s, name, x, place(name) < isize(order.size()));
      from.give_back(hdf5::times(x.gene.size(), 16));
    });
  }
  std::vector<std::string> embeddings;
  try_part(s, "obsm", [&] { embeddings = anndata::embedding_names(from); });
  if (!has_cells) return;
  for (const std::string& name : embeddings) try_part(s, "obsm/" + name, [&] { survey_embedding(s, from, name); });
}

inline void survey_tenx(file_survey& s, hdf5::source& from, read_options options) {
  std::vector<std::string> genomes{options.genome};
  if (options.genome.empty() && !from.has("/matrix")) genomes = tenx::genomes(from);
  for (const std::string& genome : genomes) {
    options.genome = genome;
    try_part(s, genome.empty() ? "matrix" : genome, [&] {
      const dataset<scale::other> data = tenx::read_dataset<scale::other>(from, options);
      if (s.matrices.empty()) add_names(s, data.obs.index, data.genes);
      add_matrix(s, genome.empty() ? "matrix" : genome, data.x, true);
    });
  }
  if (genomes.size() > 1)
    s.notes.push_back(
        {"file", "it holds " + std::to_string(genomes.size()) + " genomes, each a matrix of its own: name one to read it"});
}

inline void add_notes(file_survey& s) {
  const auto note = [&](std::int64_t n, const char* where, const char* what) {
    if (n > 0) s.notes.push_back({where, std::to_string(n) + " " + what});
  };
  note(s.duplicate_cells, "obs", "cell names repeat an earlier one");
  note(s.duplicate_genes, "var", "gene names repeat an earlier one");
  note(s.empty_cells, "obs", "cells have no counts at all");
  if (s.matrices.empty() && s.ok()) s.notes.push_back({"X", "there is no matrix in the file"});
  if (!s.matrices.empty() && s.raw_counts.empty()) s.notes.push_back({"X", "no matrix looks like raw counts"});
}

}  // namespace surveying

/// in     a .h5ad, a 10x .h5, a .mtx or a folder with one
/// out    what is in it; `problems` says what is wrong, part by part, and is empty for a file that reads well
/// errors none for bad data: that is what it reports; bad_option for bad options
/// cost   reads every matrix and every column once, in a child process as read_h5ad does
[[nodiscard]] inline file_survey survey(const std::string& path, const read_options& options = {}) {
  file_survey s;
  s.path = path;
  s.format = "unknown";
  try {
    const bool hdf5_inside = begins_as_hdf5(path);
    if (hdf5_inside) s.format = "hdf5";
    if (!hdf5_inside) s.format = format_name(format_without_hdf5(path));
    if (!hdf5_inside && s.format == format_name(file_format::matrix_market)) {
      const dataset<scale::other> data = read_matrix_market<scale::other>(path, options);
      surveying::add_names(s, data.obs.index, data.genes);
      surveying::add_matrix(s, "matrix", data.x, true);
    } else {
      s = isolated(path, options, [&] {
        hdf5::source from(path, options);
        file_survey found;
        found.path = path;
        const file_format format = format_of_hdf5(from);
        found.format = format_name(format);
        format == file_format::h5ad ? surveying::survey_h5ad(found, from) : surveying::survey_tenx(found, from, options);
        return found;
      });
    }
  } catch (const bad_data& e) {
    s.problems.push_back({"file", e.what()});
  }
  surveying::add_notes(s);
  return s;
}

}  // namespace tepui::io
