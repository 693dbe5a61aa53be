#pragma once
/// How well an order mixes: the entropy of plate, donor or file within a batch, beside that of truly random batches.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/corpus/cell_order.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::corpus {

/// Entropies in bits, each the mean over whole batches.
struct shuffle_quality {
  std::int64_t batches = 0, windows = 0;  ///< that were measured
  double entropy = 0;                     ///< of the order
  /// A 95 % interval of it, from the means of windows: batches of one window are of the same blocks, and alike. Not known
  /// (not a number) where fewer than two windows were measured.
  double low = std::numeric_limits<double>::quiet_NaN(), high = low;
  double random = 0, random_low = 0, random_high = 0;  ///< expected of random batches; where 95 % of such means lie
  double all = 0;  ///< of the whole corpus: what batches of any size cannot exceed by much
  [[nodiscard]] double share() const { return random > 0 ? entropy / random : 1; }  ///< 1: as good as random
};

/// Entropy of counts that add up to n, in bits.
[[nodiscard]] inline double entropy_of(std::span<const std::int64_t> count, std::int64_t n) {
  double sum = 0;
  for (const std::int64_t c : count)
    if (c > 0)
      sum -= static_cast<double>(c) / static_cast<double>(n) * std::log2(static_cast<double>(c) / static_cast<double>(n));
  return sum;
}

/// The expected entropy of m cells drawn without replacement, exactly: a sum over what each label's count can be.
/// cost   O(labels * m)
[[nodiscard]] inline double expected_entropy(std::span<const std::int64_t> cells_of_label, std::int64_t m) {
  std::int64_t all = 0;
  for (const std::int64_t k : cells_of_label) all += k;
  const auto d = [](std::int64_t i) { return static_cast<double>(i); };
  const auto log_choose = [&](std::int64_t n, std::int64_t k) {
    return std::lgamma(d(n) + 1) - std::lgamma(d(k) + 1) - std::lgamma(d(n - k) + 1);
  };
  double sum = 0;
  for (const std::int64_t k : cells_of_label)
    for (std::int64_t c = std::max<std::int64_t>(1, m - (all - k)); c <= std::min(k, m); ++c)
      sum -= std::exp(log_choose(k, c) + log_choose(all - k, m - c) - log_choose(all, m)) * d(c) / d(m) *
             std::log2(d(c) / d(m));
  return sum;
}

/// How many standard errors of n means hold 95 % of what is possible: Student's t for n - 1.
/// in     n >= 2                                          source Student 1908 (table)
[[nodiscard]] inline double standard_errors_for_95_percent(std::int64_t n) {
  constexpr std::array table{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                             2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086};
  return n - 2 < isize(table.size()) ? table[usize(n - 2)] : 1.959964 + 2.5 / static_cast<double>(n - 1);
}

/// Measures one epoch of an order. Reads no counts: a setting can be tried before a corpus is read.
/// in     order; label [cells of the corpus], -1: without one, which counts as one more label; most: batches (0: all), taken
///        from 32 windows that lie evenly, or from as many as they need
/// out    entropies within whole batches                  errors bad_option: labels of other cells, or no whole batch
/// cost   O(cells of the windows)                         repeat bit-equal where the C library's log2 and lgamma are
/// source D'Ascenzo and Cultrera di Montesano 2025 (scDataset: entropy of the plate within a batch); differs: the value of
///        random batches is exact
[[nodiscard]] inline shuffle_quality quality_of(const cell_order& order, std::span<const std::int32_t> label,
                                                std::int64_t most = 0, std::int64_t epoch = 0) {
  const std::int64_t m = order.settings().batch;
  if (isize(label.size()) != order.n_cells())
    throw bad_option("there are " + std::to_string(label.size()) + " labels for " + std::to_string(order.n_cells()) +
                     " cells; give one code a cell");
  const std::int64_t whole = order.cells_per_epoch() / m, wanted = most > 0 ? std::min(most, whole) : whole;
  if (wanted < 1)
    throw bad_option("an epoch of " + std::to_string(order.cells_per_epoch()) + " cells has no whole batch of " +
                     std::to_string(m) + "; measure smaller batches");
  std::int32_t n_labels = 0;
  for (const std::int32_t l : label) n_labels = std::max(n_labels, l + 1);
  const auto place = [&](std::int64_t cell) { return usize(label[usize(cell)] < 0 ? n_labels : label[usize(cell)]); };
  std::vector<std::int64_t> all(usize(n_labels) + 1, 0), count(all.size());
  for (std::int64_t cell = 0; cell < order.n_cells(); ++cell) ++all[place(cell)];

  struct moments {
    double sum = 0, squares = 0;
    std::int64_t n = 0;
    void add(double x) { sum += x, squares += x * x, ++n; }
    [[nodiscard]] double mean() const { return sum / static_cast<double>(n); }
    [[nodiscard]] double deviation() const {
      return n < 2 ? 0 : std::sqrt(std::max(0.0, squares - sum * mean()) / static_cast<double>(n - 1));
    }
  };
  moments found, random;
  std::vector<moments> of_window;
  std::vector<std::int64_t> cells;
  const std::int64_t a_window = order.batches_per_window(), all_windows = (whole - 1) / a_window + 1;
  const std::int64_t windows = std::min({all_windows, wanted, std::max<std::int64_t>(32, (wanted - 1) / a_window + 1)});
  // From the last, which may be short: the others make up for it.
  for (std::int64_t left = windows; left > 0; --left) {
    const std::int64_t at = left - 1;
    order.window(epoch, at * (all_windows / windows) + at * (all_windows % windows) / windows, cells);
    const std::int64_t some = std::min((wanted - found.n - 1) / left + 1, isize(cells.size()) / m);
    moments here;
    for (std::int64_t first = 0; first < some * m; first += m) {
      std::ranges::fill(count, 0);
      for (std::int64_t i = first; i < first + m; ++i) ++count[place(cells[usize(i)])];
      const double bits = entropy_of(count, m);
      here.add(bits);
      found.add(bits);
    }
    of_window.push_back(here);
  }
  // How far a mean of random batches strays is tried out: 400 of them.
  const cell_order truly(order.n_cells(), {.seed = order.settings().seed ^ 0x5eedU, .batch = m, .block = 1, .window = m});
  for (std::int64_t i = 0; i < 400; ++i) {
    truly.window(i / truly.n_windows(), i % truly.n_windows(), cells);
    if (isize(cells.size()) < std::min(m, order.n_cells())) continue;
    std::ranges::fill(count, 0);
    for (const std::int64_t cell : cells) ++count[place(cell)];
    random.add(entropy_of(count, isize(cells.size())));
  }
  constexpr double covers_95_percent = 1.959963984540054;
  const double root = std::sqrt(static_cast<double>(found.n));
  shuffle_quality out;
  out.batches = found.n;
  out.windows = isize(of_window.size());
  out.entropy = found.mean();
  if (out.windows > 1) {
    double squares = 0;  // windows count by their batches
    for (const moments& w : of_window) {
      const double off = static_cast<double>(w.n) / static_cast<double>(found.n) * (w.mean() - out.entropy);
      squares += off * off;
    }
    const auto k = static_cast<double>(out.windows);
    const double off = standard_errors_for_95_percent(out.windows) * std::sqrt(squares * k / (k - 1));
    out.low = out.entropy - off;
    out.high = out.entropy + off;
  }
  out.random = expected_entropy(all, std::min(m, order.n_cells()));
  out.random_low = out.random - covers_95_percent * random.deviation() / root;
  out.random_high = out.random + covers_95_percent * random.deviation() / root;
  out.all = entropy_of(all, order.n_cells());
  return out;
}

}  // namespace tepui::corpus
