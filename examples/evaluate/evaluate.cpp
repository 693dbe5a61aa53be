/// evaluate FILE --embedding NAME --label COLUMN [--batch COLUMN] [--json]: how well simple classifiers read labels off an embedding.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <tepui/io/h5ad.hpp>
#include <tepui/metric/cross_validation.hpp>
#include <tepui/metric/probe_knn.hpp>
#include <tepui/metric/probe_logistic.hpp>
#include <thread>
#include <vector>

#include "score_output.hpp"

namespace {
namespace tp = tepui;
namespace metric = tepui::metric;

/// The cells whose label is known.
struct labelled_cells {
  tp::embedding_batch<> embedding;
  tp::categorical label, batch;
};

/// A column of obs as labels. errors  bad_data that names the file
tp::categorical column(const std::string& path, const tp::table& obs, const std::string& name) try {
  return obs.labels(name);
} catch (const tp::bad_data& error) {
  throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
}

labelled_cells read(const std::string& path, std::string name, const std::string& label, const std::string& batch) {
  const tp::io::h5ad_file file(path);
  if (name.starts_with("obsm/")) name.erase(0, 5);
  const auto& there = file.contents().embeddings;
  if (std::find(there.begin(), there.end(), name) == there.end())
    throw tp::bad_data(fmt::format("file '{}' has no embedding '{}' in obsm; it has: {}; name one of them with --embedding", path, name,
                                   there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))));
  const tp::table obs = file.obs();
  const tp::categorical labels = column(path, obs, label);
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < tp::isize(labels.code.size()); ++row)
    if (labels.code[tp::usize(row)] >= 0) rows.push_back(row);
  if (const auto missing = labels.code.size() - rows.size(); missing > 0)
    fmt::print(stderr, "evaluate: {} of {} cells have no '{}' and are left out\n", missing, labels.code.size(), label);
  if (rows.size() < 5)
    throw tp::bad_data(fmt::format("file '{}', obs/{}: {} cells have a label, and 5 folds need at least 5; name another column with --label", path, label, rows.size()));
  labelled_cells out{metric::rows_of(file.embedding(name).view(), rows), labels.of_rows(rows), {}};
  if (!batch.empty()) out.batch = column(path, obs, batch).of_rows(rows);
  if (const auto missing = std::count(out.batch.code.begin(), out.batch.code.end(), -1); missing > 0)
    fmt::print(stderr, "evaluate: {} labelled cells have no '{}' and are left out of the scores of held-out batches\n", missing, batch);
  return out;
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Scores an embedding: 5 nearest neighbours and a logistic regression learn labels from four fifths of the cells and predict the rest, "
      "five times.\nExit: 0 done, 2 wrong usage, 3 bad input.");
  std::string file, embedding, label, batch;
  bool as_document = false;
  std::uint64_t seed = 1;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("FILE", file, "an AnnData file (.h5ad)")->required()->check(CLI::ExistingFile);
  app.add_option("--embedding", embedding, "its name in obsm, for instance X_pca")->required();
  app.add_option("--label", label, "the column of obs that holds the labels")->required();
  app.add_option("--batch", batch, "a column of obs: also hold out one batch after the other");
  app.add_option("--seed", seed, "decides the folds and the resamples of the intervals");
  app.add_option("--threads", threads, "changes nothing but the time")->check(CLI::Range(1, 1024));
  app.add_flag("--json", as_document, "print a JSON array of scores");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    const labelled_cells cells = read(file, embedding, label, batch);
    const metric::labelled_embedding view{cells.embedding.view(), cells.label.code, cells.label.category};
    std::vector<tp::score> scores;
    const auto add = [&](const auto& probe) {
      const std::string name(probe.name);
      for (auto& s : metric::stratified_scores(probe, view, 5, {.prefix = name + ".", .seed = seed}, threads)) scores.push_back(std::move(s));
      if (batch.empty()) return;
      const auto n_batches = static_cast<std::int32_t>(cells.batch.category.size());
      for (auto& s : metric::held_out_scores(probe, view, cells.batch.code, n_batches, {.prefix = name + ".held_out_batch.", .seed = seed}, threads))
        scores.push_back(std::move(s));
    };
    add(metric::knn_probe{});
    add(metric::logistic_probe{});
    if (as_document) {
      auto all = nlohmann::ordered_json::array();
      for (const auto& s : scores) all.push_back(score_output::as_json(s));
      fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    } else {
      score_output::print(scores);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "evaluate: {}\n", error.what());
    return 3;
  }
}
