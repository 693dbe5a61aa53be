#include "subject.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
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
      if (entry.is_regular_file())
        parts.push_back(entry.path().filename().string() + " " + hash_of_file(entry.path().string()));
    std::sort(parts.begin(), parts.end());
    std::string all;
    for (const auto& part : parts) all += part + "\n";
    return st::hex_text(tp::kernel::hash_text(all));
  }
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return st::hex_text(tp::kernel::hash_text(bytes));
}

/// The levels that cells of these rows have, by name; those without one are left out.
std::set<std::string> levels_of(const tp::categorical& column, const std::vector<std::int64_t>& rows) {
  std::set<std::string> found;
  for (const std::int64_t row : rows)
    if (const std::int32_t code = column.code[tp::usize(row)]; code >= 0) found.insert(column.category[tp::usize(code)]);
  return found;
}

std::vector<std::int64_t> all_rows(std::int64_t n) {
  std::vector<std::int64_t> rows(tp::usize(n));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return rows;
}

/// Refuses a column that has not two levels.        in  its levels; what it was given for, and what to do instead
void check_levels(const std::set<std::string>& levels, const std::string& column, const std::string& why) {
  if (levels.size() >= 2) return;
  throw tp::bad_data("the column '" + column + "' has " +
                     (levels.empty() ? "no value at all" : "one level, '" + *levels.begin() + "'") + ", but " + why);
}

/// Refuses a division with which no study could be done.
void check_parts(const subject& s, const tp::categorical& type) {
  const auto& c = *s.cells;
  if (c.probe.empty() || c.test.empty() || c.corpus.empty())
    throw tp::bad_data("of " + std::to_string(c.data.n_cells()) + " cells, " + std::to_string(c.corpus.size()) +
                       " are left to learn from, " + std::to_string(c.probe.size()) + " with labels for the heads and " +
                       std::to_string(c.test.size()) +
                       " with labels for testing; a study needs some of each, so give more cells with labels");
  if (const auto levels = levels_of(type, c.probe); levels.size() < 2)
    throw tp::bad_data("the labelled cells for the heads, " + std::to_string(c.probe.size()) + " of " +
                       std::to_string(c.data.n_cells()) + " cells, have one level of '" + s.answers.label + "', '" +
                       *levels.begin() +
                       "', so that nothing can be told apart; give more cells with labels, or another --seed");
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
  s.description = std::to_string(o.cells) + " simulated cells, " + std::to_string(settings.genes) + " genes, " +
                  std::to_string(settings.types) + " cell types";
  divide(s,
         tp::split::by_cell(o.cells, {.validation = 0, .test = std::min(0.125, 2000.0 / static_cast<double>(o.cells))}, o.seed),
         o.seed);
  check_parts(s, type);
  s.studies = "levels of batch";
  s.answers.best_possible = tp::simulate::best_possible(corpus, s.cells->test, o.threads).predicted;
  return s;
}

subject from_file(const request& o) {
  subject s;
  s.cells->data = tp::io::read_counts(o.data);
  const tp::dataset<>& data = s.cells->data;
  const tp::categorical type = data.obs.labels(o.label);
  const auto rows = all_rows(data.n_cells());
  check_levels(levels_of(type, rows), o.label, "a study needs labels of at least two kinds; name another column with --label");
  if (!o.batch.empty())
    check_levels(
        levels_of(data.obs.labels(o.batch), rows), o.batch,
        "a level is held out and others must be left to learn from; name another column with --batch, or leave it out to hold "
        "out cells at random");
  s.cells->label = type.code;
  s.cells->n_labels = static_cast<std::int32_t>(type.category.size());
  s.answers.label = o.label;
  s.answers.class_names = type.category;
  if (!o.programs.empty()) s.programs = tp::io::read_gmt(o.programs);
  s.identity = "file " + hash_of_file(o.data) + (o.programs.empty() ? "" : ", programs " + hash_of_file(o.programs)) +
               ", label " + o.label;
  s.description = std::filesystem::path(o.data).filename().string() + ": " + std::to_string(data.n_cells()) + " cells, " +
                  std::to_string(data.genes.size()) + " genes, " + std::to_string(type.category.size()) + " levels of " +
                  o.label;
  divide(s,
         o.batch.empty() ? tp::split::by_cell(data.n_cells(), {.validation = 0, .test = 0.2}, o.seed)
                         : tp::split::by_batch(data.obs, {.seed = o.seed}, o.batch),
         o.seed);
  check_parts(s, type);
  s.studies = "not told apart";
  if (!o.batch.empty()) {
    const auto studies = levels_of(data.obs.labels(o.batch), s.cells->corpus);
    if (studies.size() >= 2) s.study = o.batch;
    s.studies = studies.size() >= 2 ? std::to_string(studies.size()) + " levels of " + o.batch
                                    : "not told apart: the cells to learn from have one level of " + o.batch;
  }
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
