#pragma once
/// The order in which cells of a corpus are read, again and again: worked out from a seed, never stored.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/corpus/cell_draws.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::corpus {

/// How cells are mixed.
struct order_settings {
  std::uint64_t seed = 0;
  std::int64_t batch = 64;     ///< cells of a batch, of all ranks together
  std::int64_t block = 16;     ///< cells that lie side by side and are read together; 1: every cell by itself
  std::int64_t window = 4096;  ///< cells that are held and mixed; raised to the next whole number of batches
};

/// A place in the order: with the seed it decides everything that comes from here on.
struct order_place {
  std::int64_t epoch = 0;
  std::int64_t batch = 0;  ///< of this epoch
  friend bool operator==(const order_place&, const order_place&) = default;
};

/// One reader of several that divide the order among them. The order itself does not depend on how many there are.
/// rank    takes a fixed part of every batch: cells [m * rank / ranks, m * (rank + 1) / ranks) of the m that it has
/// worker  takes whole batches: those whose number in the epoch is `worker` modulo `workers`
struct order_share {
  std::int64_t rank = 0, ranks = 1, worker = 0, workers = 1;
};

/// An order of cells as a function of (seed, epoch, place).
///   an epoch is a list of draws (each_once, by_weight, by_class); each `window` of them is a unit: its cells are read in
///   the order of the file and, where every cell comes once, given in a random order. Other draws are random anyhow
/// errors  bad_option: batch, block or window below 1, or a batch above 2^62; bad_data: no cells
/// cost    a window: O(its cells); no memory but what the draws hold     repeat bit-equal everywhere
class cell_order {
 public:
  using draws_type = std::variant<each_once, by_weight, by_class>;
  /// Another number wherever the same settings give another order, so that nothing goes on in an order that it is not of.
  static constexpr int version = 1;

  /// Each cell once an epoch.
  cell_order(std::int64_t n_cells, const order_settings& settings)
      : cell_order(each_once{n_cells, settings.block}, n_cells, settings) {}
  cell_order(by_weight weights, const order_settings& settings)
      : cell_order(draws_type(weights), weights.n_cells(), settings) {}
  cell_order(by_class classes, const order_settings& settings)
      : cell_order(draws_type(classes), classes.n_cells(), settings) {}

  [[nodiscard]] const order_settings& settings() const { return settings_; }
  [[nodiscard]] std::int64_t n_cells() const { return n_cells_; }
  [[nodiscard]] std::int64_t cells_per_epoch() const {
    return std::visit([](const auto& d) { return d.draws(); }, draws_);
  }
  [[nodiscard]] std::int64_t batches_per_epoch() const {
    return (cells_per_epoch() - 1) / settings_.batch + 1;
  }
  [[nodiscard]] std::int64_t n_windows() const { return (cells_per_epoch() - 1) / settings_.window + 1; }
  /// Only the last window of an epoch may be shorter, and only its last batch.
  [[nodiscard]] std::int64_t batches_per_window() const { return settings_.window / settings_.batch; }

  /// A text of everything that decides the order.
  [[nodiscard]] std::string describe() const {
    return std::visit([](const auto& d) { return d.describe(); }, draws_) + ", batches of " +
           std::to_string(settings_.batch) + ", blocks of " + std::to_string(settings_.block) + ", mixed by " +
           std::to_string(settings_.window) + ", seed " + std::to_string(settings_.seed) + ", order " +
           std::to_string(version);
  }

  /// The cells of one window, in the order in which they are given: positions in the corpus.
  /// out    cell, replaced                               errors bad_option: a window that an epoch does not have
  void window(std::int64_t epoch, std::int64_t number, std::vector<std::int64_t>& cell) const {
    if (epoch < 0 || number < 0 || number >= n_windows())
      throw bad_option("window " + std::to_string(number) + " of epoch " + std::to_string(epoch) +
                       " was asked for, and an epoch has " + std::to_string(n_windows()) + " windows; ask for one of them");
    const std::int64_t first = number * settings_.window, n = std::min(settings_.window, cells_per_epoch() - first);
    const kernel::draws of_epoch = random_.sub(static_cast<std::uint64_t>(epoch));
    cell.clear();
    std::visit([&](const auto& d) { d.of_epoch(of_epoch, first, n, [&](std::int64_t c) { cell.push_back(c); }); }, draws_);
    if (!std::holds_alternative<each_once>(draws_)) return;
    const kernel::draws mixing = of_epoch.sub(0).sub(static_cast<std::uint64_t>(number));
    for (std::int64_t i = n - 1; i > 0; --i) std::swap(cell[usize(i)], cell[usize(mixing.below(i + 1, i))]);
  }

  /// Refuses a place behind the end of an epoch, where a checkpoint is of another order.
  void check(const order_place& place) const {
    if (place.epoch < 0 || place.batch < 0 || place.batch >= batches_per_epoch())
      throw bad_option("batch " + std::to_string(place.batch) + " of epoch " + std::to_string(place.epoch) +
                       " was asked for, and an epoch has " + std::to_string(batches_per_epoch()) +
                       " batches; resume with the corpus and the settings that the place is from");
  }

 private:
  cell_order(draws_type draws, std::int64_t n_cells, const order_settings& settings)
      : draws_(std::move(draws)), n_cells_(n_cells), settings_(settings), random_(settings.seed, "corpus.order") {
    const auto at_least_one = [](const char* what, std::int64_t value) {
      if (value < 1)
        throw bad_option("cells cannot be read in " + std::string(what) + " of " + std::to_string(value) +
                         "; give 1 or more");
    };
    at_least_one("batches", settings.batch);
    at_least_one("blocks", settings.block);
    at_least_one("windows", settings.window);
    constexpr std::int64_t most = std::int64_t{1} << 62U;  // so that a window of whole batches is a number
    if (settings.batch > most)
      throw bad_option("cells cannot be read in batches of " + std::to_string(settings.batch) + "; give at most 2^62");
    if (n_cells < 1) throw bad_data("there are no cells to put in an order; look at what the corpus was made from");
    // Nothing is mixed further than an epoch reaches, so that a window never says more than it holds.
    const std::int64_t whole = std::min({settings.window, cells_per_epoch(), most});
    settings_.window = ((whole - 1) / settings.batch + 1) * settings.batch;
    settings_.block = std::min(settings.block, n_cells);
  }

  draws_type draws_;
  std::int64_t n_cells_;
  order_settings settings_;
  kernel::draws random_;
};

/// Refuses a share that no division into ranks and workers has.
inline void check_share(const order_share& s) {
  if (s.ranks < 1 || s.rank < 0 || s.rank >= s.ranks || s.workers < 1 || s.worker < 0 || s.worker >= s.workers)
    throw bad_option("rank " + std::to_string(s.rank) + " of " + std::to_string(s.ranks) + " and worker " +
                     std::to_string(s.worker) + " of " + std::to_string(s.workers) +
                     " name no part of the order; count both from 0");
}

/// The cells of one rank within a batch of m: [first, first + second).
[[nodiscard]] inline std::pair<std::int64_t, std::int64_t> part_of_batch(const order_share& s, std::int64_t m) {
  const std::int64_t begin = m * s.rank / s.ranks;
  return {begin, m * (s.rank + 1) / s.ranks - begin};
}

}  // namespace tepui::corpus
