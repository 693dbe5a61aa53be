#pragma once
/// One cell of a study's grid, with its type erased: a name, and a function that trains on a share of the corpus and predicts.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tepui::study {

/// Which run of an experiment is wanted. It decides, with the experiment itself, every bit of the result.
struct run_request {
  double fraction = 1.0;   ///< share of the training corpus, in (0, 1]; 0 means the untrained twin, which sees no cells
  std::uint64_t seed = 0;  ///< decides the choice of cells and every random number of the fit
  [[nodiscard]] constexpr bool untrained() const { return fraction == 0.0; }
};

/// What one head predicted for the test cells.                predicted [test cells], label codes
struct head_output {
  std::string head;
  std::vector<std::int32_t> predicted;
};

/// What a model is, and how much it saw; the same whenever the run is repeated.
struct model_facts {
  std::int64_t parameters = 0;  ///< learned numbers that it keeps to embed cells
  double operations_per_cell =
      0;                        ///< multiplications and additions that embed a cell, mean over some test cells; 0: not counted
  std::int64_t steps = 0;       ///< how often its weights were moved; 0: fitted in whole passes over its cells
  std::int64_t cells_seen = 0;  ///< given to it while it learned, a cell once for each time
};

/// What a run leaves: predictions (exact, repeatable) and what they cost (not repeatable).
struct run_output {
  std::int64_t training_cells = 0;
  std::int64_t dims = 0;
  std::vector<head_output> heads;
  std::optional<model_facts> model;  ///< none where it was not written down, as in stores of the first layout
  double fit_seconds = 0;
  double embed_seconds = 0;
  double score_seconds = 0;
  std::int64_t peak_memory_bytes = 0;  ///< of the process so far
};

/// A pipeline of the grid.
struct experiment {
  std::string tokenizer;  ///< row of the heat map: "rank", or "none" where the encoder reads counts
  std::string encoder;    ///< column of the heat map: "mean of learned gene vectors"
  std::string settings;   ///< everything that determines a result besides the corpus: the pipeline's description and type
  std::function<run_output(const run_request&)> run;  ///< may be called from several threads at once
  std::string sampler = "uniform";                    ///< how the share of the corpus is chosen
};

}  // namespace tepui::study
