#pragma once
/// What a probe says of cells: their types, and how likely it holds each type to be.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/probe/task.hpp>

namespace tepui::metric {

/// shapes  predicted [test cells]; probability [test cells, classes], row after row, each row summing to 1, or empty: the
///         probe has none
struct probe_answer {
  std::vector<std::int32_t> predicted;
  std::vector<double> probability;
};

/// A probe that gives all of its answer at once.
template <class Probe>
concept answering_probe = requires(const Probe& probe, const probe_task& task) {
  { probe.answer(task) } -> std::same_as<probe_answer>;
};
/// A probe whose probabilities are the shares of neighbours' votes.
template <class Probe>
concept voting_probe = requires(const Probe& probe, const probe_task& task) {
  { probe.neighbours(task) } -> std::same_as<std::vector<std::vector<std::int64_t>>>;
};

/// Votes of neighbours as shares; the most votes win.
/// in     neighbour [test cells][neighbours], rows of training cells; label [training cells]
/// ties   equal votes: smallest class                            source scikit-learn KNeighborsClassifier.predict_proba
[[nodiscard]] inline probe_answer answer_of_votes(const std::vector<std::vector<std::int64_t>>& neighbour,
                                                  const probe_task& task) {
  probe_answer out;
  std::vector<std::int64_t> vote(usize(task.n_classes));
  for (const auto& of_cell : neighbour) {
    std::fill(vote.begin(), vote.end(), 0);
    for (const std::int64_t row : of_cell) ++vote[usize(task.label[usize(row)])];
    out.predicted.push_back(static_cast<std::int32_t>(std::max_element(vote.begin(), vote.end()) - vote.begin()));
    for (const std::int64_t v : vote)
      out.probability.push_back(static_cast<double>(v) / static_cast<double>(of_cell.size()));
  }
  return out;
}

/// Lets any probe answer: with probabilities where it has them, else its predictions alone.
/// in     a probe: a function of a probe_task that returns the predicted classes; errors as the probe
template <class Probe>
[[nodiscard]] probe_answer ask(const Probe& probe, const probe_task& task) {
  if constexpr (answering_probe<Probe>)
    return probe.answer(task);
  else if constexpr (voting_probe<Probe>)
    return answer_of_votes(probe.neighbours(task), task);
  else
    return {probe(task), {}};
}

/// The most likely class of each cell, among some.
/// in     probability [cells, n_classes]; classes that may be answered, ascending        ties   the first of them
[[nodiscard]] inline std::vector<std::int32_t> most_likely(std::span<const double> probability, std::int32_t n_classes,
                                                           std::span<const std::int32_t> among) {
  std::vector<std::int32_t> out;
  for (std::size_t at = 0; at < probability.size(); at += usize(n_classes)) {
    std::int32_t best = among[0];
    for (const std::int32_t c : among)
      if (probability[at + usize(c)] > probability[at + usize(best)]) best = c;
    out.push_back(best);
  }
  return out;
}

}  // namespace tepui::metric
