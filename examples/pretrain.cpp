/// pretrain [FILE.h5ad] --steps N --out MODEL: a transformer of 2 layers and 128 dims learns which genes were hidden, from a file that is
/// read block by block, or from simulated cells. A run that was stopped goes on from its checkpoint.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <tepui/io/arrays.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/tepui.hpp>
#include <tepui/train/checkpoint_file.hpp>
#include <thread>

namespace tp = tepui;
namespace {

std::stop_source interrupted;
volatile std::sig_atomic_t signals = 0;

struct request {
  std::string file, out = "pretrained.h5";
  std::int64_t cells = 100000;
  tp::train::training_options training;
};

template <class Source>
void run(const Source& corpus, request& o) {
  constexpr int dims = 128, slots = 512;
  const auto model = tp::compose(tp::transform::normalise{}, tp::transform::gene_medians{}, tp::tokenize::rank<slots>{},
                                 tp::embed::token_vectors<tp::embed::learned<dims>, tp::embed::no_value, tp::embed::sum, tp::embed::learned_position<slots, 0.02>>{{.spread = 0.02}},
                                 tp::encode::transformer<{.layers = 2, .dims = dims, .heads = 4}>{});
  const std::string checkpoint = o.out + ".safetensors";
  tp::named_tensors kept;
  if (std::filesystem::exists(checkpoint)) {
    kept = tp::train::read_checkpoint(checkpoint);
    o.training.resume = &kept;
    std::fprintf(stderr, "pretrain: going on from %s\n", checkpoint.c_str());
  }
  o.training.on_checkpoint = tp::train::keep_in_file(checkpoint);
  o.training.stop = interrupted.get_token();
  o.training.on_step = [](const tp::train::progress& at) {
    if (signals != 0) interrupted.request_stop();
    if (at.step % 10 == 0)
      std::fprintf(stderr, "step %lld of %lld  epoch %lld  loss %.4f  rate %.2e  %.0f tokens/s  %.0f s left\n", static_cast<long long>(at.step),
                   static_cast<long long>(at.steps), static_cast<long long>(at.epoch), at.loss, at.rate, at.tokens_per_second, at.seconds_left);
  };
  o.training.on_validation = [](const tp::train::validation& v) {
    std::printf("step %lld  %lld tokens  held-out loss %.4f  floor %.4f (genes as often as in training)\n", static_cast<long long>(v.step),
                static_cast<long long>(v.tokens), v.loss, v.floor);
    std::fflush(stdout);
  };
  const auto fitted = tp::train::pretrain(model, tp::objective::masked_genes<>{}, corpus, o.training);
  if (signals != 0) {
    std::fprintf(stderr, "pretrain: stopped at step %lld; the same command goes on from there\n", static_cast<long long>(fitted.report.steps));
    return;
  }
  tp::io::save_arrays(o.out, fitted.arrays());
  std::printf("%s\n%lld weights, %lld tokens, %.0f s -> %s\n", fitted.describe().c_str(), static_cast<long long>(fitted.report.weights),
              static_cast<long long>(fitted.report.tokens), fitted.report.seconds, o.out.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  request o;
  o.training = {.steps = 2000, .batch_cells = 32, .rate = {.highest = 1e-3, .warm_up = 100}, .validate_every = 200, .checkpoint_every = 100};
  o.training.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App app{"A small transformer learns which genes were hidden.\nExit: 0 done or stopped, 3 bad input."};
  app.add_option("file", o.file, "counts (.h5ad), read block by block; without it cells are simulated")->check(CLI::ExistingFile);
  app.add_option("--cells", o.cells, "simulated cells")->capture_default_str();
  app.add_option("--steps", o.training.steps, "steps of training")->capture_default_str();
  app.add_option("--batch", o.training.batch_cells, "cells a step")->capture_default_str();
  app.add_option("--rate", o.training.rate.highest, "the highest learning rate")->capture_default_str();
  app.add_option("--seed", o.training.seed, "decides every random number")->capture_default_str();
  app.add_option("--threads", o.training.threads, "change nothing but time")->capture_default_str();
  app.add_option("--out", o.out, "where the fitted pipeline goes (.h5); the checkpoint lies beside it")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGINT, [](int) { signals = 1; });
  if (o.file.empty()) {
    run(tp::simulate::corpus({.seed = o.training.seed + 1, .cells = o.cells}), o);
  } else {
    run(tp::io::open_raw_counts(o.file), o);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "pretrain: %s\n", error.what());
  return 3;
}
