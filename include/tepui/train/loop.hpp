#pragma once
/// Step after step through a corpus: schedule, validation, early stopping, checkpoints, and going on where a run was interrupted.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <tepui/corpus/cell_order.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/tensors.hpp>
#include <tepui/train/checkpoint.hpp>
#include <tepui/train/schedule.hpp>
#include <tepui/train/token_stream.hpp>
#include <tepui/train/trainer.hpp>

namespace tepui::train {

/// How training stands, behind every step.
struct progress {
  std::int64_t step = 0, steps = 0;  ///< steps done, and of how many
  std::int64_t epoch = 0;            ///< times that the whole corpus was seen
  std::int64_t tokens = 0;           ///< seen since the beginning
  double loss = 0;                   ///< mean over the questions of this step
  double rate = 0;                   ///< learning rate of this step
  double gradient_length = 0;        ///< before clipping
  double tokens_per_second = 0;      ///< since this run of the program began to train, validation left out
  double seconds_left = 0;
};

/// The loss on cells that training never sees, which are asked the same every time.
struct validation {
  std::int64_t step = 0, tokens = 0;
  double loss = 0;
  double floor =
      0;  ///< of the best answers that look at no cell (for genes: the entropy of their shares); 0 where none is known
};

/// Settings of a training run. Everything but threads and the callbacks decides the result.
struct training_options {
  std::int64_t steps = 1000;
  std::int64_t batch_cells = 32;  ///< of all ranks together
  schedule rate{};
  optimiser update{};
  cutting cut{};
  std::uint64_t seed = 0;
  std::int64_t block = 64, window = 16384;  ///< cells that are read together, and held and mixed together
  double validation_share = 0.05;           ///< of the cells, never learned from
  std::int64_t validation_cells = 512;      ///< at most so many of them are asked
  std::int64_t validate_every = 0;          ///< steps; 0: before the first and behind the last
  std::int64_t patience =
      0;  ///< stops where the loss on held-out cells did not fall for so many validations, and keeps the best; 0: off
  int threads = 1;
  std::function<void(const progress&)> on_step{};
  std::function<void(const validation&)> on_validation{};
  std::int64_t checkpoint_every = 0;                          ///< steps; 0: never
  std::function<void(const named_tensors&)> on_checkpoint{};  ///< `keep_in_file(path)`, for example; called by rank 0 alone
  const named_tensors* resume = nullptr;                      ///< a checkpoint of a run with the same settings
  std::stop_token stop{};  ///< ends training behind the step at work, with a checkpoint where there is somebody to take it

  [[nodiscard]] std::string describe() const {
    return std::to_string(steps) + " steps of " + std::to_string(batch_cells) + " cells; " + rate.describe() + "; " +
           update.describe() + "; " + std::to_string(cut.shards) + " shards, " + std::to_string(cut.tokens) +
           " tokens together" + (cut.cells == cutting{}.cells ? "" : ", " + std::to_string(cut.cells) + " cells together") +
           "; order " + std::to_string(corpus::cell_order::version) + " in blocks of " + std::to_string(block) +
           " and windows of " + std::to_string(window) + "; validation " + shortest(validation_share) + ", at most " +
           std::to_string(validation_cells) + " cells, every " + std::to_string(validate_every) + " steps, patience " +
           std::to_string(patience) + "; seed " + std::to_string(seed);
  }
  void check() const {
    const auto refuse = [](const std::string& what) { throw bad_option(what); };
    if (steps < 0 || batch_cells < 1)
      refuse("a model cannot learn for " + std::to_string(steps) + " steps of " + std::to_string(batch_cells) +
             " cells; give 0 steps or more and at least one cell");
    if (validate_every < 0 || checkpoint_every < 0 || patience < 0 || validation_cells < 0)
      refuse(
          "validate_every, checkpoint_every, patience and validation_cells count steps, validations and cells; give 0 or more");
    if (patience > 0 && (validate_every == 0 || validation_share == 0 || validation_cells == 0))
      refuse("patience of " + std::to_string(patience) +
             " validations needs validations; give validate_every and a validation_share above 0");
    rate.check();
  }
};

/// What training did.
struct training_report {
  std::int64_t steps = 0, tokens = 0, epochs = 0;
  std::int64_t weights = 0;  ///< numbers that learn by their gradient, the head's included, where all of the model learns
  std::vector<validation> validations;  ///< the first is that of the untrained model
  std::int64_t best_step = 0;           ///< whose weights were kept
  bool stopped_early = false;
  double seconds = 0;      ///< of this run of the program
  std::int64_t cells = 0;  ///< given to the model, a cell once for each time
};

/// Trains until the steps are done, patience ends, or somebody asks to stop.
/// in     a trainer whose weights are drawn; a stream of cells; `identity`: a text of everything that decides the result
/// out    a report; the weights stay in the trainer: the best where patience was asked for, else the last
/// errors bad_data: a checkpoint of another run; a loss, a gradient or a weight that is not finite; what stream and trainer throw.
///        The checkpoint that was taken last stays the last: none is taken of weights that are not finite, or of a step behind
///        which the loss on held-out cells is not
/// repeat bit-equal for any number of threads and ranks, and however often the run was interrupted
template <class Trainer, class Stream, class Communicator>
training_report learn_by_steps(Trainer& model, const auto& net, Stream& stream, const training_options& options,
                               const std::string& identity, Communicator& ranks) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  const kernel::draws asks(options.seed, "questions"), drops(options.seed, "dropout");
  training_report report;
  report.weights = layer::n_parameters(net);
  stream_place place;
  layer::memory<float> best;
  double best_loss = std::numeric_limits<double>::infinity();
  std::int64_t worse = 0;

  const auto checkpoint = [&] {
    named_tensors kept;
    put_slices(net, "", std::span<const float>(model.w), kept);
    put_slices(net, "mean.", std::span<const float>(model.m), kept);
    put_slices(net, "square.", std::span<const float>(model.v), kept);
    if (!best.empty()) {
      put_slices(net, "best.", std::span<const float>(best), kept);
      kept.notes["tepui.best"] = "kept";
    }
    std::vector<std::int64_t> whole{model.steps, report.tokens, place.epoch, place.window, place.cell, report.best_step, worse};
    std::vector<double> real;
    for (const validation& v : report.validations) {
      whole.insert(whole.end(), {v.step, v.tokens});
      real.insert(real.end(), {v.loss, v.floor});
    }
    kept.put("run.whole", {isize(whole.size())}, whole);
    kept.put("run.real", {isize(real.size())}, real);
    kept.notes["tepui.run"] = identity;
    kept.notes["format"] = "pt";
    return kept;
  };
  const auto resume = [&](const named_tensors& kept) {
    if (const std::string& was = note_of(kept, "tepui.run"); was != identity)
      throw bad_data("the checkpoint is of another run ('" + was + "') than this one ('" + identity +
                     "'); resume with the same model, objective and settings, or start anew");
    get_slices(net, "", kept, std::span<float>(model.w));
    get_slices(net, "mean.", kept, std::span<float>(model.m));
    get_slices(net, "square.", kept, std::span<float>(model.v));
    const auto& whole = kept.get<std::int64_t>("run.whole");
    const auto& real = kept.get<double>("run.real");
    if (whole.size() < 7 || (whole.size() - 7) % 2 != 0 || whole.size() - 7 != real.size())
      throw bad_data("the checkpoint's run.whole has " + std::to_string(whole.size()) + " numbers and run.real " +
                     std::to_string(real.size()) + ", which do not fit; the file is damaged, resume from another one");
    model.steps = whole[0];
    report.tokens = whole[1];
    place = {whole[2], whole[3], whole[4]};
    report.best_step = whole[5];
    worse = whole[6];
    for (std::size_t i = 7; i < whole.size(); i += 2)
      report.validations.push_back({whole[i], whole[i + 1], real[i - 7], real[i - 6]});
    for (const validation& v : report.validations) best_loss = std::min(best_loss, v.loss);
    if (kept.notes.contains("tepui.best")) {
      best.assign(model.w.size(), 0.0F);
      get_slices(net, "best.", kept, std::span<float>(best));
    }
  };
  if (options.resume != nullptr) resume(*options.resume);
  const auto keep = [&] {
    model.check_weights();  // on all ranks, so that all of them end
    if (options.on_checkpoint && ranks.rank() == 0) options.on_checkpoint(checkpoint());
  };

  const auto held_out = stream.validation();
  double validating = 0;
  const auto validate = [&] {
    if (held_out.n_cells() == 0) return;
    const auto before = clock::now();
    const loss_sum sum = model.loss(held_out, asks.sub(0));
    if (!std::isfinite(sum.loss))
      throw bad_data("the loss on held-out cells is not a number " +
                     (model.steps == 0
                          ? std::string("before the first step; look for counts that are no numbers or far larger than others")
                          : "any more behind step " + std::to_string(model.steps) +
                                "; lower the learning rate, lengthen the warm-up, or clip the gradient"));
    report.validations.push_back({model.steps, report.tokens, sum.mean(), sum.mean_floor()});
    const validation& last = report.validations.back();
    if (options.patience > 0) {
      if (last.loss < best_loss) {
        best.resize(model.w.size());
        std::copy(model.w.begin(), model.w.end(), best.begin());
        report.best_step = model.steps;
        worse = 0;
      } else {
        ++worse;
      }
    }
    best_loss = std::min(best_loss, last.loss);
    if (options.on_validation && ranks.rank() == 0) options.on_validation(last);
    validating += std::chrono::duration<double>(clock::now() - before).count();
  };
  if (report.validations.empty()) validate();

  typename Trainer::tokens_type batch;
  const std::int64_t first_step = model.steps, first_token = report.tokens;
  std::int64_t validated = report.validations.empty() ? -1 : report.validations.back().step;
  while (model.steps < options.steps && !report.stopped_early) {
    // All ranks end where one was asked to.
    std::int64_t asked_to_stop = options.stop.stop_requested() ? 1 : 0;
    ranks.sum(std::span<std::int64_t>(&asked_to_stop, 1));
    if (asked_to_stop > 0) {
      keep();
      break;
    }
    stream.next(options.batch_cells, place, batch);
    const auto step = static_cast<std::uint64_t>(model.steps) + 1;  // 0 is for validation
    const std::int64_t done = options.rate.unit == counted_in::steps ? model.steps : report.tokens;
    const std::int64_t end = options.rate.unit == counted_in::steps ? options.steps : 0;
    const double rate = options.rate.rate(done, end);
    const std::int64_t before = model.steps;
    const step_result did = model.step(batch, rate, asks.sub(step), drops.sub(step), ranks, {before, place.epoch});
    model.steps = before + 1;  // a batch that asked nothing is a step as well
    report.tokens += did.sum.tokens;
    if (options.on_step && ranks.rank() == 0) {
      const double seconds = std::max(1e-9, std::chrono::duration<double>(clock::now() - start).count() - validating);
      const auto steps_done = static_cast<double>(model.steps - first_step);
      options.on_step({model.steps, options.steps, place.epoch, report.tokens, did.sum.mean(), rate, did.gradient_length,
                       static_cast<double>(report.tokens - first_token) / seconds,
                       seconds / steps_done * static_cast<double>(options.steps - model.steps)});
    }
    if (options.validate_every > 0 && model.steps % options.validate_every == 0) {
      validate();
      validated = model.steps;
      report.stopped_early = options.patience > 0 && worse >= options.patience;
    }
    if (options.checkpoint_every > 0 && model.steps % options.checkpoint_every == 0) keep();
  }
  if (validated != model.steps) validate();
  model.check_weights();
  if (!best.empty() && options.patience > 0) std::copy(best.begin(), best.end(), model.w.begin());
  if (options.patience == 0) report.best_step = model.steps;
  report.steps = model.steps;
  report.epochs = place.epoch;
  report.cells = report.steps * options.batch_cells;
  report.seconds = std::chrono::duration<double>(clock::now() - start).count();
  return report;
}

}  // namespace tepui::train
