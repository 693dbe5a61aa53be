#pragma once
/// How probable the counts of many genes are under a law of counting, several at once.

#include <cstddef>

#include <tepui/kernel/simd/count_terms.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Where parameters are read and slopes written; null where a law has none, or where slopes are not wanted.
template <class T>
struct count_pointers {
  const T *mean, *dispersion, *dropout_logit;
  T *log_likelihood, *d_mean, *d_dispersion, *d_dropout_logit;
};

/// Which counts a call is about.
enum class counts_are { zero, positive, any };

/// n counts. Slopes are multiplied by `by`.
template <count_law Law, slopes_of By, counts_are Are, class T>
[[gnu::noinline]] void count_likelihood(const T* x, std::size_t n, const count_pointers<T>& at, T by) {
  const lanes_of<T> d;
  const auto scale = hn::Set(d, by);
  in_lanes<T>(n, [&](auto p) {
    const auto mean = p.load(at.mean);
    auto theta = mean, logit = mean, d_mean = mean, d_theta = mean, d_logit = mean;
    if constexpr (has_dispersion(Law))
      theta = hn::Min(hn::Max(p.load(at.dispersion), hn::Set(d, static_cast<T>(least_parameter))),
                      hn::Set(d, static_cast<T>(1 / least_parameter)));
    if constexpr (has_dropout(Law)) logit = p.load(at.dropout_logit);
    auto value = mean;
    if constexpr (Are == counts_are::zero) {
      value = likelihood_of_zero<Law, By>(d, mean, theta, logit, d_mean, d_theta, d_logit);
    } else if constexpr (Are == counts_are::positive) {
      value = likelihood_of_count<Law, By>(d, p.load(x), mean, theta, logit, d_mean, d_theta, d_logit);
    } else {
      const auto count = p.load(x), one = hn::Set(d, T{1});
      const auto none = hn::Eq(count, hn::Zero(d));
      value = likelihood_of_zero<Law, By>(d, mean, theta, logit, d_mean, d_theta, d_logit);
      if (!hn::AllTrue(d, none)) {
        auto of_mean = mean, of_theta = mean, of_logit = mean;
        const auto other = likelihood_of_count<Law, By>(d, hn::IfThenElse(none, one, count), mean, theta, logit, of_mean,
                                                        of_theta, of_logit);
        value = hn::IfThenElse(none, value, other);
        d_mean = hn::IfThenElse(none, d_mean, of_mean);
        d_theta = hn::IfThenElse(none, d_theta, of_theta);
        d_logit = hn::IfThenElse(none, d_logit, of_logit);
      }
    }
    p.store(value, at.log_likelihood);
    if (at.d_mean != nullptr) p.store(hn::Mul(d_mean, scale), at.d_mean);
    if constexpr (has_dispersion(Law))
      if (at.d_dispersion != nullptr) p.store(hn::Mul(d_theta, scale), at.d_dispersion);
    if constexpr (has_dropout(Law))
      if (at.d_dropout_logit != nullptr) p.store(hn::Mul(d_logit, scale), at.d_dropout_logit);
  });
}

/// to += from.
template <class T>
[[gnu::noinline]] void add_all(const T* from, std::size_t n, T* to) {
  in_lanes<T>(n, [&](auto p) { p.store(hn::Add(p.load(to), p.load(from)), to); });
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
