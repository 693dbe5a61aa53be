#include "subject.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tepui/io/gmt.hpp>
#include <tepui/io/read.hpp>
#include <tepui/simulate/ceiling.hpp>
#include <tepui/simulate/corpus.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/split/held_out.hpp>
#include <tepui/study/run_key.hpp>
#include <tepui/system/scanpy_pca.hpp>

namespace ablation {
namespace {

/// The content of a file in 16 digits: two files with the same bytes are the same corpus, whatever they are called.
std::string hash_of_file(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) {  // a folder with matrix, genes and barcodes
    std::vector<std::string> parts;
    for (const auto& entry : std::filesystem::directory_iterator(path))
      if (entry.is_regular_file()) parts.push_back(entry.path().filename().string() + " " + hash_of_file(entry.path().string()));
    std::sort(parts.begin(), parts.end());
    std::string all;
    for (const auto& part : parts) all += part + "\n";
    return st::hex_text(tp::kernel::hash_text(all));
  }
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return st::hex_text(tp::kernel::hash_text(bytes));
}

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

subject simulated(const request& o) {
  subject s;
  tp::simulate::corpus_options settings;
  settings.seed = o.seed;
  settings.cells = o.cells;
  const tp::simulate::corpus corpus(settings);
  s.cells->data = tp::simulate::to_dataset(corpus, 0, corpus.n_cells());
  const tp::categorical type = s.cells->data.obs.labels("cell_type");
  s.cells->label = type.code;
  s.cells->n_labels = static_cast<std::int32_t>(type.category.size());
  s.study = "batch";
  s.answers.label = "cell_type";
  s.answers.class_names = type.category;
  if (!o.programs.empty()) s.programs = tp::io::read_gmt(o.programs);
  s.identity = corpus.describe() + (o.programs.empty() ? "" : ", programs " + hash_of_file(o.programs));
  s.description = std::to_string(o.cells) + " simulated cells, " + std::to_string(settings.genes) + " genes, " + std::to_string(settings.types) + " cell types";
  divide(s, tp::split::by_cell(o.cells, {.validation = 0, .test = std::min(0.125, 2000.0 / static_cast<double>(o.cells))}, o.seed), o.seed);
  s.answers.best_possible = tp::simulate::best_possible(corpus, s.cells->test, o.threads).predicted;
  return s;
}

subject from_file(const request& o) {
  subject s;
  s.cells->data = tp::io::read_counts(o.data);
  const tp::dataset<>& data = s.cells->data;
  const tp::categorical type = data.obs.labels(o.label);
  s.cells->label = type.code;
  s.cells->n_labels = static_cast<std::int32_t>(type.category.size());
  s.study = o.batch;
  s.answers.label = o.label;
  s.answers.class_names = type.category;
  if (!o.programs.empty()) s.programs = tp::io::read_gmt(o.programs);
  s.identity = "file " + hash_of_file(o.data) + (o.programs.empty() ? "" : ", programs " + hash_of_file(o.programs)) + ", label " + o.label;
  s.description = std::filesystem::path(o.data).filename().string() + ": " + std::to_string(data.n_cells()) + " cells, " +
                  std::to_string(data.genes.size()) + " genes, " + std::to_string(type.category.size()) + " levels of " + o.label;
  divide(s, o.batch.empty() ? tp::split::by_cell(data.n_cells(), {.validation = 0, .test = 0.2}, o.seed)
                            : tp::split::by_batch(data.obs, {.seed = o.seed}, o.batch),
         o.seed);
  return s;
}

}  // namespace

subject make_subject(const request& wanted) { return wanted.data.empty() ? simulated(wanted) : from_file(wanted); }

void embed_corpus(subject& of, const request& wanted) {
  const auto corpus = tp::cells_of(of.cells->data, of.cells->corpus);
  of.cells->corpus_embedding = tp::system::scanpy_pca<50>()
                                   .fit(corpus, {.seed = wanted.seed, .threads = wanted.threads})
                                   .embed(corpus, {.threads = wanted.threads});
}

}  // namespace ablation
