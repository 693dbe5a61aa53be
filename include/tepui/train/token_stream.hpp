#pragma once
/// The tokens of a corpus in a random order, again and again, without holding the corpus.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/compose/flow_through.hpp>
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

/// Order: an epoch is a random order of blocks of cells that lie side by side; the cells of some blocks (a window) are tokenised,
/// held, and given in a random order. Every cell that is not for validation comes once an epoch.
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
        order_(settings.seed, "order of cells"), held_out_(settings.seed, "cells for validation") {
    if (settings.block < 1 || settings.window < 1)
      throw bad_option("cells cannot be read in blocks of " + std::to_string(settings.block) + " and windows of " +
                       std::to_string(settings.window) + "; give both 1 or more");
    if (!(settings.validation_share >= 0 && settings.validation_share < 1))
      throw bad_option("a share of " + std::to_string(settings.validation_share) +
                       " of the cells cannot be held out for validation; give 0 to less than 1");
    n_blocks_ = (source.n_cells() + settings.block - 1) / settings.block;
    blocks_per_window_ = std::max<std::int64_t>(1, settings.window / settings.block);
  }

  /// Cells for validation, the same at every call: those with the lowest numbers drawn, block after block in a random order.
  [[nodiscard]] batch_type validation() {
    batch_type out;
    out.clear();
    const auto blocks = permutation(n_blocks_, held_out_.sub(1));
    for (const std::int64_t block : blocks) {
      if (out.n_cells() >= settings_.validation_cells || settings_.validation_share == 0) break;
      read_block(block, 0, [&](const auto& view, std::int64_t cell) {
        if (for_validation(view.cells.id[usize(cell)]) && out.n_cells() < settings_.validation_cells) append_cell(view, cell, out);
      });
      out.n_vocabulary = n_vocabulary_;
    }
    return out;
  }

  /// Hands over every training cell once, window after window: visit(batch). For what an objective counts before training.
  template <class Visit>
  void each_window(Visit&& visit) {
    for (std::int64_t w = 0; w < n_windows(); ++w) {
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
        if (order_of_held_.empty() && ++empty_windows > n_windows())
          throw bad_data("there is no cell with tokens to learn from among " + std::to_string(source_->n_cells()) +
                         "; look at the tokenizer, or hold out a smaller share for validation");
        place.cell = 0;
        if (++place.window >= n_windows()) {
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
  [[nodiscard]] std::int64_t n_windows() const { return std::max<std::int64_t>(1, (n_blocks_ + blocks_per_window_ - 1) / blocks_per_window_); }
  [[nodiscard]] bool for_validation(std::int64_t cell_id) const { return held_out_.uniform(cell_id) < settings_.validation_share; }

  /// 0 ... n - 1 in a random order.
  [[nodiscard]] static std::vector<std::int64_t> permutation(std::int64_t n, const kernel::draws& random) {
    std::vector<std::int64_t> out(usize(n));
    std::iota(out.begin(), out.end(), 0);
    for (std::int64_t i = n - 1; i > 0; --i) std::swap(out[usize(i)], out[usize(random.below(i + 1, i))]);
    return out;
  }

  template <class Visit>
  void read_block(std::int64_t block, std::int64_t epoch, Visit&& visit) {
    const std::int64_t first = block * settings_.block, n = std::min(settings_.block, source_->n_cells() - first);
    const auto cells = source_->read(first, n, source_room_);
    const auto tokens = send_through(front_, cells, rooms_, pipeline_seed_, static_cast<std::uint64_t>(epoch));
    n_vocabulary_ = tokens.n_vocabulary;
    selected_.clear();
    embedder_->select(tokens, selected_);
    selected_.cell_id.assign(tokens.cells.id.begin(), tokens.cells.id.end());
    const auto view = selected_.view();
    for (std::int64_t c = 0; c < view.n_cells(); ++c)
      if (view.n_tokens(c) > 0) visit(view, c);
  }

  void load(std::int64_t epoch, std::int64_t window) {
    if (loaded_ && epoch == loaded_epoch_ && window == loaded_window_) return;
    if (block_order_.empty() || epoch != ordered_epoch_) {
      block_order_ = permutation(n_blocks_, order_.sub(static_cast<std::uint64_t>(2 * epoch)));
      ordered_epoch_ = epoch;
    }
    held_.clear();
    const std::int64_t end = std::min(n_blocks_, (window + 1) * blocks_per_window_);
    for (std::int64_t b = window * blocks_per_window_; b < end; ++b)
      read_block(block_order_[usize(b)], epoch, [&](const auto& view, std::int64_t cell) {
        if (!for_validation(view.cells.id[usize(cell)])) append_cell(view, cell, held_);
      });
    held_.n_vocabulary = n_vocabulary_;
    order_of_held_ = permutation(held_.n_cells(), order_.sub(static_cast<std::uint64_t>(2 * epoch + 1)).sub(static_cast<std::uint64_t>(window)));
    loaded_ = true;
    loaded_epoch_ = epoch;
    loaded_window_ = window;
  }

  const Source* source_;
  std::tuple<Front...> front_;
  const Embedder* embedder_;
  std::uint64_t pipeline_seed_;
  stream_settings settings_;
  kernel::draws order_, held_out_;
  std::int64_t n_blocks_ = 0, blocks_per_window_ = 1;
  typename Source::room source_room_;
  rooms<entry_port<view_of_t<Source>>, typename view_of_t<Source>::place, Front...> rooms_;
  batch_type selected_, held_;
  std::int32_t n_vocabulary_ = 0;
  std::vector<std::int64_t> block_order_, order_of_held_;
  std::int64_t ordered_epoch_ = -1, loaded_epoch_ = -1, loaded_window_ = -1;
  bool loaded_ = false;
};

template <class Channels, cell_source Source, class Embedder, class... Front>
[[nodiscard]] auto make_stream(const Source& source, const std::tuple<Front...>& front, const Embedder& embedder, std::uint64_t pipeline_seed,
                               const stream_settings& settings) {
  return token_stream<Channels, Source, Embedder, Front...>(source, front, embedder, pipeline_seed, settings);
}

}  // namespace tepui::train
