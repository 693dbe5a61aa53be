#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <tepui/study/results_csv.hpp>
#include <tepui/study/run.hpp>

#include "study/toy_study.hpp"

namespace test_study_run {
namespace {
using namespace tepui::study;

TEST_CASE("every pipeline runs at every size with every seed, once") {
  memory_store store;
  std::atomic<int> calls{0};
  auto experiments = toy_study::experiments();
  for (auto& e : experiments) e.run = [run = e.run, &calls](const run_request& r) { return ++calls, run(r); };
  const run_outcome first = run_study(experiments, toy_study::steps(), toy_study::identity(), store);
  CHECK(first.total == 12);
  CHECK(first.executed == 12);
  CHECK(first.complete());
  const run_outcome second = run_study(experiments, toy_study::steps(), toy_study::identity(), store);
  CHECK(second.reused == 12);
  CHECK(second.executed == 0);
  CHECK(calls == 12);
}

TEST_CASE("a longer ladder runs only its new steps") {
  memory_store store;
  run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store);
  ladder longer = toy_study::steps();
  longer.fractions.push_back(0.1);
  const run_outcome more = run_study(toy_study::experiments(), longer, toy_study::identity(), store);
  CHECK(more.executed == 4);
  CHECK(more.reused == 12);
}

TEST_CASE("results do not depend on threads") {
  const auto csv = [](int threads) {
    memory_store store;
    run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store,
              {.threads = threads, .stop = {}, .on_progress = {}});
    return results_csv(collect(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, toy_study::key()));
  };
  const std::string one = csv(1);
  CHECK(csv(2) == one);
  CHECK(csv(7) == one);
}

TEST_CASE("a failing run is named and does not take the others with it") {
  auto experiments = toy_study::experiments();
  experiments[0].run = [run = experiments[0].run](const run_request& r) {
    if (r.fraction == 0.5) throw std::runtime_error("the matrix is singular");
    return run(r);
  };
  for (const int threads : {1, 3}) {
    memory_store store;
    const run_outcome outcome = run_study(experiments, toy_study::steps(), toy_study::identity(), store,
                                          {.threads = threads, .stop = {}, .on_progress = {}});
    CHECK(outcome.executed == 10);
    CHECK_FALSE(outcome.complete());
    CHECK_FALSE(outcome.interrupted);
    REQUIRE(outcome.failed.size() == 2);
    CHECK(outcome.failed[0].label == "rank + mean, 50 %, seed 1000");
    CHECK(outcome.failed[0].reason == "the matrix is singular");
    CHECK(outcome.failed[1].label == "rank + mean, 50 %, seed 1001");
  }
}

TEST_CASE("a study that is told to stop keeps what it has and goes on later") {
  memory_store store;
  std::stop_source stop;
  run_options options;
  options.stop = stop.get_token();
  options.on_progress = [&](const progress& p) {
    if (p.done == 5) stop.request_stop();
  };
  const run_outcome part = run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, options);
  CHECK(part.interrupted);
  CHECK(part.executed == 5);
  const run_outcome rest = run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store);
  CHECK(rest.reused == 5);
  CHECK(rest.executed == 7);
  CHECK_FALSE(rest.interrupted);
}

TEST_CASE("a stop that comes after the last run interrupts nothing") {
  memory_store store;
  std::stop_source stop;
  run_options options;
  options.stop = stop.get_token();
  options.on_progress = [&](const progress& p) {
    if (p.done == p.total) stop.request_stop();
  };
  CHECK_FALSE(run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, options).interrupted);
}

TEST_CASE("progress counts every run once") {
  memory_store store;
  std::vector<std::int64_t> seen;
  run_options options;
  options.threads = 4;
  options.on_progress = [&](const progress& p) {
    seen.push_back(p.done);
    CHECK(p.total == 12);
    CHECK(p.label.empty() == (p.done == 0));
  };
  run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store, options);
  REQUIRE(seen.size() == 13);
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == static_cast<std::int64_t>(i));
}

TEST_CASE("an exception of the store stops the study and is thrown again") {
  struct full_store {
    memory_store inner;
    int puts = 0;
    bool contains(const run_key& key) { return inner.contains(key); }
    std::optional<run_output> find(const run_key& key) { return inner.find(key); }
    bool put(const run_key& key, const run_output& output) {
      if (++puts > 3) throw std::runtime_error("the disk is full");
      return inner.put(key, output);
    }
  } store;
  CHECK_THROWS_WITH((void)run_study(toy_study::experiments(), toy_study::steps(), toy_study::identity(), store,
                                    {.threads = 2, .stop = {}, .on_progress = {}}),
                    "the disk is full");
}

TEST_CASE("a study that cannot be told apart or run is refused") {
  memory_store store;
  auto experiments = toy_study::experiments();
  CHECK_THROWS_AS((void)run_study(experiments, toy_study::steps(), toy_study::identity(), store,
                                  {.threads = 0, .stop = {}, .on_progress = {}}),
                  tepui::bad_option);
  CHECK_THROWS_AS((void)run_study({}, toy_study::steps(), toy_study::identity(), store), tepui::bad_option);
  experiments.push_back(experiments.front());
  CHECK_THROWS_AS((void)run_study(experiments, toy_study::steps(), toy_study::identity(), store), tepui::bad_option);
  experiments.back() = {"x", "y", "z", nullptr};
  CHECK_THROWS_AS((void)run_study(experiments, toy_study::steps(), toy_study::identity(), store), tepui::bad_option);
}

}  // namespace
}  // namespace test_study_run
