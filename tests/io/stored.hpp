#pragma once
/// Writes one array in every way that HDF5 can store it: in pieces of any size, shuffled, packed, with checksums.

#include <string>
#include <vector>

#include <tepui/io/hdf5_types.hpp>

#include "io/files.hpp"

namespace io_files {

/// How an array is stored. chunk 0: in one piece.
struct storage {
  hsize_t chunk = 0;
  bool shuffle = false, gzip = false, checksum = false, compact = false;
  hid_t type = H5I_INVALID_HID;  ///< in the file; invalid: as in memory
  bool extendible = false;
};

/// Puts `values` at `path` of an open file, in the place of what was there.
template <class T>
void store(hid_t file, const std::string& path, const std::vector<T>& values, const storage& how) {
  using tepui::io::hdf5::handle;
  tepui::io::hdf5::quiet silent;
  if (H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0) H5Ldelete(file, path.c_str(), H5P_DEFAULT);
  const hid_t memory = tepui::io::hdf5::native<T>(), type = how.type == H5I_INVALID_HID ? memory : how.type;
  const hsize_t n = values.size(), most = how.extendible ? H5S_UNLIMITED : n;
  const handle space(H5Screate_simple(1, &n, &most), H5Sclose), made(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (how.compact) H5Pset_layout(made.get(), H5D_COMPACT);
  if (how.chunk > 0) H5Pset_chunk(made.get(), 1, &how.chunk);
  if (how.shuffle) H5Pset_shuffle(made.get());
  if (how.gzip) H5Pset_deflate(made.get(), 4);
  if (how.checksum) H5Pset_fletcher32(made.get());
  const handle array(H5Dcreate2(file, path.c_str(), type, space.get(), H5P_DEFAULT, made.get(), H5P_DEFAULT), H5Dclose);
  if (n > 0) H5Dwrite(array.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

/// A file open for changes.
inline tepui::io::hdf5::handle open_to_change(const std::string& path) {
  return {H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose};
}

/// Cells x genes of small whole numbers, some cells empty; the same for the same seed.
inline tepui::dataset<> some_cells(std::int64_t n_cells, std::int32_t n_genes, std::uint64_t seed = 1) {
  tepui::dataset<> data;
  data.x.n_genes = n_genes;
  std::uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
  const auto next = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
  };
  std::vector<std::int32_t> gene;
  std::vector<float> value;
  for (std::int64_t cell = 0; cell < n_cells; ++cell) {
    gene.clear();
    value.clear();
    const std::uint64_t one_in = cell % 7 == 3 ? 1u << 30 : 2 + next() % 4;
    for (std::int32_t g = 0; g < n_genes; ++g)
      if (next() % one_in == 0) {
        gene.push_back(g);
        value.push_back(static_cast<float>(1 + next() % 100));
      }
    data.x.add_cell(cell, gene, value);
    double total = 0;
    for (const float v : value) total += static_cast<double>(v);
    data.x.total.push_back(total);
    data.obs.index.push_back("cell" + std::to_string(cell));
  }
  for (std::int32_t g = 0; g < n_genes; ++g) {
    data.genes.id.emplace_back();
    data.genes.symbol.push_back("g" + std::to_string(g));
  }
  return data;
}

}  // namespace io_files
