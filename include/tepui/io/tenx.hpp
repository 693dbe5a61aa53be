#pragma once
/// Reads the .h5 files that Cell Ranger and Space Ranger write (versions 2 and 3).

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/io/anndata_matrix.hpp>
#include <tepui/io/features.hpp>
#include <tepui/io/gene_names.hpp>
#include <tepui/io/isolated.hpp>

namespace tepui::io {

namespace tenx {

/// Genomes of a version 2 file: groups that hold a matrix.
inline std::vector<std::string> genomes(const hdf5::source& from) {
  std::vector<std::string> out;
  for (const std::string& name : from.names_in("/"))
    if (from.at(name) == hdf5::item::group && from.has(name + "/indptr") && from.has(name + "/barcodes") &&
        from.has(name + "/genes"))
      out.push_back(name);
  return out;
}

/// True for a file that Cell Ranger wrote.
inline bool is_tenx(const hdf5::source& from) {
  return from.has("/matrix/barcodes") || (!from.has("/obs") && !genomes(from).empty());
}

/// The group that holds the matrix.                   errors  bad_data where there is none, or several and none is named
inline std::string matrix_group(const hdf5::source& from, const std::string& genome) {
  if (from.has("/matrix")) return "/matrix";
  const std::vector<std::string> there = genomes(from);
  std::string list;
  for (const std::string& name : there) {
    if (name == genome) return "/" + name;
    list += (list.empty() ? "" : ", ") + in_quotes(name);
  }
  if (there.size() == 1 && genome.empty()) return "/" + there[0];
  if (there.empty())
    from.fail("/",
              "it holds neither a group 'matrix' nor a genome with a matrix, so it is no 10x file; name a file of Cell Ranger");
  from.fail("/", genome.empty() ? "it holds several genomes: " + list + "; name one of them (read_options{.genome = ...})"
                                : "it has no genome " + in_quotes(genome) + "; it has: " + list);
}

template <class Scale>
dataset<Scale> read_dataset(hdf5::source& from, const read_options& options) {
  const std::string group = matrix_group(from, options.genome);
  const bool version_3 = group == "/matrix";
  const auto texts = [&](const std::string& name) { return hdf5::dataset(from, group + "/" + name).texts(); };
  dataset<Scale> out;
  out.source = from.path();
  out.obs.index = texts("barcodes");
  const std::vector<std::string> ids = texts(version_3 ? "features/id" : "genes");
  const std::vector<std::string> names = texts(version_3 ? "features/name" : "gene_names");
  std::vector<std::string> types;
  if (version_3 && from.has(group + "/features/feature_type")) types = texts("features/feature_type");
  if (names.size() != ids.size() || (!types.empty() && types.size() != ids.size()))
    from.fail(group, "it has " + std::to_string(ids.size()) + " feature ids, " + std::to_string(names.size()) + " names and " +
                         std::to_string(types.size()) + " types; the file is damaged: get it again");
  for (std::size_t g = 0; g < ids.size(); ++g) add_gene(out.genes, ids[g], names[g]);

  const std::int64_t n_cells = isize(out.obs.index.size()), n_genes = isize(ids.size());
  const std::vector<std::int64_t> shape = hdf5::dataset(from, group + "/shape").whole_numbers();
  if (shape.size() != 2 || shape[0] != n_genes || shape[1] != n_cells)
    from.fail(group + "/shape", "it is " +
                                    (shape.size() == 2 ? std::to_string(shape[0]) + " x " + std::to_string(shape[1])
                                                       : std::string("not two numbers")) +
                                    ", and the file names " + std::to_string(n_genes) + " features and " +
                                    std::to_string(n_cells) + " barcodes; the file is damaged: get it again");
  value_rules<Scale> rules(from.path(), group + "/data", out.obs.index, out.genes);
  out.x = anndata::rows_of_cells(
      anndata::read_sparse_arrays<Scale>(from, group, "indptr", n_cells, n_genes, "genes", rules,
                                         [](std::int64_t row, std::int32_t column) { return matrix_place{row, column}; }),
      static_cast<std::int32_t>(n_genes), rules);
  rules.finish();
  if (options.gene_expression_only) keep_genes_only(out, types);
  return out;
}

}  // namespace tenx

/// Reads a 10x .h5 file.
/// in     options.genome for version 2 files of several genomes; options.gene_expression_only
/// out    counts [barcodes, genes]; obs.index holds the barcodes; genes by Ensembl id and symbol
/// errors bad_data, one sentence naming file, dataset, row and value           cost  O(stored values), in a child process
template <class Scale = scale::raw>
dataset<Scale> read_tenx(const std::string& path, const read_options& options = {}) {
  return isolated(path, options, [&] {
    hdf5::source from(path, options);
    return tenx::read_dataset<Scale>(from, options);
  });
}

}  // namespace tepui::io
