/// evaluate FILE --embedding NAME --label COLUMN [--batch COLUMN] [--json]: how well simple classifiers read labels off an embedding.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <tepui/io/h5ad.hpp>
#include <tepui/metric/evaluate.hpp>
#include <tepui/metric/probe_knn.hpp>
#include <tepui/metric/probe_logistic.hpp>

namespace {
using json = nlohmann::ordered_json;
namespace tp = tepui;
namespace metric = tepui::metric;

/// What is evaluated: the cells whose label is known.
struct labelled_cells {
  tp::embedding_batch<> embedding;
  std::vector<std::int32_t> label, batch;  ///< batch: -1 where missing, empty where none was asked for
  std::vector<std::string> class_names, batch_names;
  [[nodiscard]] std::int32_t n_classes() const { return static_cast<std::int32_t>(class_names.size()); }
};

/// Codes of the chosen rows, counted anew over the categories that these rows have. A category list may name some that no cell has.
std::vector<std::int32_t> codes_of(const tp::categorical& column, const std::vector<std::int64_t>& rows, std::vector<std::string>& names) {
  std::vector<std::int32_t> number(column.category.size(), -1), codes;
  for (const std::int64_t row : rows)
    if (const std::int32_t code = column.code[tp::usize(row)]; code >= 0) number[tp::usize(code)] = 0;
  for (std::size_t c = 0; c < number.size(); ++c)
    if (number[c] == 0) {
      number[c] = static_cast<std::int32_t>(names.size());
      names.push_back(column.category[c]);
    }
  for (const std::int64_t row : rows) codes.push_back(column.code[tp::usize(row)] < 0 ? -1 : number[tp::usize(column.code[tp::usize(row)])]);
  return codes;
}

labelled_cells read(const std::string& path, std::string name, const std::string& label, const std::string& batch) {
  const tp::io::h5ad_file file(path);
  if (name.starts_with("obsm/")) name.erase(0, 5);
  const auto& there = file.contents().embeddings;
  if (std::find(there.begin(), there.end(), name) == there.end())
    throw tp::bad_data(fmt::format("file '{}' has no embedding '{}' in obsm; it has: {}; name one of them with --embedding", path, name,
                                   there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))));
  const tp::table obs = file.obs();
  const tp::categorical labels = [&] {
    try {
      return obs.labels(label);
    } catch (const tp::bad_data& error) {
      throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
    }
  }();
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < tp::isize(labels.code.size()); ++row)
    if (labels.code[tp::usize(row)] >= 0) rows.push_back(row);
  if (const auto missing = labels.code.size() - rows.size(); missing > 0)
    fmt::print(stderr, "evaluate: {} of {} cells have no '{}' and are left out\n", missing, labels.code.size(), label);
  if (rows.size() < 5)
    throw tp::bad_data(fmt::format("file '{}', obs/{}: {} cells have a label, and 5 folds need at least 5; name another column with --label", path, label, rows.size()));
  labelled_cells out;
  out.embedding = metric::rows_of(file.embedding(name).view(), rows);
  out.label = codes_of(labels, rows, out.class_names);
  if (!batch.empty()) {
    try {
      out.batch = codes_of(obs.labels(batch), rows, out.batch_names);
    } catch (const tp::bad_data& error) {
      throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
    }
    if (const auto missing = std::count(out.batch.begin(), out.batch.end(), -1); missing > 0)
      fmt::print(stderr, "evaluate: {} labelled cells have no '{}' and are left out of the scores of held-out batches\n", missing, batch);
  }
  return out;
}

std::vector<tp::score> scores_of(const metric::pooled_answers& a, const labelled_cells& cells, const std::string& prefix, std::uint64_t seed) {
  return metric::classification_scores({a.truth, a.predicted, a.trivial, cells.class_names, cells.n_classes()}, {.prefix = prefix, .seed = seed});
}

/// Every cell is predicted once, by a probe that learned from four fifths of the cells.
template <class Probe>
void five_folds(const Probe& probe, const labelled_cells& cells, std::uint64_t seed, int threads, std::vector<tp::score>& to) {
  const auto folds = metric::stratified_folds(cells.label, cells.n_classes(), 5, seed);
  const auto answers = metric::predict_folds(probe, cells.embedding.view(), cells.label, cells.n_classes(), folds, threads);
  for (auto& s : scores_of(answers, cells, std::string(Probe::name) + ".", seed)) to.push_back(std::move(s));
}

/// Every batch is predicted once, by a probe that learned from all other batches. Classes that only one batch has cannot be learned so.
template <class Probe>
void held_out_batches(const Probe& probe, const labelled_cells& cells, std::uint64_t seed, int threads, std::vector<tp::score>& to) {
  const std::string prefix = std::string(Probe::name) + ".held_out_batch.";
  if (cells.batch_names.size() < 2) {
    for (const char* name : {"accuracy", "macro_f1"}) {
      tp::score none;
      none.name = prefix + name;
      none.value = none.floor = none.low = none.high = none.ceiling =
          tp::measured::missing(fmt::format("labelled cells of at least two batches are needed to hold one out, and there are {}", cells.batch_names.size()));
      to.push_back(std::move(none));
    }
    return;
  }
  std::vector<std::int32_t> first_batch(cells.class_names.size(), -1);
  std::vector<char> in_two(cells.class_names.size(), 0);
  for (std::size_t i = 0; i < cells.label.size(); ++i) {
    if (cells.batch[i] < 0) continue;
    auto& first = first_batch[tp::usize(cells.label[i])];
    if (first >= 0 && first != cells.batch[i]) in_two[tp::usize(cells.label[i])] = 1;
    if (first < 0) first = cells.batch[i];
  }
  auto folds = metric::folds_of(cells.batch, static_cast<std::int32_t>(cells.batch_names.size()));
  for (auto& f : folds) std::erase_if(f.test, [&](std::int64_t row) { return !in_two[tp::usize(cells.label[tp::usize(row)])]; });
  auto scores = scores_of(metric::predict_folds(probe, cells.embedding.view(), cells.label, cells.n_classes(), folds, threads), cells, prefix, seed);
  for (std::size_t c = 0; c < in_two.size(); ++c)
    if (!in_two[c]) {
      auto& s = scores[2 + c];
      s.value = s.floor = s.low = s.high = tp::measured::missing("fewer than two batches have this class, so it cannot be learned from the others; its cells are not scored");
    }
  for (auto& s : scores) to.push_back(std::move(s));
}

json as_json(const tp::score& s) {
  json out{{"name", s.name}};
  std::string reason;
  std::vector<std::string> said;
  const auto put = [&](const char* field, const tp::measured& m) {
    out[field] = m.known() ? json(m.value) : json();
    if (m.known() || std::find(said.begin(), said.end(), m.reason) != said.end()) return;
    said.push_back(m.reason);
    reason += (reason.empty() ? "" : "; ") + std::string(field) + ": " + m.reason;
  };
  put("value", s.value);
  put("floor", s.floor);
  put("ceiling", s.ceiling);
  put("low", s.low);
  put("high", s.high);
  out["n"] = s.n;
  if (!reason.empty()) out["reason"] = reason;
  return out;
}

void print(const std::vector<tp::score>& scores) {
  std::size_t width = 5;
  for (const auto& s : scores) width = std::max(width, s.name.size());
  const auto number = [](const tp::measured& m) { return m.known() ? fmt::format("{:.3f}", m.value) : std::string("-"); };
  fmt::print("{:<{}}  {:>6}  {:>14}  {:>6}  {:>8}\n", "score", width, "value", "95 % interval", "floor", "cells");
  for (const auto& s : scores) {
    fmt::print("{:<{}}  {:>6}  {:>14}  {:>6}  {:>8}", s.name, width, number(s.value), s.low.known() ? number(s.low) + " - " + number(s.high) : "-", number(s.floor), s.n);
    fmt::print("{}\n", s.value.known() ? "" : "  " + s.value.reason);
  }
  if (!scores.empty()) fmt::print("no ceiling: {}\n", scores[0].ceiling.reason);
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
    std::vector<tp::score> scores;
    const metric::knn_probe knn;
    const metric::logistic_probe logistic;
    five_folds(knn, cells, seed, threads, scores);
    five_folds(logistic, cells, seed, threads, scores);
    if (!batch.empty()) {
      held_out_batches(knn, cells, seed, threads, scores);
      held_out_batches(logistic, cells, seed, threads, scores);
    }
    if (as_document) {
      json all = json::array();
      for (const auto& s : scores) all.push_back(as_json(s));
      fmt::print("{}\n", all.dump(2, ' ', false, json::error_handler_t::replace));
    } else {
      print(scores);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "evaluate: {}\n", error.what());
    return 3;
  }
}
