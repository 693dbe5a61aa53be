#pragma once
/// Brings every dimension of a batch of cells to mean 0 and spread 1, and remembers where they usually lie for cells that come alone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/batch_norm.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::layer {

/// The settings of a batch norm. The defaults are torch's; scVI has a momentum of 0.01 and an epsilon of 0.001.
struct batch_norm_settings {
  float momentum = 0.1F;  ///< share of a batch in the running moments
  float epsilon = 1e-5F;
};

/// What differs from the usual settings: "momentum 0.01, epsilon 0.001"; nothing where nothing does.
[[nodiscard]] inline std::string unusual(batch_norm_settings s, batch_norm_settings usual = {}) {
  std::string text;
  if (s.momentum != usual.momentum) text += "momentum " + shortest_of_float(s.momentum);
  if (s.epsilon != usual.epsilon) text += (text.empty() ? "epsilon " : ", epsilon ") + shortest_of_float(s.epsilon);
  return text;
}

/// The slices of a norm of n dims, in the order in which they lie.
template <class Real>
struct norm_slices {
  std::span<Real> gain, shift, mean, variance, seen;  ///< [n] each, but for one number of batches seen

  /// The next slices of some weights or gradients.
  [[nodiscard]] static norm_slices next(slices<Real>& all, std::int64_t n) {
    norm_slices out;
    for (auto* part : {&out.gain, &out.shift, &out.mean, &out.variance}) *part = all.next(n);
    out.seen = all.next(1);
    return out;
  }
};
/// Names them: gain 1 and shift 0, which learn by their gradient, and the moments, of which a batch has the share `momentum`.
inline void each_norm_slice(std::int64_t n, float momentum, auto&& visit) {
  const double share{momentum};
  visit("gain", slice{1, n, start::one});
  visit("shift", slice{1, n, start::zero});
  visit("running_mean", slice{1, n, start::zero, 0, false, learned_by::running_mean, share});
  visit("running_variance", slice{1, n, start::one, 0, false, learned_by::running_variance, share});
  visit("batches_seen", slice{1, 1, start::zero, 0, false, learned_by::batches_seen, share});
}

/// y = (x - mean) / sqrt(variance + epsilon) gain + shift, with the moments of the batch while it learns, else the running ones.
/// shapes  gain, shift, running_mean, running_variance [Dims], beginning with 1, 0, 0, 1; batches_seen [1]
/// batch   the rows that it is handed: a shard of a step, which training does not cut. One shard: the batch, as torch has it
/// learns  the running moments follow those of all shards of a step, by `momentum`, with the variance of the cells behind the
///         batch (n - 1); backward adds plain sums to dw of their slices (see learned_by)
/// keeps   mean, spread and 1 / spread of each dim
/// errors  bad_data: fewer than two rows while it learns            cost    O(rows Dims)
/// repeat  while it learns a row depends on all rows of its shard; else on itself alone
/// source  Ioffe and Szegedy 2015
template <int Dims, batch_norm_settings Settings = batch_norm_settings{}>
struct batch_norm {
  static_assert(Dims > 0 && Settings.epsilon > 0 && Settings.momentum > 0 && Settings.momentum <= 1,
                "tepui: a batch norm needs dims and an epsilon above 0, and a momentum above 0 of at most 1; write "
                "batch_norm<128>");
  static constexpr int dims_in = Dims, dims_out = Dims;
  static constexpr bool whole = true;
  template <class Real>
  struct saved {
    memory<double> mean, spread;
    memory<Real> middle, scale;  // what x was moved and multiplied by
  };
  template <class Real>
  struct room {
    memory<double> d_gain, d_shift;
  };

  [[nodiscard]] std::string describe() const {
    const std::string differs = unusual(Settings);
    return "batch_norm(" + std::to_string(Dims) + (differs.empty() ? "" : ", " + differs) + ")";
  }
  void each_weight(auto&& visit) const { each_norm_slice(Dims, Settings.momentum, visit); }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>&) const {
    const auto [gain, shift, running_mean, running_variance, seen] = cut(w);
    const auto middle = grown(s.middle, Dims), scale = grown(s.scale, Dims);
    if (at.training) {
      const auto mean = grown(s.mean, Dims), spread = grown(s.spread, Dims);
      kernel::batch_moments<Real>(x, Dims, mean, spread);
      kernel::batch_scale<Real>(isize(x.size()) / Dims, spread, double{Settings.epsilon}, scale);
      for (std::size_t d = 0; d < middle.size(); ++d) middle[d] = static_cast<Real>(mean[d]);
    } else {
      std::copy(running_mean.begin(), running_mean.end(), middle.begin());
      kernel::running_scale<Real>(running_variance, double{Settings.epsilon}, scale);
    }
    kernel::batch_norm_forward<Real>(x, Dims, middle, scale, gain, shift, y);
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    const auto [gain, shift, running_mean, running_variance, seen] = cut(w);
    const auto [to_gain, to_shift, to_mean, to_variance, to_seen] = cut(dw);
    const std::int64_t rows = isize(x.size()) / Dims;
    const std::span<const Real> middle = grown(s.middle, Dims), scale = grown(s.scale, Dims);
    const auto d_gain = grown(r.d_gain, Dims), d_shift = grown(r.d_shift, Dims);
    std::fill(d_gain.begin(), d_gain.end(), 0.0);
    std::fill(d_shift.begin(), d_shift.end(), 0.0);
    kernel::batch_norm_sums<Real>(x, Dims, middle, scale, dy, d_gain, d_shift);
    for (std::size_t d = 0; d < d_gain.size(); ++d) {
      to_gain[d] += static_cast<Real>(d_gain[d]);
      to_shift[d] += static_cast<Real>(d_shift[d]);
    }
    if (at.training) {
      const auto mean = grown(s.mean, Dims), spread = grown(s.spread, Dims);
      const auto n = static_cast<double>(rows);
      for (std::size_t d = 0; d < mean.size(); ++d) {
        const double away = mean[d] - static_cast<double>(running_mean[d]);
        to_mean[d] += static_cast<Real>(n * away);
        to_variance[d] += static_cast<Real>(spread[d] + n * away * away);
      }
      to_seen[0] += static_cast<Real>(rows);
    }
    if (dx.empty()) return;
    const std::span<const double> none;
    kernel::batch_norm_backward<Real>(x, Dims, middle, scale, gain, dy, rows,
                                      at.training ? std::span<const double>(d_gain) : none,
                                      at.training ? std::span<const double>(d_shift) : none, dx);
  }

 private:
  template <class Real>
  [[nodiscard]] static norm_slices<Real> cut(std::span<Real> w) {
    slices all(w);
    return norm_slices<Real>::next(all, Dims);
  }
};

static_assert(row_layer<batch_norm<8>>);

}  // namespace tepui::layer
