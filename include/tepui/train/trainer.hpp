#pragma once
/// One step of training after the other: the same bits for any number of threads and of ranks.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/adamw.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/train/communicator.hpp>
#include <tepui/train/network.hpp>
#include <tepui/train/token_stream.hpp>

namespace tepui::train {

/// How a step is made of its gradient.
/// source  Loshchilov and Hutter 2019 (AdamW); clipping by the length of the whole gradient: Pascanu et al. 2013
struct optimiser {
  kernel::adamw_memory memory{};
  double weight_decay = 0.01;  ///< of the slices that say that they decay; decoupled, times the learning rate
  double clip = 1.0;           ///< the largest length of the gradient; 0: not clipped
  [[nodiscard]] std::string describe() const {
    return "adamw " + shortest(memory.beta1) + " " + shortest(memory.beta2) + " " + shortest(memory.epsilon) + ", decay " +
           shortest(weight_decay) + ", clip " + shortest(clip);
  }
};

/// How a batch is cut into the parts that are worked on one after the other or side by side.
struct cutting {
  int shards = 4;  ///< a batch is so many parts, whatever the threads and ranks; their gradients are summed in a fixed tree
  std::int64_t tokens = 2048;  ///< tokens that pass the layers together; a longer cell passes alone
  std::int64_t cells =
      128;  ///< cells that pass together where a model reads all counts of a cell; with batch norm a shard does
};

/// What a step did.
struct step_result {
  loss_sum sum;
  double gradient_length = 0;  ///< of the mean loss, before clipping
};

/// Part of the flat weights, and whether weight decay acts on it.
struct learning_range {
  std::int64_t first = 0, size = 0;
  bool decays = false;
};

/// Where running moments lie among the flat weights, and how they follow those of a step.
struct running_moments {
  std::int64_t mean = 0, variance = 0, seen = 0, size = 0;
  double momentum = 0;
};

/// Holds the flat weights and what AdamW remembers, and takes steps.
/// cost    12 bytes a weight, 4 more a weight and shard of this rank, and the rooms of its threads. Once these have seen the longest
///         batch nothing is allocated, but by the system for each start of a thread
template <class Net>
class trainer {
 public:
  using tokens_type = typename Net::tokens_type;

  trainer(const Net& net, const optimiser& how, const cutting& cut, trained_part part, int threads, int ranks)
      : net_(net), how_(how), cut_(cut), part_(part), threads_(std::max(1, threads)) {
    if (cut.shards < ranks || !std::has_single_bit(static_cast<unsigned>(cut.shards)))
      throw bad_option("a batch of " + std::to_string(cut.shards) + " shards cannot be dealt to " + std::to_string(ranks) +
                       " ranks; give 1, 2, 4, 8 or another power of 2 that is at least the number of ranks");
    if (cut.tokens < 1 || cut.cells < 1)
      throw bad_option("cells cannot pass the layers " + std::to_string(cut.tokens) + " tokens at a time, or " +
                       std::to_string(cut.cells) + " cells; give 1 or more");
    size_ = layer::n_weights(net);
    w.assign(usize(size_), 0.0F);
    m.assign(usize(size_), 0.0F);
    v.assign(usize(size_), 0.0F);
    gradient_.resize(usize(cut.shards / std::max(1, ranks)));
    for (auto& g : gradient_) g.resize(usize(size_));
    workers_.resize(usize(threads_));
    layer::each_slice(net, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
      if (!learns(name)) return;
      using enum layer::learned_by;
      if (s.by == gradient) ranges_.push_back({first, s.size(), s.decays});
      if (s.by == running_mean) moments_.push_back({first, 0, 0, s.size(), s.momentum});
      if (s.by == running_variance) moments_.back().variance = first;
      if (s.by == batches_seen) moments_.back().seen = first;
    });
    if (ranges_.empty()) throw bad_option("none of the weights would learn; let at least the head learn");
  }

  layer::memory<float> w, m, v;  ///< weights; AdamW's means of the gradient and of its square
  std::int64_t steps = 0;        ///< taken so far

  /// One step on a batch, whose cells all ranks know; each works on its own shards.
  /// in     random numbers of this step; now: which step it is
  /// errors bad_data: the loss, its gradient or a moment that a batch norm follows is not finite, or the gradient is too large for
  ///        its square to be kept as a float; bad_option: fewer than two cells a shard where cells are compared. No weight has
  ///        moved then
  template <class Communicator>
  step_result step(const tokens_type& batch, double rate, const kernel::draws& asks, const kernel::draws& drops,
                   Communicator& ranks, objective::moment now = {}) {
    const auto view = batch.view();
    if (Net::compares_cells(part_) && view.n_cells() < 2 * cut_.shards)
      throw bad_option(
          "a batch of " + std::to_string(view.n_cells()) + " cells in " + std::to_string(cut_.shards) +
          " shards leaves fewer than 2 cells to a batch norm, or to what else compares cells; give a larger .batch_cells, or "
          "fewer .cut.shards");
    deal(view);
    const std::int64_t mine = isize(gradient_.size()), first = mine * ranks.rank();
    sums_.assign(usize(mine), {});
    kernel::parallel_chunks(mine, threads_, [&](std::int64_t shard, int worker) {
      auto& g = gradient_[usize(shard)];
      std::fill(g.begin(), g.end(), 0.0F);
      each_part(view, shard_[usize(first + shard)], room_of(worker), [&](const auto& part, worker_room& room) {
        sums_[usize(shard)] += net_.template learn<float>(w, part, asks, drops, g, room.net, part_, now);
      });
    });
    add_up_shards();
    step_result out;
    out.sum = total(ranks);
    ranks.sum(std::span<float>(gradient_[0].data(), gradient_[0].size()));
    if (!std::isfinite(out.sum.loss)) refuse("the loss is not a number any more");
    if (out.sum.questions == 0) return out;
    const double scale = 1.0 / static_cast<double>(out.sum.questions);
    out.gradient_length = scale * std::sqrt(squares());
    const double clipped = how_.clip > 0 && out.gradient_length > how_.clip ? scale * how_.clip / out.gradient_length : scale;
    if (!fits_float(out.gradient_length * (clipped / scale)))
      refuse("the loss is finite, but its gradient, whose length is " + shortest(out.gradient_length) +
             ", is not a number or too large");
    if (!moments_are_finite()) refuse("the loss is finite, but the moments of what a batch norm has seen are not");
    update(rate, clipped);
    follow_moments();
    return out;
  }

  /// errors bad_data: a weight is not finite any more            cost   one reading of the weights
  void check_weights() const {
    if (!std::all_of(w.begin(), w.end(), [](float x) { return std::isfinite(x); }))
      throw bad_data("a weight is not a number any more behind step " + std::to_string(steps) + advice);
  }

  /// The loss on a batch, nothing learned; each rank does it all.
  loss_sum loss(const tokens_type& batch, const kernel::draws& asks) {
    const auto view = batch.view();
    deal(view);
    sums_.assign(shard_.size(), {});
    kernel::parallel_chunks(isize(shard_.size()), threads_, [&](std::int64_t shard, int worker) {
      each_part(view, shard_[usize(shard)], room_of(worker), [&](const auto& part, worker_room& room) {
        sums_[usize(shard)] += net_.template loss<float>(std::span<const float>(w), part, asks, room.net);
      });
    });
    loss_sum out;
    for (const auto& s : sums_) out += s;
    return out;
  }

 private:
  struct worker_room {
    typename Net::template room<float> net;
    tokens_type part;
  };

  static constexpr const char* advice = "; lower the learning rate, lengthen the warm-up, or clip the gradient";

  [[noreturn]] void refuse(const std::string& what) const {
    throw bad_data(what + " at step " + std::to_string(steps + 1) + advice);
  }
  /// Whether a gradient of this length has squares that AdamW can remember.
  [[nodiscard]] static bool fits_float(double length) { return length * length <= double{std::numeric_limits<float>::max()}; }

  /// Whether a slice learns: its name begins with the part that it belongs to.
  [[nodiscard]] bool learns(const std::string& name) const {
    if (name.starts_with("embedder.")) return part_.token_vectors;
    constexpr std::string_view blocks = "encoder.blocks.";
    if (name.starts_with(blocks)) return std::stoi(name.substr(blocks.size())) >= part_.down;
    return !name.starts_with("encoder.") || part_.down < Net::layers;
  }

  worker_room& room_of(int worker) {
    auto& room = workers_[usize(worker)];
    if (!room) room = std::make_unique<worker_room>();
    return *room;
  }

  /// Deals the cells to the shards, the longest first, each to the shard with the fewest tokens (ties: the earlier cell, the lower
  /// shard). Where a cell is one row whatever it holds: as many cells to each, side by side.
  template <class View>
  void deal(const View& view) {
    shard_.resize(usize(cut_.shards));
    for (auto& s : shard_) s.clear();
    if constexpr (Net::of_counts) {
      for (std::int64_t c = 0; c < view.n_cells(); ++c) shard_[usize(c * cut_.shards / view.n_cells())].push_back(c);
      return;
    }
    order_.resize(usize(view.n_cells()));
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(), [&](std::int64_t a, std::int64_t b) {
      return view.n_tokens(a) != view.n_tokens(b) ? view.n_tokens(a) > view.n_tokens(b) : a < b;
    });
    load_.assign(usize(cut_.shards), 0);
    for (const std::int64_t cell : order_) {
      const auto to = std::min_element(load_.begin(), load_.end()) - load_.begin();
      shard_[usize(to)].push_back(cell);
      load_[usize(to)] += view.n_tokens(cell);
    }
    for (auto& s : shard_) std::sort(s.begin(), s.end());
  }

  /// Cells of a shard, as many at a time as pass together.
  template <class View, class Visit>
  void each_part(const View& view, const std::vector<std::int64_t>& cells, worker_room& room, Visit&& visit) const {
    for (std::size_t next = 0; next < cells.size();) {
      room.part.clear();
      room.part.n_vocabulary = view.n_vocabulary;
      const auto fits = [&](std::int64_t cell) {
        if (room.part.n_cells() == 0 || Net::whole) return true;
        if (Net::of_counts) return room.part.n_cells() < cut_.cells;
        return isize(room.part.id.size()) + view.n_tokens(cell) <= cut_.tokens;
      };
      while (next < cells.size() && fits(cells[next])) append_cell(view, cells[next++], room.part);
      visit(room.part.view(), room);
    }
  }

  static constexpr std::int64_t together = 1 << 16;  // weights that a thread works on at a time

  template <class Work>
  void each_block(Work&& work) {
    const std::int64_t blocks = (size_ + together - 1) / together;
    kernel::parallel_chunks(blocks, threads_,
                            [&](std::int64_t b, int) { work(b, b * together, std::min(size_, (b + 1) * together)); });
  }

  /// Sums the gradients of this rank's shards into the first, in the order of a tree.
  void add_up_shards() {
    const std::size_t n = gradient_.size();
    each_block([&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for (std::size_t apart = 1; apart < n; apart *= 2)
        for (std::size_t s = 0; s + apart < n; s += 2 * apart)
          for (std::int64_t i = begin; i < end; ++i) gradient_[s][usize(i)] += gradient_[s + apart][usize(i)];
    });
  }

  /// The sums of all shards of all ranks, in the same tree.
  template <class Communicator>
  loss_sum total(Communicator& ranks) {
    for (std::size_t apart = 1; apart < sums_.size(); apart *= 2)
      for (std::size_t s = 0; s + apart < sums_.size(); s += 2 * apart) sums_[s] += sums_[s + apart];
    double real[2] = {sums_[0].loss, sums_[0].floor};
    std::int64_t whole[2] = {sums_[0].questions, sums_[0].tokens};
    ranks.sum(std::span<double>(real));
    ranks.sum(std::span<std::int64_t>(whole));
    return {real[0], real[1], whole[0], whole[1]};
  }

  /// The sum of the squares of what learns, block by block.
  double squares() {
    squares_.assign(usize((size_ + together - 1) / together), 0.0);
    const std::span<const float> g(gradient_[0].data(), usize(size_));
    each_block([&](std::int64_t b, std::int64_t begin, std::int64_t end) {
      each_range(begin, end, [&](std::int64_t first, std::int64_t n, bool) {
        squares_[usize(b)] += kernel::sum_of_squares(g.subspan(usize(first), usize(n)));
      });
    });
    return std::accumulate(squares_.begin(), squares_.end(), 0.0);
  }

  void update(double rate, double scale) {
    ++steps;
    const auto pulled = kernel::adamw_at<float>(how_.memory, steps, rate, how_.weight_decay, scale);
    const auto free = kernel::adamw_at<float>(how_.memory, steps, rate, 0, scale);
    each_block([&](std::int64_t, std::int64_t begin, std::int64_t end) {
      each_range(begin, end, [&](std::int64_t first, std::int64_t n, bool decays) {
        const auto part = [&](auto& x) { return std::span<float>(x.data() + first, usize(n)); };
        kernel::adamw(decays ? pulled : free, std::span<const float>(part(gradient_[0])), part(w), part(m), part(v));
      });
    });
  }

  /// Whether the sums that the running moments follow are numbers.
  [[nodiscard]] bool moments_are_finite() const {
    const auto finite = [&](std::int64_t first, std::int64_t n) {
      const std::span<const float> sums(gradient_[0].data() + first, usize(n));
      return std::all_of(sums.begin(), sums.end(), [](float x) { return std::isfinite(x); });
    };
    return std::all_of(moments_.begin(), moments_.end(), [&](const running_moments& r) {
      return finite(r.mean, r.size) && finite(r.variance, r.size) && finite(r.seen, 1);
    });
  }

  /// Running moments go towards those of all rows of this step. m being the running mean that the sums were counted from: mean =
  /// m + S1 / n, and variance = (S2 - S1^2 / n) / (n - 1).
  void follow_moments() {
    const auto& g = gradient_[0];
    for (const running_moments& r : moments_) {
      const auto n = static_cast<double>(g[usize(r.seen)]);
      if (n < 2) continue;
      for (std::int64_t d = 0; d < r.size; ++d) {
        const auto sum = static_cast<double>(g[usize(r.mean + d)]), squares = static_cast<double>(g[usize(r.variance + d)]);
        const double now = std::max(0.0, (squares - sum * sum / n) / (n - 1));
        float &mean = w[usize(r.mean + d)], &variance = w[usize(r.variance + d)];
        mean = static_cast<float>(static_cast<double>(mean) + r.momentum * sum / n);
        variance = static_cast<float>((1 - r.momentum) * static_cast<double>(variance) + r.momentum * now);
      }
      w[usize(r.seen)] += 1.0F;
    }
  }

  /// The parts of [begin, end) that learn.
  template <class Visit>
  void each_range(std::int64_t begin, std::int64_t end, Visit&& visit) const {
    auto range = std::partition_point(ranges_.begin(), ranges_.end(),
                                      [&](const learning_range& r) { return r.first + r.size <= begin; });
    for (; range != ranges_.end() && range->first < end; ++range) {
      const std::int64_t first = std::max(begin, range->first), last = std::min(end, range->first + range->size);
      if (first < last) visit(first, last - first, range->decays);
    }
  }

  Net net_;
  optimiser how_;
  cutting cut_;
  trained_part part_;
  int threads_;
  std::int64_t size_ = 0;
  std::vector<layer::memory<float>> gradient_;  // of each shard of this rank
  std::vector<std::unique_ptr<worker_room>> workers_;
  std::vector<learning_range> ranges_;
  std::vector<running_moments> moments_;
  std::vector<std::vector<std::int64_t>> shard_;
  std::vector<std::int64_t> order_, load_;
  // Used again from step to step.
  std::vector<loss_sum> sums_;   // of each shard at work
  std::vector<double> squares_;  // of each block of weights
};

}  // namespace tepui::train
