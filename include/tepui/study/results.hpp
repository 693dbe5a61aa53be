#pragma once
/// The result cube of a study: what every pipeline predicted at every size with every seed, beside the truth, the floor and the
/// ceiling.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/metric/probe/task.hpp>
#include <tepui/study/class_tally.hpp>
#include <tepui/study/experiment.hpp>
#include <tepui/study/ladder.hpp>
#include <tepui/study/run.hpp>
#include <tepui/study/run_key.hpp>
#include <tepui/study/run_store.hpp>

namespace tepui::study {

/// What the predictions are compared with.                             truth, best_possible  [test cells], codes of class_names
struct answer_key {
  std::string label = "cell_type";
  std::vector<std::string> class_names{};
  std::vector<std::int32_t> truth{};
  std::int32_t majority_class = 0;  ///< the most frequent label among the cells that the heads are trained on
  std::vector<std::int32_t>
      best_possible{};  ///< what a classifier that knows the simulation would say; empty where nobody knows
  std::string no_ceiling_because = "the best possible score is not known on real data";
};

/// in     label codes >= 0 [cells]        out    the most frequent; ties: the lower code        errors  bad_data without cells
[[nodiscard]] inline std::int32_t majority_of(std::span<const std::int32_t> codes) {
  if (codes.empty()) throw bad_data("there are no labelled cells to train the heads on; check the label column and the split");
  return metric::majority_class(codes, *std::max_element(codes.begin(), codes.end()) + 1);
}

struct pipeline_name {
  std::string tokenizer, encoder, sampler = "uniform";
  [[nodiscard]] std::string label() const { return pipeline_label(tokenizer, encoder, sampler); }
};

/// One run of the cube.                                                predicted  [heads][test cells]
struct run_record {
  bool present = false;  ///< false where the run failed or was not reached
  run_output output;     ///< its heads stand in the order of study_results.heads
};

/// invariants  sizes ascend, the untrained twin first as 0; runs [pipelines, sizes, seeds]; every present run has all heads,
/// and every
///             head one code in [0, class_names) for each test cell
struct study_results {
  std::vector<pipeline_name> pipelines;
  std::vector<double> sizes;
  std::vector<std::uint64_t> seeds;
  std::vector<std::string> heads;
  answer_key answers;
  std::vector<run_record> runs;
  std::vector<std::string> missing;  ///< labels of the runs that are not there

  [[nodiscard]] std::int64_t n_cells() const { return isize(answers.truth.size()); }
  [[nodiscard]] std::int64_t n_classes() const { return isize(answers.class_names.size()); }
  [[nodiscard]] std::size_t at(std::size_t pipeline, std::size_t size, std::size_t seed) const {
    return (pipeline * sizes.size() + size) * seeds.size() + seed;
  }
  [[nodiscard]] const run_record& run(std::size_t pipeline, std::size_t size, std::size_t seed) const {
    return runs[at(pipeline, size, seed)];
  }
  [[nodiscard]] bool has_untrained() const { return !sizes.empty() && sizes.front() == 0.0; }
  /// Whether the study compares ways to choose cells: then its figures have a line a sampler, else a line a tokenizer.
  [[nodiscard]] bool compares_samplers() const {
    return std::any_of(pipelines.begin(), pipelines.end(),
                       [&](const auto& p) { return p.sampler != pipelines.front().sampler; });
  }
  /// Whether any pipeline has a tokenizer: else a pipeline is an encoder, and figures have a panel each.
  [[nodiscard]] bool has_tokenizers() const {
    return std::any_of(pipelines.begin(), pipelines.end(),
                       [](const auto& p) { return !p.tokenizer.empty() && p.tokenizer != "none"; });
  }
  /// The same pipeline with another sampler, or nothing where the study has none.
  [[nodiscard]] std::optional<std::size_t> with_sampler(std::size_t pipeline, const std::string& sampler) const {
    for (std::size_t p = 0; p < pipelines.size(); ++p)
      if (pipelines[p].tokenizer == pipelines[pipeline].tokenizer && pipelines[p].encoder == pipelines[pipeline].encoder &&
          pipelines[p].sampler == sampler)
        return p;
    return {};
  }
  /// Index of the first size that was trained.
  [[nodiscard]] std::size_t first_trained() const { return has_untrained() ? 1 : 0; }
  /// Training cells of a size: of the first run there is; 0 where there is none.
  [[nodiscard]] std::int64_t training_cells(std::size_t size) const {
    for (std::size_t p = 0; p < pipelines.size(); ++p)
      for (std::size_t s = 0; s < seeds.size(); ++s)
        if (run(p, size, s).present) return run(p, size, s).output.training_cells;
    return 0;
  }
  /// Score of the constant answer "the majority class".
  [[nodiscard]] measured floor(study_metric metric) const {
    class_tally counts(n_classes());
    for (const std::int32_t truth : answers.truth) counts.add(truth, answers.majority_class);
    return counts.value(metric);
  }
  /// Score of the best possible classifier, or why it is not known.
  [[nodiscard]] measured ceiling(study_metric metric) const {
    if (answers.best_possible.empty()) return measured::missing(answers.no_ceiling_because);
    return tally(answers.truth, answers.best_possible, n_classes()).value(metric);
  }
};

/// Distinct names in the order in which they first stand.               in   which: a member, or a function of a pipeline_name
template <class Which>
[[nodiscard]] std::vector<std::string> names_in_order(const study_results& results, Which which) {
  std::vector<std::string> out;
  for (const auto& p : results.pipelines)
    if (const std::string& name = std::invoke(which, p); std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(name);
  return out;
}

/// errors  bad_data where codes are outside the classes, or the best possible answers have another length than the truth
inline void check_answers(const answer_key& answers) {
  const auto inside = [&](std::int32_t code) { return code >= 0 && usize(code) < answers.class_names.size(); };
  const std::string classes = std::to_string(answers.class_names.size()) + " classes";
  if (answers.truth.empty()) throw bad_data("the study has no test cells; check the split");
  for (std::size_t i = 0; i < answers.truth.size(); ++i)
    if (!inside(answers.truth[i]))
      throw bad_data("test cell " + std::to_string(i) + " has label code " + std::to_string(answers.truth[i]) +
                     ", but there are " + classes + "; leave unlabelled cells out of the test cells");
  if (!inside(answers.majority_class))
    throw bad_data("the majority class is code " + std::to_string(answers.majority_class) + ", but there are " + classes);
  if (!answers.best_possible.empty() && answers.best_possible.size() != answers.truth.size())
    throw bad_data("the best possible classifier answered for " + std::to_string(answers.best_possible.size()) +
                   " cells, but there are " + std::to_string(answers.truth.size()) + " test cells");
  for (const std::int32_t code : answers.best_possible)
    if (!inside(code))
      throw bad_data("the best possible classifier answered code " + std::to_string(code) + ", but there are " + classes);
}

/// in     the study's own description and the store that run_study filled        out    the cube; runs that are not there are
/// named in it errors bad_data where a stored run has other heads than the first, or predictions that do not fit the test cells
/// cost   memory: 4 bytes a run, head and test cell
template <run_store Store>
[[nodiscard]] study_results collect(const std::vector<experiment>& experiments, const ladder& sizes, const study_identity& what,
                                    Store& store, answer_key answers) {
  check_answers(answers);
  study_results out;
  for (const auto& e : experiments) out.pipelines.push_back({e.tokenizer, e.encoder, e.sampler});
  out.sizes = sizes.steps();
  out.seeds = sizes.seed_ids();
  out.answers = std::move(answers);
  for (const planned_run& planned : plan_of(experiments, sizes, what)) {
    auto found = store.find(planned.key);
    run_record record;
    if (!found) {
      out.missing.push_back(planned.key.label());
      out.runs.push_back(std::move(record));
      continue;
    }
    record.present = true;
    record.output = std::move(*found);
    if (out.heads.empty())
      for (const auto& h : record.output.heads) out.heads.push_back(h.head);
    const auto& heads = record.output.heads;
    if (!std::equal(heads.begin(), heads.end(), out.heads.begin(), out.heads.end(),
                    [](const auto& a, const auto& b) { return a.head == b; }) ||
        heads.empty())
      throw bad_data("the run '" + planned.key.label() +
                     "' has other heads than the study's first run; give every pipeline the same heads");
    for (const auto& h : heads) {
      const std::string where = "head '" + h.head + "' of the run '" + planned.key.label() + "' ";
      if (isize(h.predicted.size()) != out.n_cells())
        throw bad_data(where + "predicted " + std::to_string(h.predicted.size()) + " cells, but there are " +
                       std::to_string(out.n_cells()) + " test cells");
      for (const std::int32_t code : h.predicted)
        if (code < 0 || code >= out.n_classes())
          throw bad_data(where + "predicted label code " + std::to_string(code) + ", but there are " +
                         std::to_string(out.n_classes()) + " classes");
    }
    out.runs.push_back(std::move(record));
  }
  return out;
}

/// Scores of all runs.                                                value  [metrics, heads, pipelines, sizes, seeds]; NaN: no
/// such run
struct score_cube {
  std::size_t n_heads = 0, n_pipelines = 0, n_sizes = 0, n_seeds = 0;
  std::vector<double> value;

  score_cube() = default;
  explicit score_cube(const study_results& of)
      : n_heads(of.heads.size()),
        n_pipelines(of.pipelines.size()),
        n_sizes(of.sizes.size()),
        n_seeds(of.seeds.size()),
        value(std::size(study_metrics) * n_heads * n_pipelines * n_sizes * n_seeds, std::numeric_limits<double>::quiet_NaN()) {}

  [[nodiscard]] std::size_t at(study_metric metric, std::size_t head, std::size_t pipeline, std::size_t size,
                               std::size_t seed) const {
    return (((static_cast<std::size_t>(metric) * n_heads + head) * n_pipelines + pipeline) * n_sizes + size) * n_seeds + seed;
  }
  /// The scores over seeds of the runs that are there.
  [[nodiscard]] std::vector<double> over_seeds(study_metric metric, std::size_t head, std::size_t pipeline,
                                               std::size_t size) const {
    std::vector<double> out;
    for (std::size_t s = 0; s < n_seeds; ++s)
      if (const double v = value[at(metric, head, pipeline, size, s)]; !std::isnan(v)) out.push_back(v);
    return out;
  }
};

/// in     results, and how often each test cell counts [test cells] (empty: once)        out    every score
[[nodiscard]] inline score_cube scores_of(const study_results& results, std::span<const std::int32_t> weight = {}) {
  score_cube cube(results);
  class_tally counts;
  const auto& truth = results.answers.truth;
  for (std::size_t h = 0; h < cube.n_heads; ++h)
    for (std::size_t p = 0; p < cube.n_pipelines; ++p)
      for (std::size_t z = 0; z < cube.n_sizes; ++z)
        for (std::size_t s = 0; s < cube.n_seeds; ++s) {
          const run_record& run = results.run(p, z, s);
          if (!run.present) continue;
          const auto& predicted = run.output.heads[h].predicted;
          counts.start(results.n_classes());
          for (std::size_t i = 0; i < truth.size(); ++i)
            if (const std::int32_t w = weight.empty() ? 1 : weight[i]; w != 0) counts.add(truth[i], predicted[i], w);
          for (const study_metric metric : study_metrics) cube.value[cube.at(metric, h, p, z, s)] = counts.value(metric);
        }
  return cube;
}

}  // namespace tepui::study
