// The main job: every tokenizer with every encoder, on growing shares of a corpus, with several seeds; then the report.
// Without a file the corpus is simulated, and the best score that anything could reach is known.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <tepui/io/gmt.hpp>
#include <tepui/io/read.hpp>
#include <tepui/study/store.hpp>
#include <tepui/tepui.hpp>
#include <thread>
#include <unistd.h>

namespace tp = tepui;
namespace st = tepui::study;

namespace {

struct options {
  std::string data, label = "cell_type", batch, programs, out;
  std::uint64_t seed = 1;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  int seeds = 3;
  std::int64_t cells = 16000;
  bool json = false;
};

/// What is studied, and everything that must be known about it.
struct subject {
  std::shared_ptr<st::study_cells> cells = std::make_shared<st::study_cells>();
  st::answer_key answers;
  std::vector<tp::gene_set> programs;  ///< empty: learned from the training cells
  std::string identity, description;
};

/// Divides the rows: `test` is scored; of the others a quarter, at most 2,000, has labels for the heads, and the rest is the corpus.
void divide(subject& s, const tp::split::parts& parts, std::uint64_t seed) {
  auto& c = *s.cells;
  for (const std::int64_t row : parts.test)
    if (c.label[tp::usize(row)] >= 0) c.test.push_back(row);
  const double quarter = std::min(0.25, 2000.0 / static_cast<double>(std::max<std::size_t>(1, parts.train.size())));
  const auto rest = tp::split::by_cell(tp::isize(parts.train.size()), {.validation = 0, .test = quarter}, seed + 1);
  for (const std::int64_t at : rest.train) c.corpus.push_back(parts.train[tp::usize(at)]);
  for (const std::int64_t at : rest.test)
    if (const std::int64_t row = parts.train[tp::usize(at)]; c.label[tp::usize(row)] >= 0) c.probe.push_back(row);
  s.answers.truth = c.labels_of(c.test);
  s.answers.majority_class = st::majority_of(c.labels_of(c.probe));
  s.identity += "; " + parts.how + "; seed " + std::to_string(seed);
  s.description += "; " + parts.how;
}

subject simulated(const options& o) {
  subject s;
  tp::simulate::corpus_options settings;
  settings.seed = o.seed;
  settings.cells = o.cells;
  const tp::simulate::corpus corpus(settings);
  s.cells->data = tp::simulate::to_dataset(corpus, 0, corpus.n_cells());
  const tp::categorical type = s.cells->data.obs.labels("cell_type");
  s.cells->label = type.code;
  s.cells->n_labels = static_cast<std::int32_t>(type.category.size());
  s.answers.label = "cell_type";
  s.answers.class_names = type.category;
  s.programs = corpus.gene_sets();
  s.identity = corpus.describe();
  s.description = std::to_string(o.cells) + " simulated cells, " + std::to_string(settings.genes) + " genes, " + std::to_string(settings.types) + " cell types";
  divide(s, tp::split::by_cell(o.cells, {.validation = 0, .test = std::min(0.125, 2000.0 / static_cast<double>(o.cells))}, o.seed), o.seed);
  s.answers.best_possible = tp::simulate::best_possible(corpus, s.cells->test, o.threads).predicted;
  return s;
}

subject from_file(const options& o) {
  subject s;
  s.cells->data = tp::io::read(o.data);
  const tp::dataset<>& data = s.cells->data;
  const tp::categorical type = data.obs.labels(o.label);
  s.cells->label = type.code;
  s.cells->n_labels = static_cast<std::int32_t>(type.category.size());
  s.answers.label = o.label;
  s.answers.class_names = type.category;
  if (!o.programs.empty()) s.programs = tp::io::read_gmt(o.programs);
  s.identity = "file " + tp::io::content_hash(o.data) + (o.programs.empty() ? "" : ", programs " + tp::io::content_hash(o.programs)) + ", label " + o.label;
  s.description = std::filesystem::path(o.data).filename().string() + ": " + std::to_string(data.n_cells()) + " cells, " +
                  std::to_string(data.genes.size()) + " genes, " + std::to_string(type.category.size()) + " levels of " + o.label;
  divide(s, o.batch.empty() ? tp::split::by_cell(data.n_cells(), {.validation = 0, .test = 0.2}, o.seed)
                            : tp::split::by_batch(data.obs, {.seed = o.seed}, o.batch),
         o.seed);
  return s;
}
}  // namespace
