#pragma once
/// The cells of several files in one embedding: what `portfolio` compares.

#include <cstdint>
#include <string>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/table.hpp>
#include <vector>

namespace portfolio {
namespace tp = tepui;

struct pool_settings {
  std::vector<std::string> files;
  std::string embedding = "computed";  ///< or the name of an embedding that all files hold
  std::string label = "cell_type", donor;
  std::int64_t max_cells = 5000;  ///< a file (or a donor, where one file is cut)
  std::int32_t genes = 2000;      ///< of which the components are computed
  std::int64_t min_common_genes = 200;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// What can be bought: a file, or a donor where one file is cut.
struct candidate {
  std::string name;
  std::int64_t cells = 0, looked_at = 0;  ///< in the file; chosen by lot
};

/// shapes  cells [cells, dims]; batch, type, donor [cells] codes, -1 where not known
struct cell_pool {
  std::vector<candidate> candidates;
  tp::embedding_batch<> cells;
  std::vector<std::int32_t> batch;
  tp::categorical type, donor;
  std::string one = "file";        ///< or donor
  std::string made;                ///< how the embedding came to be, in words
  std::vector<std::string> notes;  ///< what a reader must know of it
};

/// Reads the files block by block and keeps the cells chosen.
/// errors  bad_data, one sentence: files without common genes, embeddings that cannot be compared, a column missing
cell_pool read_pool(const pool_settings& settings);

}  // namespace portfolio
