#pragma once
/// Adds what a layer says to what it was given, so that a deep network begins as a shallow one.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/layer/dropout.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// Where the norm of a residual layer stands.
enum class norm_place : std::int32_t {
  before,  ///< y = x + inner(norm(x))            (Xiong et al. 2020; Tahoe-x1, HEIMDALL)
  after,   ///< y = norm(share x + inner(x))      (Vaswani et al. 2017; BERT, Geneformer, scGPT)
  stream,  ///< n = norm(x); y = n + inner(n)     (TranscriptFormer, whose stream is itself normed)
};

/// Sums without rounding twice: to += from.            cost  O(n)
template <class Real>
[[gnu::noinline]] void add_to(std::span<Real> to, std::span<const Real> from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

/// A layer with a norm, dropout, and a way around it.
/// types   Norm and Inner: layers of Dims -> Dims            dropout  of what inner says, `dropout_per_mille` in 1,000
/// share   what x is multiplied by before the sum, in 1 / 1,000: 1000, but CellFM's (2 layers)^(1/4); only for norm_place::after
/// keeps   what its parts keep; for `after` the sum (dims a row). A norm's result is made again in backward
/// cost    that of its parts, the norm once more
template <class Norm, class Inner, norm_place Place = norm_place::before, int DropPerMille = 0, int SharePerMille = 1000>
struct residual {
  static_assert(Norm::dims_in == Inner::dims_in && Inner::dims_in == Inner::dims_out,
                "tepui: a residual layer adds its result to what it was given; give norm and inner layer the same number of dims");
  static_assert(SharePerMille == 1000 || Place == norm_place::after,
                "tepui: only a residual layer with its norm behind the sum can weigh what it was given; write norm_place::after");
  static constexpr int dims_in = Inner::dims_in, dims_out = dims_in;
  using drop_layer = dropout<dims_in, DropPerMille>;

  [[no_unique_address]] Norm norm{};
  [[no_unique_address]] Inner inner{};

  template <class Real>
  struct saved {
    saved_t<Norm, Real> norm;
    saved_t<Inner, Real> inner;
    memory<Real> sum;
  };
  template <class Real>
  struct room {
    room_t<Norm, Real> norm;
    room_t<Inner, Real> inner;
    room_t<drop_layer, Real> drop;
    memory<Real> normed, d_normed, d_inner;
  };

  [[nodiscard]] std::string describe() const {
    std::string text = Place == norm_place::before  ? "x + " + inner.describe() + " of " + norm.describe()
                       : Place == norm_place::after ? norm.describe() + " of x + " + inner.describe()
                                                    : "n + " + inner.describe() + ", n = " + norm.describe();
    if (DropPerMille > 0) text += ", dropout " + std::to_string(DropPerMille) + "/1000";
    return text;
  }
  static void each_part(auto& self, auto&& visit) {
    visit("norm", self.norm);
    visit("inner", self.inner);
  }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    slices cut(w);
    const auto w_norm = cut.of(norm), w_inner = cut.of(inner);
    const std::int64_t n = isize(x.size());
    if constexpr (Place == norm_place::after) {
      const auto sum = grown(s.sum, n);
      say(w_inner, at, x, sum, s, r);
      constexpr Real share = Real(SharePerMille) / Real(1000);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += SharePerMille == 1000 ? x[i] : share * x[i];
      norm.forward(w_norm, at, std::span<const Real>(sum), y, s.norm, r.norm);
    } else {
      const auto normed = grown(r.normed, n);
      norm.forward(w_norm, at, x, normed, s.norm, r.norm);
      say(w_inner, at, std::span<const Real>(normed), y, s, r);
      add_to(y, Place == norm_place::before ? x : std::span<const Real>(normed));
    }
  }

  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy, std::span<Real> dw,
                std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    const auto w_norm = cut.of(norm), w_inner = cut.of(inner);
    const auto dw_norm = cut_d.of(norm), dw_inner = cut_d.of(inner);
    const std::int64_t n = isize(x.size());
    const auto d_normed = grown(r.d_normed, n);
    if constexpr (Place == norm_place::after) {
      const std::span<const Real> sum = grown(s.sum, n);
      norm.backward(w_norm, at, sum, dy, dw_norm, d_normed, s.norm, r.norm);
      inner.backward(w_inner, at, x, before_drop(at, std::span<const Real>(d_normed), r), dw_inner, dx, s.inner, r.inner);
      constexpr Real share = Real(SharePerMille) / Real(1000);
      for (std::size_t i = 0; i < dx.size(); ++i) dx[i] += SharePerMille == 1000 ? d_normed[i] : share * d_normed[i];
    } else {
      const auto normed = grown(r.normed, n);
      norm.forward(w_norm, at, x, normed, s.norm, r.norm);
      inner.backward(w_inner, at, std::span<const Real>(normed), before_drop(at, dy, r), dw_inner, d_normed, s.inner, r.inner);
      if constexpr (Place == norm_place::stream) add_to(d_normed, dy);
      norm.backward(w_norm, at, x, std::span<const Real>(d_normed), dw_norm, dx, s.norm, r.norm);
      if constexpr (Place == norm_place::before)
        if (!dx.empty()) add_to(dx, dy);
    }
  }

 private:
  /// What the inner layer says, some of it dropped.
  template <class Real>
  void say(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
           room<Real>& r) const {
    const packed mine = at.part(1);
    if (DropPerMille == 0 || !at.training) {
      inner.forward(w, mine, x, y, s.inner, r.inner);
    } else {
      const auto said = grown(r.d_inner, isize(x.size()));
      inner.forward(w, mine, x, said, s.inner, r.inner);
      nothing none;
      drop_layer{}.forward({}, at.part(2), std::span<const Real>(said), y, none, r.drop);
    }
  }
  /// The gradient of what the inner layer says.
  template <class Real>
  std::span<const Real> before_drop(const packed& at, std::span<const Real> dy, room<Real>& r) const {
    if (DropPerMille == 0 || !at.training) return dy;
    const auto d = grown(r.d_inner, isize(dy.size()));
    nothing none;
    drop_layer{}.backward({}, at.part(2), {}, dy, {}, d, none, r.drop);
    return d;
  }
};

}  // namespace tepui::layer
