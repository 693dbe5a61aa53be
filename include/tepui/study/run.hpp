#pragma once
/// Runs what a study still lacks: every pipeline at every size with every seed, on several threads, and keeps each result as it
/// comes.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <new>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/study/experiment.hpp>
#include <tepui/study/ladder.hpp>
#include <tepui/study/run_key.hpp>
#include <tepui/study/run_store.hpp>

namespace tepui::study {

/// How far a study is. Sent after every finished run, and once before the first.
struct progress {
  std::int64_t done = 0;  ///< finished runs, with those found in the store
  std::int64_t total = 0;
  std::int64_t reused = 0;  ///< of them found in the store
  double seconds = 0;       ///< since the start
  std::string label;        ///< the run that has just finished: "rank + PCA, 10 %, seed 1001"; empty at the start
};

struct run_options {
  int threads = 1;                                   ///< runs at a time; the results do not depend on it
  std::stop_token stop;                              ///< asked between runs; runs under way are finished and kept
  std::function<void(const progress&)> on_progress;  ///< never called by two threads at once
};

/// A run that ended with an exception.
struct failed_run {
  std::string label;   ///< "rank + PCA, 10 %, seed 1001"
  std::string reason;  ///< the exception's own sentence
};

struct run_outcome {
  std::int64_t total = 0;
  std::int64_t reused = 0;         ///< found in the store
  std::int64_t executed = 0;       ///< run now and stored
  bool interrupted = false;        ///< the stop token was set before all was done; start again to go on
  std::vector<failed_run> failed;  ///< in the order of the plan
  [[nodiscard]] bool complete() const { return reused + executed == total; }
};

/// One run of the plan.
struct planned_run {
  std::size_t experiment = 0;
  run_key key;
};

/// in     pipelines and ladder        out    one entry a run: by experiment, then size ascending (untrained first), then seed
/// errors bad_option where two pipelines have the same tokenizer, encoder and sampler, or one has no function
[[nodiscard]] inline std::vector<planned_run> plan_of(const std::vector<experiment>& experiments, const ladder& sizes,
                                                      const study_identity& what) {
  if (experiments.empty()) throw bad_option("the study has no pipelines; give at least one experiment");
  std::vector<std::tuple<std::string, std::string, std::string>> names;
  for (const auto& e : experiments) {
    if (!e.run)
      throw bad_option("the pipeline '" + pipeline_label(e.tokenizer, e.encoder, e.sampler) +
                       "' has no function to run; set experiment.run");
    names.emplace_back(e.tokenizer, e.encoder, e.sampler);
  }
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    throw bad_option("two pipelines of the study are called '" + std::apply([](const auto&... name) { return pipeline_label(name...); }, *twice) +
                     "'; give each its own tokenizer, encoder or sampler name");
  std::vector<planned_run> plan;
  for (std::size_t e = 0; e < experiments.size(); ++e)
    for (const double fraction : sizes.steps())
      for (const std::uint64_t seed : sizes.seed_ids())
        plan.push_back({e, key_of(experiments[e], {.fraction = fraction, .seed = seed}, what)});
  return plan;
}

/// Executes the runs of the plan that the store lacks. Each run uses one thread; the store is used by one thread at a time.
/// in     experiments, ladder, identity, a store       out    how many ran; the outputs are in the store
/// errors an exception of one run does not stop the others: it is named in `failed`; one of the store or of on_progress stops
/// all and
///        is thrown again
/// cost   the runs; the largest come first, so that no thread is left with a long one at the end
/// repeat the store's outputs are the same for any number of threads, any interruption and any order
template <run_store Store>
run_outcome run_study(const std::vector<experiment>& experiments, const ladder& sizes, const study_identity& what, Store& store,
                      const run_options& options = {}) {
  if (options.threads < 1)
    throw bad_option("a study cannot run on " + std::to_string(options.threads) + " threads; give at least 1");
  const auto started = std::chrono::steady_clock::now();
  const std::vector<planned_run> plan = plan_of(experiments, sizes, what);
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (!store.contains(plan[i].key)) missing.push_back(i);
  std::sort(missing.begin(), missing.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple{-plan[a].key.request.fraction, a} < std::tuple{-plan[b].key.request.fraction, b};
  });

  run_outcome outcome;
  outcome.total = isize(plan.size());
  outcome.reused = isize(plan.size() - missing.size());
  const auto report = [&](std::string label) {
    if (!options.on_progress) return;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
    options.on_progress({.done = outcome.reused + outcome.executed,
                         .total = outcome.total,
                         .reused = outcome.reused,
                         .seconds = spent.count(),
                         .label = std::move(label)});
  };
  report({});

  std::vector<std::string> reasons(missing.size());
  std::vector<char> failed(missing.size(), 0);
  std::mutex guard;  // the store, the outcome and on_progress
  std::exception_ptr fatal;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> halt{false};
  const auto work = [&] {
    for (;;) {
      if (halt || options.stop.stop_requested()) return;
      const std::size_t at = next++;
      if (at >= missing.size()) return;
      const planned_run& run = plan[missing[at]];
      run_output output;
      try {
        output = experiments[run.experiment].run(run.key.request);
      } catch (const std::bad_alloc&) {
        failed[at] = 1;
        reasons[at] = "there is not enough memory";
      } catch (const std::exception& error) {
        failed[at] = 1;
        reasons[at] = error.what();
      } catch (...) {
        failed[at] = 1;
        reasons[at] = "it ended with an exception that says nothing";
      }
      if (failed[at]) continue;
      const std::scoped_lock lock(guard);
      if (halt) return;
      try {
        store.put(run.key, output);
        ++outcome.executed;
        report(run.key.label());
      } catch (...) {
        fatal = std::current_exception();
        halt = true;
      }
    }
  };
  {
    const std::size_t workers = std::min(usize(options.threads), std::max<std::size_t>(1, missing.size()));
    std::vector<std::jthread> pool;
    for (std::size_t w = 1; w < workers; ++w) pool.emplace_back(work);
    work();
  }
  if (fatal) std::rethrow_exception(fatal);

  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < missing.size(); ++at)
    if (failed[at]) order.push_back(at);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return missing[a] < missing[b]; });
  for (const std::size_t at : order) outcome.failed.push_back({plan[missing[at]].key.label(), reasons[at]});
  outcome.interrupted = options.stop.stop_requested() && outcome.executed + isize(order.size()) < isize(missing.size());
  return outcome;
}

}  // namespace tepui::study
