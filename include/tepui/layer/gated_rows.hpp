#pragma once
/// Layers one half of whose numbers decides how much of the other half passes, one behind the other, as TabNet has them.

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/kernel/activation.hpp>
#include <tepui/layer/chain.hpp>
#include <tepui/layer/ghost_batch_norm.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::layer {

/// y = u sigmoid(v), where a row is u, then v.
/// keeps   nothing            errors  float: relative 1e-6            cost  O(rows Dims)            source  Dauphin et al.
///         2017
template <int Dims>
struct sigmoid_gate {
  static_assert(Dims > 0, "tepui: a gate needs dims above 0; write sigmoid_gate<192>");
  static constexpr int dims_in = 2 * Dims, dims_out = Dims;

  [[nodiscard]] std::string describe() const { return "gate(" + std::to_string(Dims) + ")"; }
  template <class Real>
  void forward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<Real> y, nothing&, nothing&) const {
    for (std::size_t i = 0; i < y.size(); i += Dims)
      for (std::size_t d = 0; d < Dims; ++d) y[i + d] = x[2 * i + d] * sigmoid(x[2 * i + Dims + d]);
  }
  template <class Real>
  void backward(std::span<const Real>, const packed&, std::span<const Real> x, std::span<const Real> dy, std::span<Real>,
                std::span<Real> dx, nothing&, nothing&) const {
    if (dx.empty()) return;
    for (std::size_t i = 0; i < dy.size(); i += Dims)
      for (std::size_t d = 0; d < Dims; ++d) {
        const Real share = sigmoid(x[2 * i + Dims + d]), by = dy[i + d];
        dx[2 * i + d] = by * share;
        dx[2 * i + Dims + d] = by * x[2 * i + d] * share * (1 - share);
      }
  }

 private:
  template <class Real>
  [[nodiscard]] static Real sigmoid(Real x) {
    if constexpr (std::is_same_v<Real, float>) {
      return 1.0F / (1.0F + kernel::exponential(-x));
    } else {
      return Real{1} / (Real{1} + std::exp(-x));
    }
  }
};

/// A linear layer without bias in front of a batch norm: its weights begin wide, so that a step of training is small beside
/// them.
/// starts  normal with a variance of 2 / sqrt(In), as TabNet's gated layers do
template <int In, int Out>
struct wide_linear : linear<In, Out, bias::without> {
  void each_weight(auto&& visit) const {
    visit("weight", slice{In, Out, start::normal, std::sqrt(2 / std::sqrt(static_cast<double>(In))), true});
  }
};

/// N layers of one kind whose weights are used elsewhere.
template <class Layer, int N>
struct several_layers {
  static void each_part(auto&, auto&& visit) {
    for (int i = 0; i < N; ++i) visit(std::to_string(i).c_str(), Layer{});
  }
};

/// From the product of the genes with the first shared weights to a row of a step: gated layers with weights that all steps
/// share,
/// then with its own; each but the first is added to what it was given, times sqrt(1/2).
/// shapes  x [rows, 2 Dims], y [rows, Dims]; each layer: weight [Dims, 2 Dims], and a norm of 2 Dims. Norms are never shared
/// types   Shared: layers with shared weights, of which the first has been multiplied already; Own: layers behind them
/// weights of this layer: norms of the shared layers, then its own layers; those shared are handed in beside them
/// keeps   6 Dims numbers a row and layer            cost  4 rows Dims^2 operations a layer forward, twice that backward
/// source  Arik and Pfister 2021
template <int Dims, int Shared, int Own, int GhostRows, batch_norm_settings Norm>
struct gated_rows {
  static_assert(Shared >= 1 && Own >= 0,
                "tepui: the gated layers of a step need at least one with shared weights, which reads "
                "the genes");
  static constexpr int dims_in = 2 * Dims, dims_out = Dims, layers = Shared + Own;
  using norm = ghost_batch_norm<2 * Dims, GhostRows, Norm>;
  using product = wide_linear<Dims, 2 * Dims>;
  using own_layer = chain<product, norm>;
  using shared_layers = several_layers<product, Shared - 1>;

  template <class Real>
  struct one_saved {
    saved_t<norm, Real> of_norm;
    memory<Real> x, lines, normed;
  };
  template <class Real>
  struct saved {
    std::array<one_saved<Real>, usize(layers)> each;
  };
  template <class Real>
  struct room {
    room_t<norm, Real> of_norm;
    room_t<product, Real> of_product;
    memory<Real> passed, d_x, d_normed, d_product, d_in;
  };

  static void each_part(auto&, auto&& visit) {
    visit("norms", several_layers<norm, Shared>{});
    visit("own", several_layers<own_layer, Own>{});
  }

  /// in     shared: weights of the shared layers behind the first; w: of this layer
  template <class Real>
  void forward(std::span<const Real> shared, std::span<const Real> w, const packed& at, std::span<const Real> x,
               std::span<Real> y, saved<Real>& s, room<Real>& r) const {
    const std::int64_t n = isize(x.size()) / dims_in;
    nothing none;
    std::span<const Real> in;
    for (int i = 0; i < layers; ++i) {
      auto& keep = s.each[usize(i)];
      const auto lines = grown(keep.lines, n * dims_in), normed = grown(keep.normed, n * dims_in);
      if (i == 0) {
        std::copy(x.begin(), x.end(), lines.begin());
      } else {
        product{}.forward(product_of(shared, w, i), at, in, lines, none, r.of_product);
      }
      norm{}.forward(norm_of(w, i), at, std::span<const Real>(lines), normed, keep.of_norm, r.of_norm);
      const auto out = i + 1 == layers ? y : grown(s.each[usize(i + 1)].x, n * Dims);
      gate.forward({}, at, std::span<const Real>(normed), out, none, none);
      if (i > 0)
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = (out[k] + in[k]) * root_half<Real>;
      in = out;
    }
  }
  /// d_shared, dw are added to; dx is overwritten.
  template <class Real>
  void backward(std::span<const Real> shared, std::span<const Real> w, const packed& at, std::span<const Real> dy,
                std::span<Real> d_shared, std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    const std::int64_t n = isize(dy.size()) / Dims;
    nothing none;
    const auto d_x = grown(r.d_x, n * Dims), d_in = grown(r.d_in, n * Dims), d_normed = grown(r.d_normed, n * dims_in);
    std::copy(dy.begin(), dy.end(), d_x.begin());
    for (int i = layers - 1; i >= 0; --i) {
      auto& keep = s.each[usize(i)];
      const std::span<const Real> lines = grown(keep.lines, n * dims_in), normed = grown(keep.normed, n * dims_in);
      if (i > 0)
        for (Real& d : d_x) d *= root_half<Real>;
      gate.backward({}, at, normed, std::span<const Real>(d_x), {}, d_normed, none, none);
      const auto d_lines = i == 0 ? dx : grown(r.d_product, n * dims_in);
      norm{}.backward(norm_of(w, i), at, lines, std::span<const Real>(d_normed), norm_of(dw, i), d_lines, keep.of_norm,
                      r.of_norm);
      if (i == 0) break;
      const std::span<const Real> in = grown(keep.x, n * Dims);
      product{}.backward(product_of(shared, w, i), at, in, std::span<const Real>(d_lines), product_of(d_shared, dw, i), d_in,
                         none, r.of_product);
      for (std::size_t k = 0; k < d_x.size(); ++k) d_x[k] += d_in[k];
    }
  }

 private:
  template <class Real>
  static constexpr Real root_half = static_cast<Real>(0.70710678118654752);
  static constexpr sigmoid_gate<Dims> gate{};

  /// The weights of the product of layer i > 0, and those of the norm of layer i.
  template <class Real>
  [[nodiscard]] static std::span<Real> product_of(std::span<Real> shared, std::span<Real> w, int i) {
    const std::int64_t one = n_weights(product{});
    if (i < Shared) return shared.subspan(usize((i - 1) * one), usize(one));
    return w.subspan(usize(Shared * n_weights(norm{}) + (i - Shared) * n_weights(own_layer{})), usize(one));
  }
  template <class Real>
  [[nodiscard]] static std::span<Real> norm_of(std::span<Real> w, int i) {
    const std::int64_t one = n_weights(norm{});
    if (i < Shared) return w.subspan(usize(i * one), usize(one));
    const std::int64_t behind = Shared * one + (i - Shared) * n_weights(own_layer{}) + n_weights(product{});
    return w.subspan(usize(behind), usize(one));
  }
};

static_assert(row_layer<sigmoid_gate<8>>);

}  // namespace tepui::layer
