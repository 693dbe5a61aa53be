#pragma once
/// Keeps a share of the cells, spread evenly over the space that they fill: rare states are not drowned by common ones.

#include <algorithm>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/plaid_cover.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/simd/plaid_cover.hpp>
#include <tepui/sample/sampler.hpp>

namespace tepui::sample {

/// What decides which cell of a box is taken, and which box gives one first.
struct box_lot {
  std::uint64_t number;
  std::int64_t id, row;
  auto operator<=>(const box_lot&) const = default;
};

/// Chooses cells from boxes in turns: in every round each box that still has cells gives one of them, drawn by lot; the last
/// round stops, in random order of the boxes, when there are enough.
/// in     box [cells] in [0, boxes); wanted <= cells       out    rows, ascending
/// nested for the same boxes and draws, a smaller choice is part of a larger one
/// ties   lower cell id, then lower row                    cost   O(cells) random numbers and moves, 8 bytes a cell
/// repeat bit-equal everywhere
[[nodiscard]] inline std::vector<std::int64_t> spread_over_boxes(std::span<const std::int32_t> box, std::int64_t boxes,
                                                                 std::int64_t wanted, const population& cells,
                                                                 const kernel::draws& random) {
  std::vector<std::int64_t> begin(usize(boxes) + 2, 0);
  for (const std::int32_t b : box) ++begin[usize(b) + 2];
  std::vector<std::int64_t> size(begin.begin() + 2, begin.end());
  std::sort(size.begin(), size.end());
  // How many rounds are whole, and how many cells the last one gives.
  std::int64_t rounds = 0, last = wanted;
  for (std::size_t empty = 0;; ++rounds) {
    while (empty < size.size() && size[empty] <= rounds) ++empty;
    const std::int64_t giving = isize(size.size() - empty);
    if (giving == 0 || giving > last) break;
    last -= giving;
  }
  for (std::size_t b = 2; b < begin.size(); ++b) begin[b] += begin[b - 1];
  std::vector<std::int64_t> row_of(box.size());
  for (std::size_t row = 0; row < box.size(); ++row) row_of[usize(begin[usize(box[row]) + 1]++)] = isize(row);

  std::vector<std::int64_t> chosen;
  chosen.reserve(usize(wanted));
  std::vector<box_lot> lots, last_round;
  for (std::size_t b = 0; b < usize(boxes); ++b) {
    const auto rows = std::span(row_of).subspan(usize(begin[b]), usize(begin[b + 1] - begin[b]));
    if (isize(rows.size()) <= rounds) {
      chosen.insert(chosen.end(), rows.begin(), rows.end());
      continue;
    }
    if (rounds == 0 && last == 0) continue;
    lots.clear();
    for (const std::int64_t row : rows) lots.push_back({random.bits(cells.id_of(row)), cells.id_of(row), row});
    std::nth_element(lots.begin(), lots.begin() + rounds, lots.end());
    for (std::size_t i = 0; i < usize(rounds); ++i) chosen.push_back(lots[i].row);
    // Another draw than the one that made this cell the lowest of its box: that one is lower where a box has many cells.
    const box_lot& next = lots[usize(rounds)];
    last_round.push_back({random.bits(next.id, 1), next.id, next.row});
  }
  if (last < isize(last_round.size())) std::nth_element(last_round.begin(), last_round.begin() + last, last_round.end());
  for (std::size_t i = 0; i < std::min(last_round.size(), usize(last)); ++i) chosen.push_back(last_round[i].row);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

/// Chooses fraction * cells cells, rounded down, from boxes of one side length that cover the embedding: one cell a box,
/// again and again until there are enough. How many boxes: `boxes`, or `boxes_share` of the cells (DenAdel et al. take 0.01
/// for every fraction), or, where both are 0, as many as cells are chosen (the default of geosketch).
/// in     population with embedding [cells, dims], finite          out    rows, ascending
/// nested only with `boxes` or `boxes_share`: then the choice at 10 % is part of the choice at 25 %
/// ties   lower cell id                                errors bad_option: a setting out of range, no embedding; bad_data: a
///        value that is not finite
/// few    cells that are all equal are one box; fewer distinct cells than boxes: each distinct cell is a box
/// cost   O(steps cells dims), see kernel::simd::cover_plaid       repeat bit-equal everywhere, for any order of the rows
/// source Hie et al. 2019 and, with boxes_share = 0.01, DenAdel et al. 2026; differs: the boxes are those of geosketch 1.3,
///        the cells drawn from them are another draw, and never the same cell twice (its replace = True)
struct geometric_sketch {
  static constexpr std::string_view name = "geometric_sketch";
  double fraction = 1;
  std::int64_t boxes = 0;  ///< boxes that shall hold a cell; 0: see boxes_share
  double boxes_share = 0;  ///< boxes as a share of the cells; 0: as many as cells are chosen
  double alpha = 0.1;      ///< so far the boxes may be off: between (1 - alpha) and (1 + alpha) times as many
  int most_steps = 200;    ///< side lengths tried at most
  int threads = 1;

  [[nodiscard]] std::string describe() const {
    std::string out = std::string(name) + "(" + shortest(fraction);
    if (boxes > 0) out += ", " + std::to_string(boxes) + " boxes";
    if (boxes_share > 0) out += ", boxes for " + shortest(boxes_share) + " of the cells";
    if (alpha != 0.1) out += ", alpha " + shortest(alpha);
    if (most_steps != 200) out += ", " + std::to_string(most_steps) + " steps";
    return out + ")";
  }

  /// How many cells are chosen. The product may lie a rounding error below the whole number that is meant: 0.29 * 100.
  [[nodiscard]] std::int64_t wanted_of(std::int64_t n_cells) const { return share_of(fraction, n_cells); }

  /// The boxes alone: their side length, how many there are, and in which one each cell lies.
  [[nodiscard]] kernel::plaid_cover<float> cover(const population& cells) const {
    check(cells);
    const std::int64_t wanted = boxes > 0         ? boxes
                                : boxes_share > 0 ? share_of(boxes_share, cells.n_cells)
                                                  : wanted_of(cells.n_cells);
    return kernel::simd::cover_plaid(
        cells.embedding.value, cells.embedding.n_columns,
        {.boxes = std::max<std::int64_t>(1, wanted), .alpha = alpha, .most_steps = most_steps, .threads = threads});
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const population& cells, const kernel::draws& random) const {
    check(cells);
    const std::int64_t wanted = wanted_of(cells.n_cells);
    if (wanted == 0) return {};
    if (wanted == cells.n_cells) {
      std::vector<std::int64_t> all(usize(wanted));
      for (std::size_t row = 0; row < all.size(); ++row) all[row] = isize(row);
      return all;
    }
    const kernel::plaid_cover<float> found = cover(cells);
    return spread_over_boxes(found.box, found.boxes, wanted, cells, random);
  }

 private:
  [[nodiscard]] static std::int64_t share_of(double share, std::int64_t n) {
    return std::min(n, static_cast<std::int64_t>(share * static_cast<double>(n) * (1 + 1e-15)));
  }
  void check(const population& cells) const {
    check_fraction(name, fraction);
    check_embedding(name, cells);
    const auto refuse = [](const std::string& what, const std::string& instead) {
      throw bad_option("sample::" + std::string(name) + ": " + what + "; " + instead);
    };
    if (boxes < 0 || !(boxes_share >= 0 && boxes_share <= 1))
      refuse("boxes is " + std::to_string(boxes) + " and boxes_share " + shortest(boxes_share),
             "give a number of boxes, or a share of the cells up to 1, or 0 for as many boxes as cells are chosen");
    if (boxes > 0 && boxes_share > 0)
      refuse("boxes is " + std::to_string(boxes) + " and boxes_share is " + shortest(boxes_share), "give one of them");
    if (!(alpha >= 0 && alpha < 1)) refuse("alpha is " + shortest(alpha), "give at least 0 and less than 1, such as 0.1");
    if (most_steps < 1) refuse("most_steps is " + std::to_string(most_steps), "give at least 1, such as 200");
    if (threads < 1) refuse("threads is " + std::to_string(threads), "give at least 1");
  }
};

static_assert(sampler<geometric_sketch>);

}  // namespace tepui::sample
