#pragma once
/// A vector for every bin of expression.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/norm.hpp>

namespace tepui::embed {

enum class normed : bool { no, yes };

/// A learned vector for every bin, and a norm behind it where asked for.
/// weights  table [Bins, Dims]; gain, shift [Dims], where there is a norm
/// write  categories<128, 51> (scBERT, GREmLN: without a norm), categories<128, 53, normed::yes> (scGPT)
template <int Dims, int Bins, normed Normed = normed::no>
struct categories {
  static_assert(Bins > 0, "tepui: a table of bins needs at least one bin; write categories<128, 51>");
  static constexpr int dims = Dims;
  using needs = channels<channel::bin>;
  template <class Real>
  struct room {
    memory<Real> x, dx, mean, scale;
  };

  [[nodiscard]] std::string describe() const {
    return "categories " + std::to_string(Dims) + " (" + std::to_string(Bins) + " bins" +
           (Normed == normed::yes ? ", norm)" : ")");
  }
  void each_weight(auto&& visit) const {
    visit("table", table_of(Bins, Dims));
    if constexpr (Normed == normed::yes) {
      visit("gain", slice{1, Dims, layer::start::one});
      visit("shift", slice{1, Dims, layer::start::zero});
    }
  }
  /// in     bin [tokens]            out    [tokens, Dims]            errors  bad_data: a bin below 0 or not below Bins
  template <class Real>
  void forward(std::span<const Real> w, std::span<const std::int32_t> bin, std::span<Real> out,
               [[maybe_unused]] room<Real>& r) const {
    for (std::size_t t = 0; t < bin.size(); ++t) {
      if (bin[t] < 0 || bin[t] >= Bins)
        throw bad_data("a token has bin " + std::to_string(bin[t]) + ", but categories has vectors for bins 0 to " +
                       std::to_string(Bins - 1) +
                       "; give it as many bins as the tokenizer makes, and one more for each special value");
      std::copy_n(w.begin() + std::ptrdiff_t{bin[t]} * Dims, Dims, out.begin() + isize(t) * Dims);
    }
    if constexpr (Normed == normed::yes) norm<Real>(w, out, out, r);
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const std::int32_t> bin, std::span<const Real> d_out, std::span<Real> dw,
                [[maybe_unused]] room<Real>& r) const {
    std::span<const Real> d_rows = d_out;
    if constexpr (Normed == normed::yes) {
      const auto x = grown(r.x, isize(d_out.size())), dx = grown(r.dx, isize(d_out.size()));
      for (std::size_t t = 0; t < bin.size(); ++t)
        std::copy_n(w.begin() + std::ptrdiff_t{bin[t]} * Dims, Dims, x.begin() + isize(t) * Dims);
      norm<Real>(w, x, dx, r);
      const auto at = cut_up(w);
      const auto d_at = cut_up(dw);
      kernel::norm_backward<true, Real>(x, Dims, at.gain, r.mean, r.scale, d_out, dx, d_at.gain, d_at.shift);
      d_rows = dx;
    }
    for (std::size_t t = 0; t < bin.size(); ++t) {
      Real* const to = dw.data() + std::ptrdiff_t{bin[t]} * Dims;
      const Real* const from = d_rows.data() + isize(t) * Dims;
      for (int d = 0; d < Dims; ++d) to[d] += from[d];
    }
  }

 private:
  template <class T>
  struct norm_weights {
    std::span<T> gain, shift;
  };
  template <class T>
  [[nodiscard]] static norm_weights<T> cut_up(std::span<T> w) {
    slices cut(w);
    (void)cut.next(Bins * Dims);
    const auto gain = cut.next(Dims);
    return {gain, cut.next(Dims)};
  }
  template <class Real>
  static void norm(std::span<const Real> w, std::span<const Real> x, std::span<Real> y, room<Real>& r) {
    const auto at = cut_up(w);
    r.mean.resize(x.size() / usize(Dims));
    r.scale.resize(x.size() / usize(Dims));
    kernel::norm_forward<true, Real>(x, Dims, at.gain, at.shift, Real(1e-5), y, r.mean, r.scale);
  }
};

static_assert(part<categories<8, 5>> && learns<categories<8, 5>>);

}  // namespace tepui::embed
