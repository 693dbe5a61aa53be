#pragma once
/// What a batch can add, three ways: cells that now have something like them, boxes that are newly occupied, diversity.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/coverage/batches.hpp>
#include <tepui/coverage/occupied_boxes.hpp>
#include <tepui/coverage/vendi.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>

namespace tepui::coverage {

/// A measure of what batches cover together. It remembers the batches taken; `gain` asks what one more would add.
///   submodular          a batch never adds more behind more others: then the greedy order comes with a bound
///   covered_by()        weight of what exactly m of all batches cover, m in [0, batches]: what a random order
///                       covers follows from it; empty where it is not known
template <class M>
concept gain_measure = requires(M& m, const M& asked, std::int64_t batch) {
  { asked.n_batches() } -> std::convertible_to<std::int64_t>;
  { asked.gain(batch) } -> std::convertible_to<double>;
  { asked.value() } -> std::convertible_to<double>;
  { asked.n_cells() } -> std::convertible_to<std::int64_t>;
  { asked.covered_by() } -> std::convertible_to<std::vector<double>>;
  { asked.unit() } -> std::convertible_to<std::string>;
  { M::name } -> std::convertible_to<std::string_view>;
  { M::submodular } -> std::convertible_to<bool>;
  m.take(batch);
};

/// The share of all cells, taken or not, that have a cell of a batch taken within a radius.
/// in     distances of cells to batches; radius, one for all or [cells]; weight [cells], or empty: every cell the same
/// cost   O(cells) a question, a byte a cell and batch          repeat bit-equal: cells are added up in their order
class cells_within {
 public:
  static constexpr std::string_view name = "share_within";
  static constexpr bool submodular = true;

  /// errors  bad_option where a radius is negative or not a number; bad_data where radii or weights are not one a cell
  cells_within(const batch_distances& distances, double radius, std::vector<double> weight = {})
      : cells_within(distances, std::vector<double>(usize(distances.n_cells), radius), std::move(weight)) {}
  cells_within(const batch_distances& distances, const std::vector<double>& radius, std::vector<double> weight = {})
      : n_(distances.n_cells), n_batches_(distances.n_batches), batch_(distances.batch), weight_(std::move(weight)) {
    for (const double r : radius)
      if (!(r >= 0)) throw bad_option("coverage::cells_within: a radius is " + shortest(r) + ", but must be 0 or above");
    if (weight_.empty()) weight_.assign(usize(n_), 1.0);
    if (isize(weight_.size()) != n_ || isize(radius.size()) != n_)
      throw bad_data("coverage::cells_within: there are " + std::to_string(weight_.size()) + " weights and " +
                     std::to_string(radius.size()) + " radii for " + std::to_string(n_) +
                     " cells; give one of each a cell, or no weights");
    for (const double w : weight_) all_ += w;
    near_.resize(usize(n_) * usize(n_batches_));
    for (std::int32_t b = 0; b < n_batches_; ++b) {
      const auto d = distances.to(b);
      for (std::size_t c = 0; c < d.size(); ++c) near_[usize(b) * usize(n_) + c] = d[c] <= radius[c] ? 1 : 0;
    }
    covered_.assign(usize(n_), 0);
  }
  [[nodiscard]] std::int64_t n_batches() const { return n_batches_; }
  [[nodiscard]] std::int64_t n_cells() const { return n_; }
  [[nodiscard]] std::string unit() const { return "share"; }
  [[nodiscard]] double value() const { return share(taken_); }
  [[nodiscard]] double gain(std::int64_t batch) const {
    const char* near = near_.data() + batch * n_;
    double sum = 0;
    for (std::int64_t c = 0; c < n_; ++c)
      if (near[c] && !covered_[usize(c)]) sum += weight_[usize(c)];
    return share(sum);
  }
  void take(std::int64_t batch) {
    const char* near = near_.data() + batch * n_;
    for (std::int64_t c = 0; c < n_; ++c) {
      if (!near[c] || covered_[usize(c)]) continue;
      covered_[usize(c)] = 1;
      taken_ += weight_[usize(c)];
    }
  }
  [[nodiscard]] bool near(std::int64_t cell, std::int64_t batch) const { return near_[usize(batch * n_ + cell)] != 0; }
  [[nodiscard]] std::span<const std::int32_t> batch_of_cell() const { return batch_; }
  [[nodiscard]] double weight(std::int64_t cell) const { return weight_[usize(cell)] / all_; }
  /// Weight of the cells that exactly m batches cover.                       -> [batches + 1]
  [[nodiscard]] std::vector<double> covered_by() const {
    std::vector<double> out(usize(n_batches_) + 1, 0);
    for (std::int64_t c = 0; c < n_; ++c) {
      std::size_t m = 0;
      for (std::int32_t b = 0; b < n_batches_; ++b) m += near(c, b) ? 1 : 0;
      out[m] += weight(c);
    }
    return out;
  }

 private:
  [[nodiscard]] double share(double sum) const { return all_ > 0 ? sum / all_ : 0; }
  std::int64_t n_ = 0;
  std::int32_t n_batches_ = 0;
  std::vector<std::int32_t> batch_;
  std::vector<double> weight_;
  std::vector<char> near_, covered_;
  double all_ = 0, taken_ = 0;
};

/// The number of boxes of one size that hold a cell of a batch taken.
/// in     batches, a grid             errors  as check_batches, check_grid
/// cost   O(cells dims) once; O(boxes of the batch) a question
class boxes_taken {
 public:
  static constexpr std::string_view name = "occupied_boxes";
  static constexpr bool submodular = true;

  boxes_taken(const batches& all, const box_grid& grid) : grid_(grid), n_(all.cells.n_cells()) {
    check_batches(all);
    for (const batch_rows& b : rows_by_batch(all)) boxes_.push_back(boxes_of(b.value, b.dims, grid));
  }
  [[nodiscard]] std::int64_t n_batches() const { return isize(boxes_.size()); }
  [[nodiscard]] std::int64_t n_cells() const { return n_; }
  [[nodiscard]] std::string unit() const { return "boxes of side " + shortest(grid_.unit); }
  [[nodiscard]] double value() const { return static_cast<double>(taken_.size()); }
  [[nodiscard]] double gain(std::int64_t batch) const { return static_cast<double>(taken_.new_among(boxes_[usize(batch)])); }
  void take(std::int64_t batch) { taken_.add(boxes_[usize(batch)]); }
  [[nodiscard]] std::vector<double> covered_by() const {
    std::vector<box_name> all;
    for (const auto& b : boxes_) all.insert(all.end(), b.begin(), b.end());
    std::sort(all.begin(), all.end());
    std::vector<double> out(boxes_.size() + 1, 0);
    for (std::size_t i = 0, end = 0; i < all.size(); i = end) {
      while (end < all.size() && all[end] == all[i]) ++end;
      out[end - i] += 1;
    }
    return out;
  }

 private:
  box_grid grid_;
  std::int64_t n_;
  std::vector<std::vector<box_name>> boxes_;
  box_set taken_;
};

/// The Vendi score of the batches taken. Not submodular, not even monotone: more of the same makes it fall.
/// in     batches, order              errors  as check_batches            cost  O(cells dims^2) once; O(dims^3) a question
template <class Real>
class basic_vendi_taken {
 public:
  static constexpr std::string_view name = "vendi";
  static constexpr bool submodular = false;

  explicit basic_vendi_taken(const batches& all, double order = 1, int threads = 1)
      : order_(order), taken_(all.cells.n_columns) {
    check_batches(all);
    n_ = all.cells.n_cells();
    for (const batch_rows& b : rows_by_batch(all)) {
      sum_.emplace_back(b.dims);
      sum_.back().add(b.value, threads);
    }
  }
  [[nodiscard]] std::int64_t n_batches() const { return isize(sum_.size()); }
  [[nodiscard]] std::int64_t n_cells() const { return n_; }
  [[nodiscard]] std::string unit() const { return "effective cells"; }
  [[nodiscard]] double value() const { return known(taken_); }
  [[nodiscard]] double gain(std::int64_t batch) const {
    auto with = taken_;
    with += sum_[usize(batch)];
    return known(with) - value();
  }
  void take(std::int64_t batch) { taken_ += sum_[usize(batch)]; }
  [[nodiscard]] std::vector<double> covered_by() const { return {}; }

 private:
  /// Nothing has no diversity: 0, so that the first batch adds all of its own.
  [[nodiscard]] double known(const basic_vendi_sum<Real>& sum) const {
    const double v = sum.value(order_);
    return std::isnan(v) ? 0 : v;
  }
  double order_;
  std::int64_t n_ = 0;
  std::vector<basic_vendi_sum<Real>> sum_;
  basic_vendi_sum<Real> taken_;
};
using vendi_taken = basic_vendi_taken<double>;

static_assert(gain_measure<cells_within> && gain_measure<boxes_taken> && gain_measure<vendi_taken>);

}  // namespace tepui::coverage
