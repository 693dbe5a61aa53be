#pragma once
/// Reads AnnData files (.h5ad): counts, what is known of cells and genes, and embeddings.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/io/anndata_places.hpp>
#include <tepui/io/isolated.hpp>
#include <tepui/io/read_options.hpp>

namespace tepui::io {

namespace anndata {

template <class Scale>
dataset<Scale> read_dataset(hdf5::source& from, const std::string& where) {
  const matrix_paths paths = paths_of(from, where);
  dataset<Scale> out;
  out.source = from.path();
  out.obs = read_table(from, "/obs");
  out.genes = genes_of(read_table(from, paths.genes));
  out.x = read_matrix<Scale>(from, paths.matrix, out.obs.index, out.genes);
  return out;
}

/// The first of these that holds only whole numbers >= 0: X, layers/counts, layers/raw_counts, layers/raw, raw/X.
inline std::string find_raw_counts(hdf5::source& from) {
  std::string seen;
  for (const char* where : {"X", "layers/counts", "layers/raw_counts", "layers/raw", "raw/X"}) {
    const bool there = std::string_view(where) == "raw/X" ? from.has("/raw/X") || from.has("/raw.X") : from.has(where);
    if (!there) continue;
    const value_facts facts = facts_of(from, paths_of(from, where).matrix);
    if (facts.counts()) return where;
    seen += (seen.empty() ? "" : "; ") + std::string(where) + " holds " +
            (facts.not_finite  ? "values that are not finite"
             : facts.fractions ? "fractions"
                               : "negative numbers");
  }
  refuse(from.path(), "",
         "no matrix holds raw counts (" + (seen.empty() ? "there is none" : seen) +
             "); put the counts into layers/counts, or name the matrix and the scale it has");
}

}  // namespace anndata

/// Reads one matrix of an AnnData file with all that is known of its cells and genes.
/// in     options.where: "X", "raw/X", "layers/NAME"
/// out    dataset<Scale>: counts [cells, genes], obs [cells], genes; cell_id 0, 1, 2 ... in the file's order
/// errors bad_data, one sentence naming file, dataset, row, value and rule; raw refuses negative numbers and fractions
/// cost   O(stored values); read in a child process unless options.isolate is false
template <class Scale = scale::raw>
dataset<Scale> read_h5ad(const std::string& path, const read_options& options = {}) {
  return isolated(path, options, [&] {
    hdf5::source from(path, options);
    return anndata::read_dataset<Scale>(from, options.where);
  });
}

/// Reads the raw counts wherever the file keeps them: see h5ad_file::find_raw_counts for the order.
inline dataset<scale::raw> read_raw_counts(const std::string& path, const read_options& options = {}) {
  return isolated(path, options, [&] {
    hdf5::source from(path, options);
    return anndata::read_dataset<scale::raw>(from, anndata::find_raw_counts(from));
  });
}

/// An AnnData file whose parts are read one by one, each when it is asked for. Holds no file open between calls.
/// errors  bad_data as read_h5ad                       cost  opening: O(names in the file); each part its own size
class h5ad_file {
  template <class Question>
  auto ask(Question question) const {
    return isolated(path_, options_, [&] {
      hdf5::source from(path_, options_);
      return question(from);
    });
  }

 public:
  explicit h5ad_file(std::string path, read_options options = {}) : path_(std::move(path)), options_(std::move(options)) {
    contents_ = ask([](hdf5::source& from) { return anndata::contents_of(from); });
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const h5ad_contents& contents() const { return contents_; }

  [[nodiscard]] table obs() const {
    return ask([](hdf5::source& from) { return anndata::read_table(from, "/obs"); });
  }
  /// The var table as the file has it; raw/X has its own.
  [[nodiscard]] table var(const std::string& where = "X") const {
    return ask([&](hdf5::source& from) {
      return anndata::read_table(from, where == "X" ? "/var" : anndata::paths_of(from, where).genes);
    });
  }
  /// Ensembl ids and symbols of the genes of a matrix.
  [[nodiscard]] gene_table genes(const std::string& where = "X") const { return genes_of(var(where)); }

  template <class Scale = scale::raw>
  [[nodiscard]] counts<Scale> matrix(const std::string& where = "X") const {
    return data<Scale>(where).x;
  }
  template <class Scale = scale::raw>
  [[nodiscard]] dataset<Scale> data(const std::string& where = "X") const {
    return ask([&](hdf5::source& from) { return anndata::read_dataset<Scale>(from, where); });
  }
  /// obsm/NAME as float [cells, dims].                errors  bad_data where it is absent, sparse, or not finite
  [[nodiscard]] embedding_batch<> embedding(const std::string& name) const {
    return ask([&](hdf5::source& from) { return anndata::read_embedding(from, name, contents_.n_cells); });
  }
  /// Which matrix holds raw counts: the first of X, layers/counts, layers/raw_counts, layers/raw, raw/X whose values are whole
  /// numbers >= 0. errors  bad_data where none does: says what each holds                       cost  reads the values of the
  /// matrices it tries
  [[nodiscard]] std::string find_raw_counts() const {
    return ask([](hdf5::source& from) { return anndata::find_raw_counts(from); });
  }

 private:
  std::string path_;
  read_options options_;
  h5ad_contents contents_;
};

}  // namespace tepui::io
