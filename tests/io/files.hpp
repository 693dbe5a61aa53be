#pragma once
/// Files for the io tests: a scratch folder, small files written on the spot, and the shared ones where they are.

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/io/write_h5ad.hpp>

namespace io_files {

/// A folder of this process that goes away with it.
inline const std::filesystem::path& scratch_folder() {
  struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("tepui_io_" + std::to_string(::getpid()));
    folder() { std::filesystem::create_directories(path); }
    ~folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const folder here;
  return here.path;
}
inline std::string scratch(const std::string& name) { return (scratch_folder() / name).string(); }

inline std::string write_text(const std::string& name, std::string_view text) {
  const std::string path = scratch(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// The sentence with which `read` refuses, or nothing.
template <class Read>
std::string refusal(Read read) {
  try {
    (void)read();
  } catch (const tepui::bad_data& e) {
    return e.what();
  }
  return {};
}

/// The path of a shared file, or nothing where the shared data are absent.
inline std::string shared(const std::string& path) {
  const std::string root = TEPUI_SHARED;
  return root.empty() ? root : root + "/" + path;
}

/// The end of a file's name that a reader looks at.
inline std::string ending(const std::string& path) {
  for (const char* end : {".mtx.gz", ".mtx", ".gmt", ".h5ad", ".h5"})
    if (path.ends_with(end)) return end;
  return "";
}

/// 3 cells x 4 genes:   2 0 1 0
///                      0 0 0 0
///                      0 5 0 7
inline tepui::dataset<> small() {
  tepui::dataset<> data;
  data.x.n_genes = 4;
  const std::vector<std::int32_t> first{0, 2}, last{1, 3};
  const std::vector<float> first_values{2, 1}, last_values{5, 7};
  data.x.add_cell(0, first, first_values);
  data.x.add_cell(1, {}, {});
  data.x.add_cell(2, last, last_values);
  data.obs.index = {"a", "b", "c"};
  data.obs.columns.emplace_back("type", tepui::categorical{{1, -1, 0}, {"B", "T"}, false});
  data.obs.columns.emplace_back("age", std::vector<double>{1.5, 2, 3});
  data.obs.columns.emplace_back("n", std::vector<std::optional<std::int64_t>>{1, {}, 3});
  data.obs.columns.emplace_back("good", std::vector<std::optional<bool>>{true, false, true});
  data.obs.columns.emplace_back("note", std::vector<std::optional<std::string>>{"x", "β", ""});
  data.genes.id = {"ENSG00000000001", "ENSG00000000002", "", "ENSG00000000004"};
  data.genes.symbol = {"A", "B", "C", ""};
  return data;
}

/// Valid files of every kind: some written here, the others where the shared data lie.
inline std::vector<std::string> valid_files() {
  std::vector<std::string> files;
  files.push_back(scratch("small.h5ad"));
  tepui::io::write_h5ad(files.back(), small());
  files.push_back(
      write_text("small.mtx", "%%MatrixMarket matrix coordinate integer general\n%\n4 3 4\n1 1 2\n3 1 1\n2 3 5\n4 3 7\n"));
  files.push_back(write_text("small.gmt", "SET_A\tnote\tA\tB\nSET_B\t\tC\n"));
  const std::filesystem::path root = shared("");
  if (root.empty()) return files;
  for (const char* folder :
       {"formats/by_anndata_version", "formats/variants", "formats/upstream", "formats/tenx", "formats/tenx/v3_mtx"})
    for (const auto& entry : std::filesystem::directory_iterator(root / folder))
      if (entry.is_regular_file() && !ending(entry.path().string()).empty() && entry.file_size() < 400'000)
        files.push_back(entry.path().string());
  std::sort(files.begin() + 3, files.end());  // folders list in any order
  return files;
}

}  // namespace io_files
