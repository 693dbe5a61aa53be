// The main job: every tokenizer with every encoder, on growing shares of a corpus, with several seeds; then the report.
// Without a file the corpus is simulated, and the best score that anything could reach is known.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <tepui/study/progress_text.hpp>
#include <tepui/study/report_html.hpp>
#include <tepui/study/results_csv.hpp>
#include <tepui/study/run.hpp>
#include <tepui/study/sentences.hpp>
#include <tepui/study/store.hpp>
#include <tepui/study/terminal_table.hpp>
#include <thread>

#include "grid.hpp"
#include "subject.hpp"

namespace tp = tepui;
namespace st = tepui::study;

namespace {

struct options {
  ablation::request what;
  std::string out;
  int seeds = 3;
  std::int64_t pretrain = 0;
  std::vector<double> fractions;
  std::vector<std::string> samplers{"uniform"};
  bool families = false, json = false;
};

std::stop_source interrupted;
volatile std::sig_atomic_t signals = 0;
void on_signal(int) {
  if (signals != 0) _exit(130);  // a second time: at once; the store keeps whole runs only
  signals = 1;
}

/// A bar where somebody watches, a line every ten seconds where nobody does.
void show(const st::progress& at) {
  if (signals != 0) interrupted.request_stop();
  static const bool watched = isatty(STDERR_FILENO) != 0;
  static auto last = std::chrono::steady_clock::now() - std::chrono::minutes(1);
  const auto now = std::chrono::steady_clock::now();
  if (watched) {
    std::fprintf(stderr, "\r\033[K%s%s", st::progress_bar(at).c_str(), at.done == at.total ? "\n" : "");
  } else if (at.done == at.total || now - last > std::chrono::seconds(10)) {
    std::fprintf(stderr, "%s\n", st::progress_text(at).c_str());
    last = now;
  }
}

nlohmann::json as_json(const tp::measured& m) { return m.known() ? nlohmann::json(m.value) : nlohmann::json(nullptr); }

nlohmann::json as_json(const st::study_summary& s, const std::string& out) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& r : s.rows)
    rows.push_back({{"tokenizer", s.results.pipelines[r.pipeline].tokenizer},
                    {"encoder", s.results.pipelines[r.pipeline].encoder},
                    {"sampler", s.results.pipelines[r.pipeline].sampler},
                    {"head", s.results.heads[r.head]},
                    {"metric", st::metric_name(r.metric)},
                    {"value", as_json(r.full.mean)},
                    {"low", as_json(r.full.range.low)},
                    {"high", as_json(r.full.range.high)},
                    {"untrained", as_json(r.untrained.mean)},
                    {"gain", as_json(r.gain.mean)},
                    {"gain_low", as_json(r.gain.range.low)},
                    {"gain_high", as_json(r.gain.range.high)},
                    {"floor", as_json(s.results.floor(r.metric))},
                    {"ceiling", as_json(s.results.ceiling(r.metric))},
                    {"n", s.results.n_cells()},
                    {"saturation",
                     {{"published", as_json(r.point.published)},
                      {"of_means", as_json(r.point.of_means)},
                      {"low", as_json(r.point.of_means_range.low)},
                      {"high", as_json(r.point.of_means_range.high)},
                      {"of_gain", as_json(r.point.of_gain)},
                      {"refused", r.point.refused}}}});
  nlohmann::json models = nlohmann::json::array();
  const auto known = [](double v) { return std::isnan(v) ? nlohmann::json(nullptr) : nlohmann::json(v); };
  for (const auto& c : st::costs_of(s))
    models.push_back({{"tokenizer", s.results.pipelines[c.pipeline].tokenizer},
                      {"encoder", s.results.pipelines[c.pipeline].encoder},
                      {"sampler", s.results.pipelines[c.pipeline].sampler},
                      {"parameters", known(c.parameters)},
                      {"operations_per_cell", known(c.operations_per_cell)},
                      {"steps", known(c.steps)},
                      {"cells_seen", known(c.cells_seen)},
                      {"fit_seconds", c.fit_seconds},
                      {"embed_seconds", c.embed_seconds},
                      {"score_seconds", c.score_seconds},
                      {"process_memory_bytes", c.memory_bytes}});
  return {{"report", out + "/report.html"},
          {"results", out + "/results.csv"},
          {"costs", out + "/costs.csv"},
          {"scores", rows},
          {"models", models}};
}

int run(const options& o, const std::string& command) {
  ablation::subject s = ablation::make_subject(o.what);
  const auto heads = o.families ? ablation::make_family_heads() : ablation::make_heads();
  std::vector<tp::sample::any_sampler> samplers;
  for (const std::string& name : o.samplers) {
    samplers.push_back(tp::sample::sampler_named(name));
    if (samplers.back().reads.columns)
      throw tp::bad_option("the sampler '" + name +
                           "' balances several columns of obs, which an ablation does not give it; choose another");
  }
  if (std::any_of(samplers.begin(), samplers.end(), [](const auto& how) { return how.reads.embedding; }))
    ablation::embed_corpus(s, o.what);
  std::vector<st::experiment> all;
  if (o.families) {
    all = ablation::make_families(o.pretrain > 0 ? o.pretrain : 600, s.study, s.cells, heads, samplers);
  } else {
    for (const tp::sample::any_sampler& sampler : samplers) {
      for (auto& one : ablation::make_grid(s.programs, s.cells, heads, sampler)) all.push_back(std::move(one));
      if (o.pretrain > 0)
        for (auto& one : ablation::make_transformers(o.pretrain, s.cells, heads, sampler)) all.push_back(std::move(one));
    }
  }
  st::ladder ladder;
  // About even steps on a log scale, from 1 % of a large corpus, or 4 % of a small one, so that the first still has some cells.
  ladder.fractions = !o.fractions.empty()             ? o.fractions
                     : s.cells->corpus.size() >= 6400 ? std::vector{0.01, 0.04, 0.16, 0.4, 1.0}
                                                      : std::vector{0.04, 0.1, 0.25, 0.5, 1.0};
  const double least = *std::min_element(ladder.fractions.begin(), ladder.fractions.end());
  if (least * static_cast<double>(s.cells->corpus.size()) < 2)
    throw tp::bad_data("the smallest share, " + st::fraction_text(least) + " of " + std::to_string(s.cells->corpus.size()) +
                       " cells to learn from, is less than 2 cells; give more cells, or larger --fractions");
  ladder.seeds = o.seeds;
  ladder.base_seed = o.what.seed;
  st::study_identity identity{.corpus = s.identity, .heads = {}};
  for (const auto& head : *heads) identity.heads += head.name + ": " + head.settings + "; ";

  std::filesystem::create_directories(o.out);
  st::store store(o.out + "/runs.db");
  const auto started = std::chrono::steady_clock::now();
  std::fprintf(stderr, "%s: %zu cells to learn from, %zu for the heads, %zu for testing\n", s.description.c_str(),
               s.cells->corpus.size(), s.cells->probe.size(), s.cells->test.size());
  const auto outcome = st::run_study(all, ladder, identity, store,
                                     {.threads = o.what.threads, .stop = interrupted.get_token(), .on_progress = show});
  if (outcome.interrupted) {
    std::fprintf(stderr, "ablation: interrupted with %lld of %lld runs done; the same command goes on from there\n",
                 static_cast<long long>(outcome.reused + outcome.executed), static_cast<long long>(outcome.total));
    return 130;
  }
  for (const auto& failed : outcome.failed)
    std::fprintf(stderr, "ablation: the run '%s' failed: %s\n", failed.label.c_str(), failed.reason.c_str());

  const auto results = st::collect(all, ladder, identity, store, s.answers);
  st::write_results_csv(results, o.out + "/results.csv");
  st::write_costs_csv(results, o.out + "/costs.csv");
  const auto summary = st::summarise(results, {.threads = o.what.threads});
  st::study_words words{.title = o.families ? "Model families and corpus size" : "Tokenizers, encoders and corpus size",
                        .corpus = s.description,
                        .settings = {{"cells to learn from", std::to_string(s.cells->corpus.size())},
                                     {"labelled cells for the heads", std::to_string(s.cells->probe.size())},
                                     {"test cells", std::to_string(s.cells->test.size())},
                                     {o.families ? "studies" : "gene programs",
                                      o.families           ? s.studies
                                      : s.programs.empty() ? "learned from the training cells"
                                                           : std::to_string(s.programs.size()) + " given"},
                                     {"heads", identity.heads},
                                     {"seed", std::to_string(o.what.seed)}},
                        .repeat = command};
  for (const auto& e : all)
    words.settings.emplace_back(st::pipeline_label(e.tokenizer, e.encoder), e.settings.substr(0, e.settings.find('\n')));
  st::write_report_html(summary, words, o.out + "/report.html");
  if (o.json) {
    std::printf("%s\n", as_json(summary, o.out).dump(2).c_str());
  } else {
    std::printf("%s\n", st::terminal_table(summary).c_str());
    for (const std::string& sentence : st::sentences_of_samplers(summary, st::study_metric::macro_f1))
      std::printf("%s\n", sentence.c_str());
    std::printf("report   %s/report.html\nscores   %s/results.csv\ncosts    %s/costs.csv\n", o.out.c_str(), o.out.c_str(),
                o.out.c_str());
  }
  std::fprintf(stderr, "%lld runs, %lld of them done before, in %s\n", static_cast<long long>(outcome.total),
               static_cast<long long>(outcome.reused),
               st::duration_text(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()).c_str());
  return outcome.failed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  o.what.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App app{
      "Every tokenizer with every encoder on growing shares of a corpus: scores, saturation and a report.\n"
      "Without --data the corpus is simulated. A study that was stopped goes on when it is started again.\n\n"
      "  ablation\n  ablation --data atlas.h5ad --label cell_type --batch donor --out atlas-report"};
  app.set_version_flag("--version", tp::version_text);
  app.add_option("--data", o.what.data, "counts: .h5ad, 10x .h5, .mtx or its folder")->check(CLI::ExistingPath);
  app.add_option("--label", o.what.label, "column with the labels to predict")->capture_default_str();
  app.add_option("--batch", o.what.batch,
                 "hold out one level of this column (batch, donor); without it, cells are held out at random. To SCimilarity "
                 "its other levels are studies");
  app.add_option("--programs", o.what.programs,
                 "gene sets for the program tokenizer (.gmt); without it they are learned from the training cells")
      ->check(CLI::ExistingFile);
  app.add_option("--cells", o.what.cells, "cells to simulate where there is no --data")
      ->check(CLI::Range(std::int64_t{1000}, std::int64_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--seeds", o.seeds, "runs per size")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--fractions", o.fractions, "shares of the corpus to learn from, such as 0.1,1")
      ->delimiter(',')
      ->check(CLI::Range(1e-9, 1.0));
  app.add_option("--samplers", o.samplers,
                 "how a share of the corpus is chosen, one or several of: " + tp::sample::sampler_names())
      ->delimiter(',')
      ->capture_default_str();
  app.add_flag("--families", o.families,
               "instead of the grid: variable genes, PCA, scVI, a masked autoencoder, SCimilarity, transformers and others "
               "that they compete with; each learns for --pretrain steps (600 where none are given)");
  app.add_option("--pretrain", o.pretrain,
                 "steps to learn for: adds two transformers (32 cells a step) to the grid, or decides how long each of the "
                 "--families learns")
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  app.add_option("--seed", o.what.seed, "decides every random number")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{9'000'000'000'000'000}))
      ->capture_default_str();
  app.add_option("--threads", o.what.threads, "runs at a time; changes no result")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option(
      "--out", o.out,
      "folder for the report and the finished runs (default: tepui-runs/NAME of the corpus, with --families NAME-families)");
  app.add_flag("--json", o.json, "print the summary as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (o.out.empty())
    o.out = "tepui-runs/" +
            (o.what.data.empty() ? std::string("simulated") : std::filesystem::path(o.what.data).stem().string()) +
            (o.families ? "-families" : "");
  std::string command = "ablation";
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];

  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  try {
    return run(o, command);
  } catch (const tp::bad_option& error) {
    std::fprintf(stderr, "ablation: %s\n", error.what());
    return 2;
  } catch (const tp::bad_data& error) {
    std::fprintf(stderr, "ablation: %s\n", error.what());
    return 3;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ablation: %s\n", error.what());
    return 1;
  }
}
