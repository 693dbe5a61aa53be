#pragma once
/// The cells of a file as the metrics read them: their embeddings, labels, and simple embeddings to compare with.

#include <cstdint>
#include <string>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/table.hpp>
#include <vector>

namespace evaluate {
namespace tp = tepui;

struct settings {
  std::string file, label, batch, perturbation, control, predicted, train, out;
  std::vector<std::string> embeddings;
  bool competitors = true, louvain = false, as_json = false;
  std::int64_t resamples = 1000;
  std::int64_t sample_above = 200'000;  ///< cells; above, silhouettes and probes are those of cells drawn by lot
  std::int64_t hvg_cells = 50'000;      ///< up to so many, variable genes themselves stand beside
  std::uint64_t seed = 1;
  int threads = 1, folds = 5;
};

/// An embedding that is scored: the user's own, or one that anybody could make of the counts.
struct named_embedding {
  std::string name;
  bool competitor = false;
  tp::embedding_batch<> cells;
};

/// Cells with a label, and with a batch where one was asked for.
struct labelled_cells {
  tp::categorical label, batch, perturbation;  ///< batch, perturbation: empty where none was asked for
  std::vector<named_embedding> embeddings;     ///< the user's first, then the competitors
  std::vector<std::string> notes;              ///< what was left out and why
};

/// errors  bad_data that names the file, what is missing and what there is
labelled_cells read_cells(const settings& wanted);

}  // namespace evaluate
