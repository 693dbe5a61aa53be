#pragma once
/// Guesses a few numbers about a token from its state: one value, or a score for each of some bins.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/kernel/cross_entropy.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/linear.hpp>
#include <tepui/objective/asked.hpp>
#include <tepui/objective/front.hpp>

namespace tepui::objective {

/// `Out` numbers for each row that is asked about: the front, and a linear layer behind it.
/// memory  256 rows at a time            repeat  a row's numbers and gradient: the same bits whatever stands beside it
template <int Dims, int Out, template <int> class Front>
struct row_head {
  using front_layer = Front<Dims>;
  static constexpr bool has_front = !std::is_same_v<front_layer, front::none<Dims>>;
  static constexpr std::int64_t tile = 256;
  using out_layer = layer::linear<Dims, Out>;

  [[no_unique_address]] front_layer front{};
  [[no_unique_address]] out_layer out{};

  template <class Real>
  struct room {
    layer::memory<Real> x, h, y, dy, d_h, dx;
    layer::saved_t<front_layer, Real> front_saved;
    layer::room_t<front_layer, Real> front_room;
    layer::room_t<out_layer, Real> out_room;
  };

  [[nodiscard]] std::string describe() const { return (has_front ? front.describe() + "; " : "") + out.describe(); }
  static void each_part(auto& self, auto&& visit) {
    if constexpr (has_front) visit("front", self.front);
    visit("out", self.out);
  }

  /// in     row [questions]; answer(first, y, dy) -> loss: the numbers y [some, Out] of the questions from `first` on, and
  ///        room for the gradient by them, which is empty where none is wanted
  /// out    the sum of what answer said; gradients are added to dw and d.token
  template <bool Gradient, class Real>
  double each_tile(std::span<const Real> w, const states<Real>& have, std::span<const std::int64_t> row, std::span<Real> dw,
                   const state_gradients<Real>& d, room<Real>& r, auto&& answer) const {
    layer::slices<const Real> cut(w);
    layer::slices<Real> cut_d(dw);
    std::span<const Real> w_front, w_out;
    std::span<Real> dw_front, dw_out;
    if constexpr (has_front) w_front = cut.of(front);
    w_out = cut.of(out);
    if constexpr (Gradient) {
      if constexpr (has_front) dw_front = cut_d.of(front);
      dw_out = cut_d.of(out);
    }
    double sum = 0;
    for (std::int64_t first = 0; first < isize(row.size()); first += tile) {
      const std::int64_t m = std::min(tile, isize(row.size()) - first), n = m * Dims;
      const auto x = layer::grown(r.x, n), h = has_front ? layer::grown(r.h, n) : x, y = layer::grown(r.y, m * Out);
      for (std::int64_t i = 0; i < m; ++i)
        std::copy_n(have.token.begin() + row[usize(first + i)] * Dims, Dims, x.begin() + i * Dims);
      const std::array<std::int64_t, 2> begin{0, m};
      const std::array<std::int64_t, 1> id{0};
      const layer::packed at{begin, id, {}, false};
      layer::nothing none;
      if constexpr (has_front) front.forward(w_front, at, std::span<const Real>(x), h, r.front_saved, r.front_room);
      out.forward(w_out, at, std::span<const Real>(h), y, none, r.out_room);
      const auto dy = layer::grown(r.dy, Gradient ? m * Out : 0);
      sum += answer(first, std::span<const Real>(y), dy);
      if constexpr (Gradient) {
        const bool wanted = !d.token.empty();
        const auto d_h = layer::grown(r.d_h, wanted || has_front ? n : 0);
        out.backward(w_out, at, std::span<const Real>(h), std::span<const Real>(dy), dw_out, d_h, none, r.out_room);
        std::span<const Real> dx = d_h;
        if constexpr (has_front) {
          const auto into = layer::grown(r.dx, wanted ? n : 0);
          front.backward(w_front, at, std::span<const Real>(x), std::span<const Real>(d_h), dw_front, into, r.front_saved,
                         r.front_room);
          dx = into;
        }
        if (!wanted) continue;
        for (std::int64_t i = 0; i < m; ++i)
          for (std::int64_t k = 0; k < Dims; ++k) d.token[usize(row[usize(first + i)] * Dims + k)] += dx[usize(i * Dims + k)];
      }
    }
    return sum;
  }
};

/// The sum of -log share(label), and its gradient times weight.
/// shapes  score [rows, classes]; label [rows] in [0, classes)            out    d [rows, classes], or empty where none is
///         wanted
/// cost, errors, repeat  as kernel::cross_entropy_rows
template <class Real>
[[nodiscard]] double label_surprise(std::span<const Real> score, std::int64_t classes, std::span<const std::int32_t> label,
                                    std::span<Real> d, Real weight) {
  if (d.empty()) return kernel::cross_entropy_loss<Real>(score, classes, label);
  std::copy(score.begin(), score.end(), d.begin());
  const double loss = kernel::cross_entropy_rows<Real>(d, classes, label);
  if (weight != Real(1))
    for (Real& x : d) x *= weight;
  return loss;
}

}  // namespace tepui::objective
