#pragma once
/// How wrong a logistic regression is on labelled cells, and in which direction it gets better.

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/class_scores.hpp>
#include <tepui/metric/probe/cell_strips.hpp>

namespace tepui::metric {

/// Mean cross-entropy + ridge / 2 |W|^2 of a softmax over classes.
/// shapes  parameters [scores][dims + 1], the last number of a row its intercept; as many scores as classes, but for two
///         classes one score, by which the second is ahead of the first
/// repeat  some strips of 64 cells are worked on at a time and summed in order, within at most 64 groups of them and then
///         over groups: bit-equal for any number of threads
/// memory  at most 64 gradients, for any number of cells
/// A template only so that a program that includes this file does not compile it unless it uses it.
template <class Real>
struct basic_logistic_loss {
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

  const cell_strips* cells = nullptr;
  double ridge = 0;
  int threads = 1;

  /// in     parameters            out    the loss; gradient, of the same shape            cost   O(cells dims classes)
  double operator()(const vector& parameters, vector& gradient) const { return sums<double>(parameters, gradient); }
  /// The same with single precision inside a group of strips and double sums over groups.
  /// errors loss: some 1e-7 of its own size; gradient: some 1e-8 of the size of a dim, and where few cells are wrong less
  double rough(const vector& parameters, vector& gradient) const { return sums<float>(parameters, gradient); }

  /// Slopes of the cross-entropies of a strip along its scores.
  /// in     x [dims][64], the strip's cells; weight [scores][dims + 1]            out    slope [scores][64]; -> the sum of
  ///        cross-entropies
  template <class T>
  double slopes(const T* x, const T* weight, std::int64_t strip, T* slope) const {
    const std::size_t scores = usize(cells->n_scores());
    kernel::simd::strip_scores(x, usize(cells->dims()), weight, scores, slope);
    return scores == 1 ? kernel::simd::strip_slopes_of_two(slope, cells->labels(strip))
                       : kernel::simd::strip_slopes(slope, scores, cells->labels(strip));
  }

 private:
  /// What one thread works in.
  template <class T>
  struct workplace {
    buffer_in<host, T> x, slope;
  };

  /// Kept from call to call, since the system would clear new memory each time. Only one call at a time.
  mutable std::tuple<std::vector<workplace<float>>, std::vector<workplace<double>>> places_;

  template <class T>
  double sums(const vector& parameters, vector& gradient) const {
    constexpr std::int64_t most_groups = 64, wide = cell_strips::wide;
    constexpr bool exact = sizeof(T) == sizeof(double);
    const std::int64_t dims = cells->dims(), scores = cells->n_scores(), strips = cells->n_strips(),
                       at_once = std::clamp<std::int64_t>(800 / std::max<std::int64_t>(dims, 1), 4, 16),
                       blocks = (strips + at_once - 1) / at_once, together = (blocks + most_groups - 1) / most_groups,
                       groups = blocks == 0 ? 0 : (blocks + together - 1) / together;
    std::vector<T> weight(usize(parameters.size()));
    for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<T>(parameters(isize(i)));
    std::vector<double> loss(usize(groups), 0), pull(usize(groups) * weight.size(), 0);
    auto& places = std::get<std::vector<workplace<T>>>(places_);
    places.resize(usize(std::max(1, threads)));
    kernel::parallel_chunks(groups, threads, [&](std::int64_t g, int worker) {
      workplace<T>& place = places[usize(worker)];
      place.slope.resize(usize(at_once * scores * wide));
      if constexpr (exact) place.x.resize(usize(at_once * dims * wide));
      for (std::int64_t b = g * together; b < std::min(blocks, (g + 1) * together); ++b) {
        const std::int64_t first = b * at_once, n = std::min(at_once, strips - first);
        const T* x = nullptr;
        if constexpr (exact) {
          for (std::int64_t s = 0; s < n; ++s) cells->exact(first + s, place.x.data() + s * dims * wide);
          x = place.x.data();
        } else {
          x = cells->rough(first);
        }
        for (std::int64_t s = 0; s < n; ++s)
          loss[usize(g)] += slopes(x + s * dims * wide, weight.data(), first + s, place.slope.data() + s * scores * wide);
        kernel::simd::strip_pulls(x, place.slope.data(), usize(dims), usize(scores), usize(n),
                                  pull.data() + usize(g) * weight.size());
      }
    });
    const auto n = static_cast<double>(cells->n_cells());
    double total = 0, square = 0;
    for (const double l : loss) total += l;
    gradient.resize(parameters.size());
    for (std::int64_t i = 0; i < parameters.size(); ++i) {
      double sum = 0;
      for (std::int64_t g = 0; g < groups; ++g) sum += pull[usize(g) * weight.size() + usize(i)];
      sum /= n;
      if (i % (dims + 1) != dims) {
        const auto w = static_cast<double>(parameters(i));
        sum += ridge * w;
        square += w * w;
      }
      gradient(i) = static_cast<Real>(sum);
    }
    return total / n + 0.5 * ridge * square;
  }
};

using logistic_loss = basic_logistic_loss<double>;

}  // namespace tepui::metric
