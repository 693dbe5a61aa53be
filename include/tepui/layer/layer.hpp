#pragma once
/// What a layer of a network is: a function of weights and rows, with its exact gradient beside it.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::layer {

/// How the numbers of a slice begin.
enum class start : std::int32_t {
  zero,
  one,
  normal,   ///< normal with a standard deviation of `spread`
  uniform,  ///< uniform within `spread` of 0
  value,    ///< all of them `spread`
};

/// How a slice learns: by its gradient, or by following the moments of what passes through its layer. Slices of moments stand
/// in this order; what their layer's backward adds to dw, m being the running mean in w, are plain sums over the rows that it
/// saw, so that parts of a batch are added up as gradients are.
enum class learned_by : std::int32_t {
  gradient,
  running_mean,      ///< dw: sum of x - m
  running_variance,  ///< dw: sum of (x - m)^2
  batches_seen,      ///< one number; dw: rows
};

/// A named part of the flat weights: a matrix, or a vector, which has one row.
struct slice {
  std::int64_t rows = 1, columns = 0;
  start begins = start::zero;
  double spread = 0;
  bool decays = false;  ///< whether weight decay pulls it towards 0: matrices that multiply, but no biases, norms or tables
  learned_by by = learned_by::gradient;
  double momentum = 0;  ///< of running moments: the share that a batch has in them
  [[nodiscard]] constexpr std::int64_t size() const { return rows * columns; }
};

/// A slice of weights that multiply rows of n_in numbers, and the bias behind them: uniform within 1 / sqrt(n_in) of 0.
/// source  LeCun et al. 1998, with the bounds that torch draws by default
[[nodiscard]] inline slice multiplies(std::int64_t n_in, std::int64_t n_out) {
  return {n_in, n_out, start::uniform, 1.0 / std::sqrt(static_cast<double>(n_in)), true};
}
[[nodiscard]] inline slice bias_behind(std::int64_t n_in, std::int64_t n_out) {
  return {1, n_out, start::uniform, 1.0 / std::sqrt(static_cast<double>(n_in)), false};
}
/// A slice of vectors, one a row: normal with a standard deviation of `spread`.
[[nodiscard]] inline slice table_of(std::int64_t rows, std::int64_t dims, double spread = 1.0) {
  return {rows, dims, start::normal, spread, false};
}

/// A number of dims for the parts of a layer that has refused its own: what is wrong is said once.
[[nodiscard]] constexpr int above_zero(int n) { return n > 0 ? n : 1; }

/// Slices begin at multiples of 16 numbers, so that every one of them is aligned.
[[nodiscard]] constexpr std::int64_t with_padding(std::int64_t n) { return (n + 15) / 16 * 16; }

/// A layer says
///     template <class Real> struct saved       what its gradient needs beside its input (none: leave it away)
///     template <class Real> struct room        working memory, one a thread, that only grows (none: leave it away)
///     std::string describe() const             its name and settings
///     each_weight(visit) const                 visit("weight", slice{...}) for each slice, in the order in which they lie
///     each_part(self, visit)                   (static) visit("attention", self.attention) for each layer that it is made of;
///                                              their weights lie behind its own slices
///     forward(w, at, x, y, saved, room) const
///     backward(w, at, x, dy, dw, dx, saved, room) const
/// with Real = float or double, `w` the layer's own weights, `at` the cells that the rows belong to, and
///     x [rows, dims_in], y [rows, dims_out]    y is overwritten and does not overlap x
///     dy [rows, dims_out], dw like w           gradients of the loss; dw is added to
///     dx [rows, dims_in]                       overwritten; empty where nobody asks for it
/// backward is called behind forward with the same w, at, x and saved; `room` may have been used by others in between.
/// It holds no state of a batch, so one layer serves all threads. A row's result does not depend on the cells beside its own;
/// where that does not hold in training (batch norm) the layer says `static constexpr bool whole = true`.
template <class L>
concept row_layer = requires(const L& layer) {
  { L::dims_in } -> std::convertible_to<int>;
  { L::dims_out } -> std::convertible_to<int>;
  { layer.describe() } -> std::convertible_to<std::string>;
};

/// The cells that packed rows belong to: no padding, a cell's rows side by side.
struct packed {
  std::span<const std::int64_t> cell_begin;  ///< [cells + 1], beginning with 0
  std::span<const std::int64_t> cell_id;     ///< [cells]: what the random numbers of a cell hang on
  kernel::draws random{};                    ///< of this layer in its place, and of this step
  bool training = false;                     ///< dropout drops only while a model learns
  std::span<const float> key_bias{};         ///< [rows] or none: added to the score of each token that attention looks at

  [[nodiscard]] std::int64_t n_cells() const { return cell_begin.empty() ? 0 : isize(cell_begin.size()) - 1; }
  [[nodiscard]] std::int64_t n_rows() const { return cell_begin.empty() ? 0 : cell_begin.back(); }
  [[nodiscard]] std::int64_t n_rows(std::int64_t cell) const { return cell_begin[usize(cell) + 1] - cell_begin[usize(cell)]; }
  /// The rows of one cell in a matrix [rows, dims].
  template <class T>
  [[nodiscard]] std::span<T> rows_of(std::int64_t cell, std::span<T> x, std::int64_t dims) const {
    return x.subspan(usize(cell_begin[usize(cell)] * dims), usize(n_rows(cell) * dims));
  }
  /// The same cells for a part of the layer, with random numbers of its own.
  [[nodiscard]] packed part(std::uint64_t purpose) const { return {cell_begin, cell_id, random.sub(purpose), training, key_bias}; }
};

/// Whether a layer compares the rows of a batch with one another while it learns, so that the batch must not be cut.
template <class L>
[[nodiscard]] consteval bool reads_whole_batch() {
  if constexpr (requires { L::whole; }) return L::whole;
  return false;
}

struct nothing {};
template <class L, class Real>
struct saved_of {
  using type = nothing;
};
template <class L, class Real>
  requires requires { typename L::template saved<Real>; }
struct saved_of<L, Real> {
  using type = typename L::template saved<Real>;
};
template <class L, class Real>
struct room_of {
  using type = nothing;
};
template <class L, class Real>
  requires requires { typename L::template room<Real>; }
struct room_of<L, Real> {
  using type = typename L::template room<Real>;
};
template <class L, class Real>
using saved_t = typename saved_of<L, Real>::type;
template <class L, class Real>
using room_t = typename room_of<L, Real>::type;

/// Memory of a layer: grows, never shrinks, and is not set to zero.
template <class Real>
using memory = buffer_in<host, Real>;
/// Room for n numbers in memory that is used again.
template <class Real>
[[nodiscard]] std::span<Real> grown(memory<Real>& m, std::int64_t n) {
  if (isize(m.size()) < n) m.resize(usize(n));
  return {m.data(), usize(n)};
}

/// The sum of what `count` says of every slice of a layer, its parts included.
template <class L, class Count>
[[nodiscard]] constexpr std::int64_t sum_over_slices(const L& layer, const Count& count) {
  std::int64_t n = 0;
  if constexpr (requires { layer.each_weight([](const char*, const slice&) {}); })
    layer.each_weight([&](const char*, const slice& s) { n += count(s); });
  if constexpr (requires { L::each_part(layer, [](const char*, const auto&) {}); })
    L::each_part(layer, [&](const char*, const auto& part) { n += sum_over_slices(part, count); });
  return n;
}
/// Numbers of the flat weights that a layer takes, its parts included, with the padding behind each slice.
template <class L>
[[nodiscard]] constexpr std::int64_t n_weights(const L& layer) {
  return sum_over_slices(layer, [](const slice& s) { return with_padding(s.size()); });
}
/// Numbers that a layer learns by its gradient, its parts included: neither padding nor running moments. What papers call parameters.
template <class L>
[[nodiscard]] constexpr std::int64_t n_parameters(const L& layer) {
  return sum_over_slices(layer, [](const slice& s) { return s.by == learned_by::gradient ? s.size() : std::int64_t{0}; });
}

/// Numbers of the flat weights that nobody learns by a gradient: the padding, and running moments.
template <class L>
[[nodiscard]] constexpr std::int64_t n_not_learned(const L& layer) {
  return n_weights(layer) - n_parameters(layer);
}

/// Visits every slice of a layer and its parts: visit(name, slice, first), `first` counted from the layer's first weight.
template <class L, class Visit>
std::int64_t each_slice(const L& layer, const std::string& prefix, Visit&& visit, std::int64_t first = 0) {
  if constexpr (requires { layer.each_weight([](const char*, const slice&) {}); })
    layer.each_weight([&](const char* name, const slice& s) {
      visit(prefix + name, s, first);
      first += with_padding(s.size());
    });
  if constexpr (requires { L::each_part(layer, [](const char*, const auto&) {}); })
    L::each_part(layer, [&](const char* name, const auto& part) { first = each_slice(part, prefix + name + ".", visit, first); });
  return first;
}

/// Multiplications and additions of a forward pass over the rows of one cell: every matrix of weights once a row, and what a layer
/// that compares rows says of itself, `between_rows(rows)`. Norms, bends and sums are not counted.
template <class L>
[[nodiscard]] double operations_of(const L& layer, std::int64_t rows) {
  double sum = 0;
  if constexpr (requires { layer.each_weight([](const char*, const slice&) {}); })
    layer.each_weight([&](const char*, const slice& s) {
      if (s.decays) sum += 2.0 * static_cast<double>(s.size()) * static_cast<double>(rows);
    });
  if constexpr (requires { layer.between_rows(rows); }) sum += layer.between_rows(rows);
  if constexpr (requires { L::each_part(layer, [](const char*, const auto&) {}); })
    L::each_part(layer, [&](const char*, const auto& part) { sum += operations_of(part, rows); });
  return sum;
}

/// Cuts the flat weights (or gradients) of a layer into its slices, in order.
template <class Real>
class slices {
 public:
  explicit slices(std::span<Real> all) : rest_(all) {}
  /// The next slice, of n numbers.
  [[nodiscard]] std::span<Real> next(std::int64_t n) {
    const auto out = rest_.first(usize(n));
    rest_ = rest_.subspan(usize(with_padding(n)));
    return out;
  }
  /// The weights of the next part.
  template <class L>
  [[nodiscard]] std::span<Real> of(const L& part) {
    return next(n_weights(part));
  }

 private:
  std::span<Real> rest_;
};

/// Draws the first weights of a layer; padding is 0.
/// in     w [n_weights(layer)]; random numbers, of which every slice takes its own by its name
/// repeat bit-equal where the C library's log, sqrt and cos are; the same whatever other layers a model has
template <class Real, class L>
void draw_weights(const L& layer, const kernel::draws& random, std::span<Real> w) {
  for (Real& x : w) x = 0;
  each_slice(layer, "", [&](const std::string& name, const slice& s, std::int64_t first) {
    const kernel::draws own = random.sub(kernel::hash_text(name));
    for (std::int64_t i = 0; i < s.size(); ++i) {
      double value = 0;
      if (s.begins == start::one) value = 1;
      if (s.begins == start::value) value = s.spread;
      if (s.begins == start::normal) value = s.spread * own.normal(i);
      if (s.begins == start::uniform) value = s.spread * (2 * own.uniform(i) - 1);
      w[usize(first + i)] = static_cast<Real>(value);
    }
  });
}

}  // namespace tepui::layer
