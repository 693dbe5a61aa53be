#pragma once
/// What each pipeline of a study is and costs at the largest size: parameters, operations, steps, time, memory.

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/study/summary.hpp>

namespace tepui::study {

/// One pipeline at the largest size: medians over the seeds of which it is known; NaN where it is known of none.
struct cost_row {
  std::size_t pipeline = 0;
  double parameters = 0, operations_per_cell = 0, steps = 0,
         cells_seen = 0;  ///< operations: NaN too where they were not counted
  double fit_seconds = 0, embed_seconds = 0, score_seconds = 0;
  double memory_bytes = 0;  ///< the process's highest so far
};

/// In the order of the pipelines; those without a run are left out.
[[nodiscard]] inline std::vector<cost_row> costs_of(const study_summary& s) {
  const study_results& r = s.results;
  std::vector<cost_row> out;
  for (std::size_t p = 0; p < r.pipelines.size(); ++p) {
    std::vector<const run_output*> runs;
    for (std::size_t k = 0; k < r.seeds.size(); ++k)
      if (const run_record& run = r.run(p, s.largest(), k); run.present) runs.push_back(&run.output);
    if (runs.empty()) continue;
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const auto median = [&](const auto& value) {
      std::vector<double> all;
      for (const run_output* run : runs)
        if (const auto v = static_cast<double>(value(*run)); !std::isnan(v)) all.push_back(v);
      return all.empty() ? unknown : quantile(all, 0.5);
    };
    const auto of_model = [&](const auto& value) {
      return median([&](const run_output& o) { return o.model ? static_cast<double>(value(*o.model)) : unknown; });
    };
    out.push_back({p, of_model([](const auto& m) { return m.parameters; }),
                   of_model([](const auto& m) { return m.operations_per_cell > 0 ? m.operations_per_cell : unknown; }),
                   of_model([](const auto& m) { return m.steps; }), of_model([](const auto& m) { return m.cells_seen; }),
                   median([](const auto& o) { return o.fit_seconds; }), median([](const auto& o) { return o.embed_seconds; }),
                   median([](const auto& o) { return o.score_seconds; }),
                   median([](const auto& o) { return o.peak_memory_bytes; })});
  }
  return out;
}

/// The same as rows of text, the heading first; a dash for what is not known, and for the steps of what is fitted in passes.
[[nodiscard]] inline std::vector<std::vector<std::string>> cost_texts(const study_summary& s) {
  std::vector<std::vector<std::string>> rows{
      {"pipeline", "parameters", "operations a cell", "steps", "cells seen", "fit, s", "embed, s", "score, s", "memory, MB"}};
  const auto whole = [](double n) { return std::isnan(n) ? std::string("–") : thousands_text(static_cast<std::int64_t>(n)); };
  for (const cost_row& c : costs_of(s))
    rows.push_back({s.results.pipelines[c.pipeline].label(), whole(c.parameters), whole(c.operations_per_cell),
                    c.steps > 0 ? whole(c.steps) : "–", whole(c.cells_seen), fixed_text(c.fit_seconds, 2),
                    fixed_text(c.embed_seconds, 2), fixed_text(c.score_seconds, 2), fixed_text(c.memory_bytes / 1e6, 0)});
  return rows;
}

}  // namespace tepui::study
