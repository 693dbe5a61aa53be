#pragma once
/// Writes a study's scores and costs as two tables that any spreadsheet opens.

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/study/results.hpp>
#include <tepui/study/run_key.hpp>
#include <tepui/study/text_file.hpp>

namespace tepui::study {

/// A field of a comma-separated table: in quotes where it holds a comma, a quote or a line end. source  RFC 4180
[[nodiscard]] inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

/// Shortest text that reads back to the same number; empty where there is none.
[[nodiscard]] inline std::string csv_number(double value) { return std::isnan(value) ? std::string() : shortest(value); }

/// Scores only, so that the same results give the same bytes. One row a run, head, metric and (for f1) class; fraction 0 is the
/// untrained twin; floor_majority and ceiling are the scores of the majority class and of the best possible classifier (empty:
/// not known).
[[nodiscard]] inline std::string results_csv(const study_results& results) {
  std::string out =
      "tokenizer,encoder,sampler,fraction,training_cells,dims,seed,head,metric,class,value,test_cells,floor_majority,ceiling\n";
  const auto majority = [&] {
    class_tally counts(results.n_classes());
    for (const auto truth : results.answers.truth) counts.add(truth, results.answers.majority_class);
    return counts;
  }();
  const bool known = !results.answers.best_possible.empty();
  const class_tally best = known ? tally(results.answers.truth, results.answers.best_possible, results.n_classes())
                                 : class_tally(results.n_classes());
  for (std::size_t p = 0; p < results.pipelines.size(); ++p)
    for (std::size_t z = 0; z < results.sizes.size(); ++z)
      for (std::size_t s = 0; s < results.seeds.size(); ++s) {
        const run_record& run = results.run(p, z, s);
        if (!run.present) continue;
        const std::string who = csv_field(results.pipelines[p].tokenizer) + "," + csv_field(results.pipelines[p].encoder) +
                                "," + csv_field(results.pipelines[p].sampler) + "," + shortest(results.sizes[z]) + "," +
                                std::to_string(run.output.training_cells) + "," + std::to_string(run.output.dims) + "," +
                                std::to_string(results.seeds[s]) + ",";
        for (const head_output& head : run.output.heads) {
          const class_tally counts = tally(results.answers.truth, head.predicted, results.n_classes());
          const auto row = [&](std::string_view metric, std::string_view of, double value, double low, double high) {
            out.append(who)
                .append(csv_field(head.head))
                .append(",")
                .append(metric)
                .append(",")
                .append(csv_field(of))
                .append(",")
                .append(csv_number(value))
                .append(",")
                .append(std::to_string(results.n_cells()))
                .append(",")
                .append(csv_number(low))
                .append(",")
                .append(known ? csv_number(high) : "")
                .append("\n");
          };
          for (const study_metric m : study_metrics) row(metric_name(m), "", counts.value(m), majority.value(m), best.value(m));
          for (std::size_t c = 0; c < results.answers.class_names.size(); ++c)
            row("f1", results.answers.class_names[c], counts.f1(c), majority.f1(c), best.f1(c));
        }
      }
  return out;
}

/// What each model is and saw, and times and memory, which no two executions share. One row a run; peak memory is that of the
/// process until then. What is not known is empty: all of a model in runs of an older store, operations that were not counted.
[[nodiscard]] inline std::string costs_csv(const study_results& results) {
  std::string out =
      "tokenizer,encoder,sampler,fraction,training_cells,seed,parameters,operations_per_cell,steps,cells_seen,"
      "fit_seconds,embed_seconds,score_seconds,peak_memory_bytes\n";
  for (std::size_t p = 0; p < results.pipelines.size(); ++p)
    for (std::size_t z = 0; z < results.sizes.size(); ++z)
      for (std::size_t s = 0; s < results.seeds.size(); ++s) {
        const run_record& run = results.run(p, z, s);
        if (!run.present) continue;
        const std::optional<model_facts>& model = run.output.model;
        const auto fact = [&](auto value) { return model ? std::to_string(value(*model)) : std::string(); };
        out += csv_field(results.pipelines[p].tokenizer) + "," + csv_field(results.pipelines[p].encoder) + "," +
               csv_field(results.pipelines[p].sampler) + "," + shortest(results.sizes[z]) + "," +
               std::to_string(run.output.training_cells) + "," + std::to_string(results.seeds[s]) + "," +
               fact([](const model_facts& m) { return m.parameters; }) + "," +
               (model && model->operations_per_cell > 0 ? shortest(model->operations_per_cell) : "") + "," +
               fact([](const model_facts& m) { return m.steps; }) + "," +
               fact([](const model_facts& m) { return m.cells_seen; }) + "," + shortest(run.output.fit_seconds) + "," +
               shortest(run.output.embed_seconds) + "," + shortest(run.output.score_seconds) + "," +
               std::to_string(run.output.peak_memory_bytes) + "\n";
      }
  return out;
}

/// errors  std::runtime_error where a file cannot be written
inline void write_results_csv(const study_results& results, const std::string& path) {
  write_text_file(path, results_csv(results));
}
inline void write_costs_csv(const study_results& results, const std::string& path) {
  write_text_file(path, costs_csv(results));
}

}  // namespace tepui::study
