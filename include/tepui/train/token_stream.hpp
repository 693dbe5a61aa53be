#pragma once
/// The tokens (or counts) of a corpus in a random order, again and again, without holding the corpus.

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/compose/flow_through.hpp>
#include <tepui/corpus/cell_order.hpp>
#include <tepui/corpus/permuted.hpp>
#include <tepui/corpus/read_window.hpp>
#include <tepui/flow/cell_source.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::train {

/// Appends one cell of a view of tokens to a batch, with its channels and its id.
template <class... C>
void append_cell(const auto& from, std::int64_t cell, token_batch<channels<C...>>& to) {
  const auto behind = [](auto& out, const auto& in) { out.insert(out.end(), in.begin(), in.end()); };
  behind(to.id, from.ids_of(cell));
  (behind(to.template get<C>(), from.template of<C>(cell)), ...);
  to.end_cell();
  to.cell_id.push_back(from.cells.id[usize(cell)]);
}

/// Where a stream stands; with the seed this decides everything that it gives from here on.
struct stream_place {
  std::int64_t epoch = 0;   ///< times that all cells were given
  std::int64_t window = 0;  ///< of this epoch
  std::int64_t cell = 0;    ///< cells already given of this window
};

/// How a stream mixes cells.
struct stream_settings {
  std::uint64_t seed = 0;
  std::int64_t block = 64;          ///< cells that are read together
  std::int64_t window = 16384;      ///< cells whose tokens are held and mixed; a corpus no larger is mixed without any limit
  double validation_share = 0.05;   ///< of the cells, chosen by their ids, that never come
  std::int64_t validation_cells = 1024;  ///< at most so many of them are kept for validation
};

/// Order: that of corpus::cell_order. Blocks of cells that lie side by side come in a random order; the cells of some blocks
/// (a window) are tokenised, held, and given in a random order. Every cell that is not for validation comes once an epoch.
/// holds   a copy of the stages in front; borrows source and embedder
/// repeat  decided by (seed, place) alone            cost   the tokens of a window in memory; every cell is tokenised once an epoch
/// types   Channels: what stays beside the tokens
template <class Channels, cell_source Source, class Embedder, class... Front>
class token_stream {
 public:
  using batch_type = token_batch<Channels>;

  token_stream(const Source& source, const std::tuple<Front...>& front, const Embedder& embedder, std::uint64_t pipeline_seed,
               const stream_settings& settings)
      : source_(&source), front_(front), embedder_(&embedder), pipeline_seed_(pipeline_seed), settings_(settings),
        order_(source.n_cells(), {.seed = settings.seed, .batch = 1, .block = settings.block, .window = settings.window}),
        held_out_(settings.seed, "cells for validation") {
    if (!(settings.validation_share >= 0 && settings.validation_share < 1))
      throw bad_option("a share of " + std::to_string(settings.validation_share) +
                       " of the cells cannot be held out for validation; give 0 to less than 1");
    settings_.block = order_.settings().block;  // no more than there are cells
  }

  /// Cells for validation, the same at every call: those with the lowest numbers drawn, block after block in a random order.
  [[nodiscard]] batch_type validation() {
    batch_type out;
    out.clear();
    const std::int64_t n = source_->n_cells(), n_blocks = (n - 1) / settings_.block + 1;
    const corpus::permuted blocks(n_blocks, held_out_.sub(1));
    for (std::int64_t b = 0; b < n_blocks && out.n_cells() < settings_.validation_cells && settings_.validation_share > 0; ++b) {
      const std::int64_t first = blocks(b) * settings_.block;
      read(first, std::min(settings_.block, n - first), 0, [&](const auto& view, std::int64_t cell) {
        if (for_validation(view.cells.id[usize(cell)]) && out.n_cells() < settings_.validation_cells) append_cell(view, cell, out);
      });
      out.n_vocabulary = n_vocabulary_;
    }
    return out;
  }

  /// Hands over every training cell once, window after window: visit(batch). For what an objective counts before training.
  template <class Visit>
  void each_window(Visit&& visit) {
    for (std::int64_t w = 0; w < order_.n_windows(); ++w) {
      load(0, w);
      visit(held_.view());
    }
    loaded_ = false;
  }

  /// The next n cells, over the end of an epoch if need be.            out    batch, cleared first
  /// errors bad_data: no cell is left for training, or none has tokens
  void next(std::int64_t n, stream_place& place, batch_type& batch) {
    batch.clear();
    std::int64_t empty_windows = 0;
    while (batch.n_cells() < n) {
      load(place.epoch, place.window);
      if (place.cell >= isize(order_of_held_.size())) {
        if (order_of_held_.empty() && ++empty_windows > order_.n_windows())
          throw bad_data("there is no cell with tokens to learn from among " + std::to_string(source_->n_cells()) +
                         "; look at the tokenizer, or hold out a smaller share for validation");
        place.cell = 0;
        if (++place.window >= order_.n_windows()) {
          place.window = 0;
          ++place.epoch;
        }
        continue;
      }
      append_cell(held_.view(), order_of_held_[usize(place.cell++)], batch);
    }
    batch.n_vocabulary = n_vocabulary_;
  }

 private:
  [[nodiscard]] bool for_validation(std::int64_t cell_id) const { return held_out_.uniform(cell_id) < settings_.validation_share; }

  template <class Visit>
  void read(std::int64_t first, std::int64_t n, std::int64_t epoch, Visit&& visit) {
    const auto cells = source_->read(first, n, source_room_);
    const auto tokens = send_through(front_, cells, rooms_, pipeline_seed_, static_cast<std::uint64_t>(epoch));
    selected_.clear();
    embedder_->select(tokens, selected_);
    n_vocabulary_ = selected_.n_vocabulary;
    selected_.cell_id.assign(tokens.cells.id.begin(), tokens.cells.id.end());
    const auto view = selected_.view();
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      if (view.n_tokens(c) > 0) visit(view, c);
  }

  void load(std::int64_t epoch, std::int64_t window) {
    if (loaded_ && epoch == loaded_epoch_ && window == loaded_window_) return;
    loaded_ = false;  // until all of it is there
    held_.clear();
    order_.window(epoch, window, plan_.given);
    plan_.make();
    held_row_.assign(usize(plan_.n_rows), -1);
    for (const corpus::cell_run& run : plan_.run)
      read(run.first, run.n, epoch, [&](const auto& view, std::int64_t cell) {
        if (for_validation(view.cells.id[usize(cell)])) return;
        held_row_[usize(run.row + cell)] = held_.n_cells();
        append_cell(view, cell, held_);
      });
    held_.n_vocabulary = n_vocabulary_;
    order_of_held_.clear();
    for (const std::int64_t row : plan_.row_of)
      if (held_row_[usize(row)] >= 0) order_of_held_.push_back(held_row_[usize(row)]);
    loaded_ = true;
    loaded_epoch_ = epoch;
    loaded_window_ = window;
  }

  const Source* source_;
  std::tuple<Front...> front_;
  const Embedder* embedder_;
  std::uint64_t pipeline_seed_;
  stream_settings settings_;
  corpus::cell_order order_;
  corpus::reading_plan plan_;
  kernel::draws held_out_;
  typename Source::room source_room_;
  rooms<entry_port<view_of_t<Source>>, typename view_of_t<Source>::place, Front...> rooms_;
  batch_type selected_, held_;
  std::int32_t n_vocabulary_ = 0;
  std::vector<std::int64_t> held_row_, order_of_held_;
  std::int64_t loaded_epoch_ = -1, loaded_window_ = -1;
  bool loaded_ = false;
};

template <class Channels, cell_source Source, class Embedder, class... Front>
[[nodiscard]] auto make_stream(const Source& source, const std::tuple<Front...>& front, const Embedder& embedder, std::uint64_t pipeline_seed,
                               const stream_settings& settings) {
  return token_stream<Channels, Source, Embedder, Front...>(source, front, embedder, pipeline_seed, settings);
}

}  // namespace tepui::train
