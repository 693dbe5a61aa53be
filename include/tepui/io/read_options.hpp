#pragma once
/// What a reader may be told: which matrix to read, how much memory it may take, and whether it reads in a child process.

#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>

namespace tepui::io {

/// What the rows of a Matrix Market file are, where the names beside it do not tell.
enum class mtx_rows { genes, cells };

/// The defaults read any file from anywhere without risk to the program.
struct read_options {
  std::string where = "X";                          ///< h5ad: "X", "raw/X" or "layers/NAME"
  std::string genome = "";                          ///< 10x v2 files with several genomes: which one
  bool gene_expression_only = true;                 ///< 10x: leave out antibodies, guides and peaks where genes are present
  mtx_rows rows = mtx_rows::genes;                  ///< Matrix Market: 10x writes genes by cells
  std::int64_t max_bytes = std::int64_t{16} << 30;  ///< memory that one read may take
  bool isolate = true;     ///< HDF5: read in a child process, because libhdf5 itself can crash on a damaged file
  double max_seconds = 0;  ///< processor time of the child; 0: 3 s and 2 s more for each MiB of the file
};

/// 'text', for messages: quoted, control characters shown as '?', long text cut, so that a damaged name cannot garble a
/// terminal.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  if (text.size() > longest) out += "...";
  return out + "'";
}

/// Throws bad_data: file 'path', where: what.
[[noreturn]] inline void refuse(std::string_view path, std::string_view where, std::string_view what) {
  std::string sentence = "file " + in_quotes(path);
  if (!where.empty()) sentence += ", " + std::string(where);
  throw bad_data(sentence + ": " + std::string(what));
}

}  // namespace tepui::io
