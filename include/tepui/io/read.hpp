#pragma once
/// Reads counts from any file or folder that this library knows, and finds out by itself which kind it is.

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tepui/io/h5ad.hpp>
#include <tepui/io/matrix_market.hpp>
#include <tepui/io/tenx.hpp>

namespace tepui::io {

/// The kinds of files that hold counts.
enum class file_format { h5ad, tenx_h5, matrix_market };

[[nodiscard]] inline const char* format_name(file_format f) {
  switch (f) {
    case file_format::h5ad:
      return "h5ad";
    case file_format::tenx_h5:
      return "10x_h5";
    default:
      return "matrix_market";
  }
}

/// Whether a file begins as HDF5 files do (also behind a user block).
inline bool begins_as_hdf5(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return false;
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  for (const long at : {0L, 512L, 1024L, 2048L}) {
    char bytes[8] = {};
    if (std::fseek(file.get(), at, SEEK_SET) != 0 || std::fread(bytes, 1, sizeof bytes, file.get()) != sizeof bytes)
      return false;
    if (std::string_view(bytes, sizeof bytes) == signature) return true;
  }
  return false;
}

/// Which kind a file that is no HDF5, or a folder, is: by its content, then by the end of its name.
/// errors  bad_data where it is absent or of no known kind
inline file_format format_without_hdf5(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) refuse(path, "", "it does not exist or may not be read; check the path");
  if (std::filesystem::is_directory(path, ignored)) return file_format::matrix_market;
  const std::string_view name = path;
  if (name.ends_with(".mtx") || name.ends_with(".mtx.gz")) return file_format::matrix_market;
  if (name.ends_with(".h5ad")) return file_format::h5ad;  // and its reader says that it is none
  if (name.ends_with(".h5")) return file_format::tenx_h5;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  char first[14] = {};
  if (file && std::fread(first, 1, sizeof first, file.get()) == sizeof first &&
      std::string_view(first, sizeof first) == "%%MatrixMarket")
    return file_format::matrix_market;
  refuse(path, "", "it is neither AnnData (.h5ad), nor 10x (.h5), nor Matrix Market (.mtx or a folder); name such a file");
}
inline file_format format_of_hdf5(const hdf5::source& from) {
  return tenx::is_tenx(from) ? file_format::tenx_h5 : file_format::h5ad;
}

/// Which kind a file or folder is.
/// errors  bad_data where it is absent or of no known kind                       cost  opens the file
inline file_format format_of(const std::string& path, const read_options& options = {}) {
  if (!begins_as_hdf5(path)) return format_without_hdf5(path);
  return isolated(path, options, [&] { return format_of_hdf5(hdf5::source(path, options)); });
}

/// Reads one matrix with all that is known of its cells and genes.
/// in     a .h5ad (options.where), a 10x .h5 (options.genome), a .mtx or a folder with one
/// out, errors, cost  as read_h5ad, read_tenx, read_matrix_market
template <class Scale = scale::raw>
dataset<Scale> read(const std::string& path, const read_options& options = {}) {
  if (!begins_as_hdf5(path) && format_without_hdf5(path) == file_format::matrix_market)
    return read_matrix_market<Scale>(path, options);
  return isolated(path, options, [&] {
    hdf5::source from(path, options);
    return format_of_hdf5(from) == file_format::tenx_h5 ? tenx::read_dataset<Scale>(from, options)
                                                        : anndata::read_dataset<Scale>(from, options.where);
  });
}

/// Raw counts of any file, wherever in it they lie: an .h5ad may hold logs in X and the counts in a layer or in raw.
/// in, out  as read             errors  as read, and bad_data where no matrix of the file holds raw counts
inline dataset<scale::raw> read_counts(const std::string& path, const read_options& options = {}) {
  return format_of(path, options) == file_format::h5ad ? read_raw_counts(path, options) : read<scale::raw>(path, options);
}

}  // namespace tepui::io
