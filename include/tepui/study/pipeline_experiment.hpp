#pragma once
/// Makes a run of a study out of a pipeline: train on a share of the corpus, embed labelled cells, let every head predict the test cells.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include <tepui/compose/grid.hpp>
#include <tepui/compose/operations.hpp>
#include <tepui/compose/pipeline.hpp>
#include <tepui/flow/dataset.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/metric/probe/task.hpp>
#include <tepui/sample/named.hpp>
#include <tepui/study/experiment.hpp>
#include <tepui/study/words.hpp>

namespace tepui::study {

/// The cells of a study, in three parts that share none. Only `corpus` grows along the ladder, so that its size is all that changes.
struct study_cells {
  dataset<> data;
  std::vector<std::int64_t> corpus;  ///< rows that encoders learn from, without labels
  std::vector<std::int64_t> probe;   ///< labelled rows that heads learn from
  std::vector<std::int64_t> test;    ///< labelled rows that are scored
  std::vector<std::int32_t> label;   ///< [cells of data]; >= 0 for probe and test rows
  std::int32_t n_labels = 0;
  embedding_batch<> corpus_embedding;  ///< [cells of corpus]; only samplers see it; empty where none needs it

  [[nodiscard]] std::vector<std::int32_t> labels_of(const std::vector<std::int64_t>& rows) const {
    std::vector<std::int32_t> out;
    out.reserve(rows.size());
    for (const std::int64_t row : rows) out.push_back(label[usize(row)]);
    return out;
  }
};

/// Learns labels from the probe cells' embedding and predicts those of the test cells.      -> [test cells]
struct study_head {
  std::string name;      ///< "kNN"
  std::string settings;  ///< everything that decides its predictions: "k = 5"
  std::function<std::vector<std::int32_t>(const metric::probe_task&)> predict;
};

/// A probe of the metric room as a head.        in  its name in reports, and the probe: make_head("kNN", metric::knn_probe{.k = 5})
template <class Probe>
[[nodiscard]] study_head make_head(std::string name, Probe probe) {
  return {std::move(name), probe.describe(), probe};
}

/// The most memory that this process has held so far, in bytes; 0 where the system does not tell.
[[nodiscard]] inline std::int64_t peak_memory_bytes() {
  rusage usage{};
  return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::int64_t>(usage.ru_maxrss) * 1024 : 0;
}

/// At most so many rows, evenly spaced, the first among them.        cost   O(most)        repeat the same everywhere
[[nodiscard]] inline std::vector<std::int64_t> evenly(const std::vector<std::int64_t>& rows, std::int64_t most) {
  const std::int64_t n = std::min(most, isize(rows.size()));
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(rows[usize(i * isize(rows.size()) / n)]);
  return out;
}

/// What a fitted pipeline tells of itself.        in  training_cells: what it was given, where it does not count them itself
template <class Fitted>
[[nodiscard]] model_facts facts_of(const Fitted& fitted, std::int64_t training_cells) {
  model_facts facts{.parameters = fitted.n_parameters(), .cells_seen = training_cells};
  if constexpr (requires { fitted.report.steps; }) {
    facts.steps = fitted.report.steps;
    facts.cells_seen = fitted.report.cells;
  }
  return facts;
}

/// in     a cell of the grid; the cells and the heads of the study, shared by all its experiments; how a share of the corpus is chosen
/// out    an experiment; its settings name the pipeline's description, its type and the sampler
/// cost   a run fits once and embeds probe and test cells once, on one thread; operations are counted on 256 test cells at most
/// repeat bit-equal on one binary: the choice of cells and the fit are decided by the request's seed
template <class Pipeline>
[[nodiscard]] experiment make_experiment(grid_cell<Pipeline> cell, std::shared_ptr<const study_cells> cells,
                                         std::shared_ptr<const std::vector<study_head>> heads,
                                         sample::any_sampler sampler = {}) {
  experiment out;
  out.tokenizer = cell.tokenizer;
  out.encoder = cell.encoder;
  out.sampler = sampler.name;
  out.settings = cell.pipeline.describe() + "\n" + typeid(Pipeline).name();
  if (sampler.name != sample::uniform::name) out.settings += "\nsampler " + sampler.settings;
  if (sampler.reads.embedding) {  // another embedding is another choice of cells
    const auto& x = cells->corpus_embedding.value;
    const std::string_view bytes(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(float));
    out.settings += ", embedding " + hex_text(kernel::hash_text(bytes));
  }
  out.run = [pipeline = std::move(cell.pipeline), cells = std::move(cells), heads = std::move(heads),
             sampler = std::move(sampler)](const run_request& wanted) {
    using clock = std::chrono::steady_clock;
    const auto seconds_since = [](clock::time_point start) {
      return std::chrono::duration<double>(clock::now() - start).count();
    };
    std::vector<std::int64_t> rows;
    if (!wanted.untrained()) {
      const auto labels = cells->labels_of(cells->corpus);
      const sample::population corpus{
          .n_cells = isize(cells->corpus.size()), .label = labels, .embedding = cells->corpus_embedding.view()};
      for (const std::int64_t at : sampler.choose(corpus, wanted.fraction, kernel::draws(wanted.seed, "ladder")))
        rows.push_back(cells->corpus[usize(at)]);
      if (rows.empty())
        throw bad_data("the sampler " + sampler.name + " chose none of " + std::to_string(corpus.n_cells) +
                       " cells; give larger shares of the corpus");
    }
    const auto train = cells_of(cells->data, rows), probe = cells_of(cells->data, cells->probe),
               test = cells_of(cells->data, cells->test);
    // Operations differ little between cells: a few of them are counted in no time.
    const auto some = cells_of(cells->data, evenly(cells->test, 256));

    run_output result;
    result.training_cells = isize(rows.size());
    const auto learn_and_predict = [&](const auto& model) {
      auto start = clock::now();
      const auto fitted = model.fit(train, {.seed = wanted.seed, .threads = 1});
      result.fit_seconds = seconds_since(start);
      result.model = facts_of(fitted, isize(rows.size()));
      result.model->operations_per_cell = operations_per_cell(fitted, some);
      start = clock::now();
      const auto seen = fitted.embed(probe), fresh = fitted.embed(test);
      result.embed_seconds = seconds_since(start);
      result.dims = fresh.n_columns;
      start = clock::now();
      const auto labels = cells->labels_of(cells->probe);
      for (const study_head& head : *heads)
        result.heads.push_back({head.name, head.predict({seen.view(), labels, cells->n_labels, fresh.view()})});
      result.score_seconds = seconds_since(start);
    };
    if (wanted.untrained()) {
      learn_and_predict(pipeline.untrained());
    } else {
      learn_and_predict(pipeline);
    }
    result.peak_memory_bytes = peak_memory_bytes();
    return result;
  };
  return out;
}

/// An experiment for every cell of a grid.
template <class Grid>
[[nodiscard]] std::vector<experiment> make_experiments(const Grid& grid, const std::shared_ptr<const study_cells>& cells,
                                                       const std::shared_ptr<const std::vector<study_head>>& heads,
                                                       const sample::any_sampler& sampler = {}) {
  std::vector<experiment> all;
  for_each_cell(grid, [&](const auto& cell) { all.push_back(make_experiment(cell, cells, heads, sampler)); });
  return all;
}

}  // namespace tepui::study
