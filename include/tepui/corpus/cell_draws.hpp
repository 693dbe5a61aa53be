#pragma once
/// Which cells an epoch is made of: every cell once, cells by their weights, or as many of every class.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/corpus/permuted.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::corpus {

/// Every cell once an epoch: blocks of cells that lie side by side, in a random order.
/// blocks begin at another cell each epoch, so that cells get other companions; the last block is what is left
/// in     block: 1 to n_cells; what is outside means the nearest of them
/// cost   O(1) a cell and no memory                      repeat bit-equal everywhere
struct each_once {
  std::int64_t n_cells = 0, block = 1;

  [[nodiscard]] std::int64_t draws() const { return n_cells; }
  [[nodiscard]] std::string describe() const { return "each of " + std::to_string(n_cells) + " cells once an epoch"; }

  /// Calls visit(cell) for draws [first, first + n) of an epoch.
  template <class Visit>
  void of_epoch(const kernel::draws& random, std::int64_t first, std::int64_t n, Visit&& visit) const {
    const std::int64_t size_of_block = std::clamp<std::int64_t>(block, 1, std::max<std::int64_t>(1, n_cells));
    const std::int64_t n_blocks = (n_cells - 1) / size_of_block + 1, left = n_cells - (n_blocks - 1) * size_of_block;
    const permuted blocks(n_blocks, random.sub(1));
    const std::int64_t short_at = blocks.place_of(n_blocks - 1), begins = random.sub(2).below(size_of_block, 0);
    for (std::int64_t q = first; q < first + n;) {
      // Behind the short block, places are counted as if it were a whole one.
      const std::int64_t counted = q < short_at * size_of_block + left ? q : q + size_of_block - left;
      const std::int64_t place = counted / size_of_block, size = place == short_at ? left : size_of_block;
      const std::int64_t at = blocks(place) * size_of_block + begins;
      for (std::int64_t i = counted % size_of_block; i < size && q < first + n; ++i, ++q) visit((at + i) % n_cells);
    }
  }
};

/// Cells with chances that are proportional to their weights, with replacement.
/// in     weight [cells], >= 0, not all 0; n_draws: cells an epoch, 0: as many as there are cells
/// errors bad_data: a weight that is negative or no number, or all of them 0
/// cost   O(log cells) a draw, 8 bytes a cell            repeat bit-equal everywhere
class by_weight {
 public:
  explicit by_weight(std::span<const double> weight, std::int64_t n_draws = 0)
      : n_draws_(n_draws > 0 ? n_draws : isize(weight.size())) {
    std::vector<double> up_to;
    up_to.reserve(weight.size());
    double sum = 0;
    for (std::size_t cell = 0; cell < weight.size(); ++cell) {
      if (!(weight[cell] >= 0) || !std::isfinite(weight[cell] + sum))
        throw bad_data("the weight of cell " + std::to_string(cell) + " is " + shortest(weight[cell]) +
                       ", which is no chance of being drawn; give numbers that are 0 or more, and 0 to leave a cell out");
      up_to.push_back(sum += weight[cell]);
      mark_ = kernel::mix64(mark_ ^ std::bit_cast<std::uint64_t>(sum));
      if (weight[cell] > 0) last_ = isize(cell);
    }
    if (!(sum > 0))
      throw bad_data("the weights of all " + std::to_string(weight.size()) +
                     " cells are 0, so that none can be drawn; give at least one cell a weight above 0");
    up_to_ = std::make_shared<const std::vector<double>>(std::move(up_to));
  }

  [[nodiscard]] std::int64_t draws() const { return n_draws_; }
  [[nodiscard]] std::int64_t n_cells() const { return isize(up_to_->size()); }
  [[nodiscard]] std::string describe() const {
    return std::to_string(n_draws_) + " of " + std::to_string(n_cells()) + " cells an epoch, drawn by weight (weights " +
           std::to_string(mark_) + ")";
  }

  template <class Visit>
  void of_epoch(const kernel::draws& random, std::int64_t first, std::int64_t n, Visit&& visit) const {
    for (std::int64_t q = first; q < first + n; ++q) {
      const double at = random.uniform(q) * up_to_->back();
      // A product may be rounded up to the whole sum; cells of weight 0 may stand at the end.
      const auto found = std::upper_bound(up_to_->begin(), up_to_->end(), at) - up_to_->begin();
      visit(std::min<std::int64_t>(found, last_));
    }
  }

 private:
  std::shared_ptr<const std::vector<double>> up_to_;
  std::int64_t n_draws_ = 0, last_ = 0;
  std::uint64_t mark_ = 0;  // tells other weights apart in a description
};

/// As many cells of every class: of C classes each has one of an epoch's first C draws, one of the next C, and so on; and
/// within an epoch no cell of a class comes again before all others of its class have come.
/// in     labels [cells], -1: never drawn; n_draws: cells an epoch, 0: as many as have a label
/// errors bad_data: a class without cells, or no label at all
/// cost   O(1) a draw, 8 bytes a cell; up to microseconds a draw for few classes (see permuted)
/// repeat bit-equal everywhere
class by_class {
 public:
  explicit by_class(const categorical& labels, std::int64_t n_draws = 0) : n_cells_(isize(labels.code.size())) {
    std::vector<std::vector<std::int64_t>> members(labels.category.size());
    std::int64_t labelled = 0;
    for (std::size_t cell = 0; cell < labels.code.size(); ++cell) {
      const std::int32_t code = labels.code[cell];
      mark_ = kernel::mix64(mark_ ^ static_cast<std::uint64_t>(std::max(code, -1) + 1));
      if (code < 0) continue;
      if (usize(code) >= members.size())
        throw bad_data("cell " + std::to_string(cell) + " has label " + std::to_string(code) + ", and there are " +
                       std::to_string(members.size()) + " classes; give every code a category");
      members[usize(code)].push_back(isize(cell));
      ++labelled;
    }
    if (labelled == 0)
      throw bad_data("none of " + std::to_string(n_cells_) +
                     " cells has a label, so that no class can be drawn; give labels, or draw "
                     "each cell once");
    for (std::size_t c = 0; c < members.size(); ++c)
      if (members[c].empty())
        throw bad_data("class '" + labels.category[c] +
                       "' has no cells, so that it cannot be drawn as often as the others; leave it "
                       "out of the categories (categorical::of_rows does)");
    n_draws_ = n_draws > 0 ? n_draws : labelled;
    members_ = std::make_shared<const std::vector<std::vector<std::int64_t>>>(std::move(members));
  }

  [[nodiscard]] std::int64_t draws() const { return n_draws_; }
  [[nodiscard]] std::int64_t n_cells() const { return n_cells_; }
  [[nodiscard]] std::string describe() const {
    return std::to_string(n_draws_) + " of " + std::to_string(n_cells_) + " cells an epoch, as many of each of " +
           std::to_string(members_->size()) + " classes (labels " + std::to_string(mark_) + ")";
  }

  template <class Visit>
  void of_epoch(const kernel::draws& random, std::int64_t first, std::int64_t n, Visit&& visit) const {
    const std::int64_t classes = isize(members_->size());
    for (std::int64_t q = first; q < first + n; ++q) {
      const std::int64_t turn = q / classes;
      const std::int64_t which = permuted(classes, random.sub(1).sub(static_cast<std::uint64_t>(turn)))(q % classes);
      const std::vector<std::int64_t>& cells = (*members_)[usize(which)];
      const std::int64_t size = isize(cells.size()), times = turn / size;
      const auto of_class = random.sub(2).sub(static_cast<std::uint64_t>(which)).sub(static_cast<std::uint64_t>(times));
      visit(cells[usize(permuted(size, of_class)(turn % size))]);
    }
  }

 private:
  std::shared_ptr<const std::vector<std::vector<std::int64_t>>> members_;
  std::int64_t n_draws_ = 0, n_cells_ = 0;
  std::uint64_t mark_ = 0;  // tells other labels apart in a description
};

}  // namespace tepui::corpus
