#pragma once
/// A study small enough for a pencil: two pipelines, two sizes, two seeds, four test cells.

#include <string>
#include <utility>
#include <vector>

#include <tepui/study/results.hpp>
#include <tepui/study/run.hpp>

namespace toy_study {

namespace ts = tepui::study;

/// Answers the first `right` cells correctly and the class after the true one for the rest.
inline std::vector<std::int32_t> answers(const std::vector<std::int32_t>& truth, std::size_t right, std::int32_t classes) {
  std::vector<std::int32_t> out = truth;
  for (std::size_t i = right; i < out.size(); ++i) out[i] = (out[i] + 1) % classes;
  return out;
}

/// "rank + mean" gets 1 of 4 cells untrained, 2 at 50 %, 4 at 100 %; "PCA" always 3. The second head answers the majority
/// class.
inline std::vector<ts::experiment> experiments() {
  const std::vector<std::int32_t> truth{0, 0, 1, 2};
  const auto output = [truth](const ts::run_request& r, std::size_t right) {
    ts::run_output out;
    out.training_cells = static_cast<std::int64_t>(100 * r.fraction);
    out.dims = 8;
    out.heads = {{"knn", answers(truth, right, 3)}, {"constant", {0, 0, 0, 0}}};
    out.model = ts::model_facts{
        .parameters = 800, .operations_per_cell = r.untrained() ? 0.0 : 1600.0, .cells_seen = out.training_cells};
    out.fit_seconds = 0.25;
    return out;
  };
  return {{"rank", "mean", "rank(slots = 8) > mean(dims = 8)",
           [output](const ts::run_request& r) {
             return output(r, r.untrained() ? 1 : r.fraction < 1 ? 2 : 4);
           }},
          {"none", "PCA", "pca(8)", [output](const ts::run_request& r) { return output(r, 3); }}};
}

inline ts::ladder steps() { return {.fractions = {0.5, 1.0}, .seeds = 2, .base_seed = 1, .untrained = true}; }
inline ts::study_identity identity() { return {.corpus = "four cells", .heads = "knn(1), constant"}; }

inline ts::answer_key key() {
  ts::answer_key out;
  out.class_names = {"T", "B", "NK"};
  out.truth = {0, 0, 1, 2};
  out.best_possible = {0, 0, 1, 2};
  return out;
}

inline ts::study_results results(const std::vector<ts::experiment>& of = experiments()) {
  ts::memory_store store;
  ts::run_study(of, steps(), identity(), store);
  return ts::collect(of, steps(), identity(), store, key());
}

/// The same without tokenizers: models that read counts, each a pipeline of its own.
inline std::vector<ts::experiment> families() {
  auto all = experiments();
  for (auto& e : all) e.tokenizer.clear();
  return all;
}

/// The same with cells chosen in another way, with which "rank + mean" gets all 4 cells at 50 % already.
inline std::vector<ts::experiment> two_samplers() {
  auto all = experiments(), more = experiments();
  for (auto& e : more) {
    e.sampler = "sketch";
    e.settings += " sketch";
    if (e.tokenizer == "rank")
      e.run = [usual = e.run](const ts::run_request& r) {
        return usual(r.untrained() ? r : ts::run_request{.fraction = 1, .seed = r.seed});
      };
    all.push_back(e);
  }
  return all;
}

}  // namespace toy_study
