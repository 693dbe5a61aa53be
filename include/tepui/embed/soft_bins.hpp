#pragma once
/// Vectors of expression values from soft bins: a value belongs to every bin a little, and takes the mixture of their vectors.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/softmax.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::embed {

/// What the values -1 and -2 mean.
enum class marked_values : std::int32_t {
  none,          ///< numbers like any other
  mask_and_pad,  ///< -1 hides a value, -2 stands for no value; each has a vector of its own (scFoundation)
};

/// The compile-time shape of soft bins. The defaults are scFoundation's, whose hidden layer is added to the scores of the bins.
struct soft_bin_shape {
  int bins = 100;
  int hidden = 100;
  bool hidden_added = true;   ///< the hidden layer, which has a number a bin, is added to the scores
  int slope_per_mille = 100;  ///< of the leaky ReLU, below 0
  marked_values marked = marked_values::none;
};
/// The soft bins of State (SE): ten bins by a network with a hidden layer of 512.
inline constexpr soft_bin_shape state_bins{.bins = 10, .hidden = 512, .hidden_added = false, .slope_per_mille = 10};
/// scFoundation's own, with its vectors for hidden values and for none.
inline constexpr soft_bin_shape scfoundation_bins{.marked = marked_values::mask_and_pad};

/// Soft bins of the value: h = leaky(x first); s = [h +] h second; shares = softmax(s); out = shares table.
/// weights  table [bins, Dims]; mask, pad [Dims] where marked; first.weight, first.bias [hidden]; second.weight [hidden, bins];
///          second.bias [bins]
/// write  soft_bins<128>, soft_bins<512, state_bins>, soft_bins<768, scfoundation_bins>
/// cost   O((hidden + Dims) bins) and bins exponentials a token
/// differs  HEIMDALL's keeps vectors for masked and padded values that it never uses; the default here has none
/// source Hao et al. 2024 (scFoundation), Adduri et al. 2025 (State). CellFM's value network is of the same form, with biases of 0
template <int Dims, soft_bin_shape Shape = soft_bin_shape{}>
struct soft_bins {
  static_assert(
      Shape.bins > 0 && Shape.hidden > 0 && (!Shape.hidden_added || Shape.bins == Shape.hidden),
      "tepui: a hidden layer that is added to the scores of soft bins needs a number a bin; give hidden and bins the same "
      "number, or write .hidden_added = false");
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;
  using line = layer::linear<1, Shape.hidden>;
  using mix = layer::linear<Shape.hidden, Shape.bins>;
  template <class Real>
  struct room {
    memory<Real> x, hidden, share, d_out, d_share, d_hidden;
    room_t<line, Real> first;
    room_t<mix, Real> second;
    kernel::gemm_room<Real> product;
  };

  [[no_unique_address]] line first{};
  [[no_unique_address]] mix second{};

  [[nodiscard]] std::string describe() const {
    return "soft bins " + std::to_string(Dims) + " (" + std::to_string(Shape.bins) + " bins, hidden " +
           std::to_string(Shape.hidden) + (Shape.hidden_added ? " added" : "") + ", slope " +
           std::to_string(Shape.slope_per_mille) + "/1000" + (marked ? ", -1 and -2 marked)" : ")");
  }
  void each_weight(auto&& visit) const {
    visit("table", table_of(Shape.bins, Dims));
    if constexpr (marked) {
      visit("mask", table_of(1, Dims));
      visit("pad", table_of(1, Dims));
    }
  }
  static void each_part(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("second", self.second);
  }
  /// The share of each bin.            in     x [tokens]            out    [tokens, bins], each row sums to 1
  template <class Real>
  void shares(std::span<const Real> w, std::span<const float> x, std::span<Real> share, room<Real>& r) const {
    layer::nothing none;
    const auto at = cut_up(w);
    const auto hidden = grown(r.hidden, isize(x.size()) * Shape.hidden);
    first.forward(at.first, {}, as_real(x, r.x), hidden, none, r.first);
    for (Real& h : hidden) h = h > 0 ? h : slope<Real> * h;
    second.forward(at.second, {}, std::span<const Real>(hidden), share, none, r.second);
    if constexpr (Shape.hidden_added)
      for (std::size_t i = 0; i < share.size(); ++i) share[i] += hidden[i];
    for (std::size_t t = 0; t < x.size(); ++t) softmax(share.subspan(t * bins, bins));
  }
  /// in     x [tokens]            out    [tokens, Dims]
  template <class Real>
  void forward(std::span<const Real> w, std::span<const float> x, std::span<Real> out, room<Real>& r) const {
    const auto at = cut_up(w);
    const auto share = grown(r.share, isize(x.size()) * Shape.bins);
    shares(w, x, share, r);
    kernel::gemm<kernel::precision::float32, Real>(isize(x.size()), Dims, Shape.bins, {share.data(), Shape.bins, 1},
                                                   {at.table.data(), Dims, 1}, out.data(), Dims, kernel::into::overwrite,
                                                   r.product);
    if constexpr (marked)
      for (std::size_t t = 0; t < x.size(); ++t) {
        if (x[t] == -1.0F) std::copy(at.mask.begin(), at.mask.end(), out.begin() + isize(t) * Dims);
        if (x[t] == -2.0F) std::copy(at.pad.begin(), at.pad.end(), out.begin() + isize(t) * Dims);
      }
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const float> x, std::span<const Real> d_all, std::span<Real> dw,
                room<Real>& r) const {
    using kernel::into;
    const auto tokens = isize(x.size());
    const auto at = cut_up(w);
    const auto d_at = cut_up(dw);
    const auto d_out = without_marked(x, d_all, d_at, r);
    const auto share = grown(r.share, tokens * Shape.bins), d_share = grown(r.d_share, tokens * Shape.bins);
    shares(w, x, share, r);
    // d_table += shares' d_out;  d_share = d_out table'
    kernel::gemm<kernel::precision::float32, Real>(Shape.bins, Dims, tokens, {share.data(), 1, Shape.bins},
                                                   {d_out.data(), Dims, 1}, d_at.table.data(), Dims, into::add, r.product);
    kernel::gemm<kernel::precision::float32, Real>(tokens, Shape.bins, Dims, {d_out.data(), Dims, 1}, {at.table.data(), 1, Dims},
                                                   d_share.data(), Shape.bins, into::overwrite, r.product);
    for (std::size_t t = 0; t < x.size(); ++t)
      through_softmax<Real>(share.subspan(t * bins, bins), d_share.subspan(t * bins, bins));
    const auto d_hidden = grown(r.d_hidden, tokens * Shape.hidden);
    const std::span<const Real> hidden = grown(r.hidden, tokens * Shape.hidden);
    layer::nothing none;
    second.backward(at.second, {}, hidden, std::span<const Real>(d_share), d_at.second, d_hidden, none, r.second);
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      Real d = d_hidden[i];
      if constexpr (Shape.hidden_added) d += d_share[i];
      d_hidden[i] = hidden[i] > 0 ? d : slope<Real> * d;  // what is above 0 was above 0 before the bend
    }
    first.backward(at.first, {}, as_real(x, r.x), std::span<const Real>(d_hidden), d_at.first, std::span<Real>(), none, r.first);
  }

 private:
  static constexpr bool marked = Shape.marked == marked_values::mask_and_pad;
  static constexpr auto bins = usize(Shape.bins);
  template <class Real>
  static constexpr Real slope = static_cast<Real>(static_cast<float>(Shape.slope_per_mille) / 1000.0F);
  template <class T>
  struct cut_weights {
    std::span<T> table, mask, pad, first, second;
  };
  template <class T>
  [[nodiscard]] cut_weights<T> cut_up(std::span<T> w) const {
    slices cut(w);
    cut_weights<T> out;
    out.table = cut.next(Shape.bins * Dims);
    if constexpr (marked) {
      out.mask = cut.next(Dims);
      out.pad = cut.next(Dims);
    }
    out.first = cut.of(first);
    out.second = cut.of(second);
    return out;
  }
  template <class Real>
  static void softmax(std::span<Real> row) {
    if constexpr (std::is_same_v<Real, float>) {
      kernel::softmax(row);
    } else {
      const Real top = *std::max_element(row.begin(), row.end());
      Real sum = 0;
      for (Real& s : row) sum += s = std::exp(s - top);
      for (Real& s : row) s /= sum;
    }
  }
  /// d of the shares becomes d of the scores.
  template <class Real>
  [[gnu::noinline]] static void through_softmax(std::span<const Real> share, std::span<Real> d) {
    Real mean = 0;
    for (std::size_t b = 0; b < bins; ++b) mean += share[b] * d[b];
    for (std::size_t b = 0; b < bins; ++b) d[b] = share[b] * (d[b] - mean);
  }
  /// Gives marked tokens' gradients to the vectors that stood there.            -> those of all others, zeros for the marked
  template <class Real>
  [[nodiscard]] static std::span<const Real> without_marked(std::span<const float> x, std::span<const Real> d_all,
                                                            [[maybe_unused]] const cut_weights<Real>& d_at,
                                                            [[maybe_unused]] room<Real>& r) {
    if constexpr (marked) {
      const auto left = grown(r.d_out, isize(d_all.size()));
      std::copy(d_all.begin(), d_all.end(), left.begin());
      for (std::size_t t = 0; t < x.size(); ++t) {
        if (x[t] != -1.0F && x[t] != -2.0F) continue;
        const auto to = x[t] == -1.0F ? d_at.mask : d_at.pad;
        for (std::size_t d = 0; d < usize(Dims); ++d) to[d] += d_all[t * usize(Dims) + d];
        std::fill_n(left.begin() + isize(t) * Dims, Dims, Real(0));
      }
      return left;
    } else {
      return d_all;
    }
  }
};

static_assert(part<soft_bins<8>> && part<soft_bins<8, state_bins>> && learns<soft_bins<8>>);

}  // namespace tepui::embed
