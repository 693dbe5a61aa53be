#pragma once
/// How probable the counts of a cell are when a model says what to expect of each gene, and how the model should change.

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/count_likelihood.hpp>

namespace tepui::kernel {

[[nodiscard]] constexpr std::string_view name_of(count_law law) {
  constexpr std::string_view names[] = {"poisson", "zero_truncated_poisson", "negative_binomial",
                                        "zero_inflated_negative_binomial"};
  return names[static_cast<int>(law)];
}

/// What a model expects of each gene. Spans that a law has no use for stay empty.
/// mean            >= 0, at most 1e8 (below 1e-28 a positive count is as probable as there)
/// dispersion      theta > 0, taken into [1e-28, 1e28]: towards 0 ever wider, at 1e28 a Poisson law
/// dropout_logit   log(probability of a loss / that of none), finite
template <class Real>
struct count_parameters {
  std::span<const Real> mean, dispersion, dropout_logit;
};
/// Where slopes of the log-likelihood go. Those that are not wanted stay empty.
template <class Real>
struct count_slopes {
  std::span<Real> mean, dispersion, dropout_logit;
};

/// Room for count_likelihood_row; grows to the longest row and is then reused.
template <class Real>
struct count_row_room {
  std::vector<Real> log_likelihood, d_dispersion;  ///< [genes]; the former is left as the row's terms
  std::vector<Real> packed;                        ///< eight arrays of the positive counts
  std::vector<std::int32_t> gene;
};

inline namespace HWY_NAMESPACE {

/// The log-likelihood of each count, and its slopes with respect to the parameters. slopes_of::logarithms: those by log mean
/// and log dispersion, which stay finite where a mean is 0; a logit is derived by itself.
/// in     value [n]: whole, >= 0, at most 1e8 (truncated law: 0 is impossible: -infinity, slopes 0); parameters [n]
/// out    log_likelihood [n]; slopes [n] or empty, overwritten, times `by`
/// errors in units of 1.2e-7 (double: 2.2e-16), L being the log-likelihood: L to 12 (1 + |L|), up to counts of 8 to
///        12 (1 + |L| + value |log mean|); slopes of log mean relative 2, of log dispersion 12 (1 + value + |itself|), for
///        counts of 0 relative 16; zero-inflated, counts of 0: relative 16 (1 + |logit| + |L without losses|); below 1e-30
///        nothing is promised
/// cost   a count of 0: negative binomial a logarithm and three divisions, zero-inflated three exponentials and a logarithm
///        more; counts up to 8: three logarithms and a product, no log-gamma
/// repeat a number does not depend on those beside it
/// source by mean and dispersion, zero inflation by logits: Lopez et al. 2018 (scVI), whose additions of 1e-8 to mean and
///        dispersion are left out; counts above 8: the deviance form of Loader 2000
template <count_law Law, slopes_of By = slopes_of::logarithms, class Real>
void count_likelihood(std::span<const Real> value, const count_parameters<Real>& of, std::span<Real> log_likelihood,
                      const count_slopes<Real>& slopes = {}, Real by = Real{1}) {
  const auto data = [](std::span<Real> s) { return s.empty() ? nullptr : s.data(); };
  assert(of.mean.size() == value.size() && (!has_dispersion(Law) || of.dispersion.size() == value.size()) &&
         (!has_dropout(Law) || of.dropout_logit.size() == value.size()));
  simd::count_likelihood<Law, By, simd::counts_are::any>(
      value.data(), value.size(),
      simd::count_pointers<Real>{of.mean.data(), of.dispersion.data(), of.dropout_logit.data(), log_likelihood.data(),
                                 data(slopes.mean), data(slopes.dispersion), data(slopes.dropout_logit)},
      by);
}

/// The log-likelihood of a cell whose counts are stored as they are, without zeros: every gene is first taken for a 0,
/// several at once, and what was counted is then put in its place.
/// in     genes [nonzeros], different and in [0, genes); values [nonzeros], whole, >= 0; parameters [genes]
/// out    the sum over all genes; room.log_likelihood [genes]: its terms
///        slopes.mean, slopes.dropout_logit [genes]: overwritten; slopes.dispersion [genes]: *added to*, so that a
///        dispersion that cells share gathers its slope; each may be empty; all times `by` (-1 / cells for a mean loss)
/// errors as count_likelihood, term by term; summed in double
/// cost   a count of 0 a gene, and a count of many a nonzero            memory 2 genes + 10 nonzeros
/// repeat terms and slopes have the same bits as from count_likelihood; the sum does not depend on other rows
template <count_law Law, slopes_of By = slopes_of::logarithms, class Real, class Value>
double count_likelihood_row(std::span<const std::int32_t> genes, std::span<const Value> values,
                            const count_parameters<Real>& of, count_row_room<Real>& room,
                            const count_slopes<Real>& slopes = {}, Real by = Real{1}) {
  static_assert(Law != count_law::zero_truncated_poisson,
                "a zero-truncated law has no zeros: give the counts that are there to count_likelihood");
  const std::size_t n = of.mean.size();
  const auto data = [](std::span<Real> s) { return s.empty() ? nullptr : s.data(); };
  room.log_likelihood.resize(n);
  room.d_dispersion.resize(slopes.dispersion.empty() ? 0 : n);
  simd::count_likelihood<Law, By, simd::counts_are::zero>(
      static_cast<const Real*>(nullptr), n,
      simd::count_pointers<Real>{of.mean.data(), of.dispersion.data(), of.dropout_logit.data(), room.log_likelihood.data(),
                                 data(slopes.mean), data(room.d_dispersion), data(slopes.dropout_logit)},
      by);

  // Few counts first, then many: a vector of one kind needs one kind of arithmetic. Sorted without a branch to guess.
  const std::size_t most = values.size();
  room.packed.resize(8 * most);
  room.gene.resize(2 * most + 1);
  const auto part = [&](std::size_t k) { return room.packed.data() + k * most; };
  std::int32_t* const few = room.gene.data();
  std::int32_t* const many = few + most;
  std::size_t n_few = 0, n_many = 0;
  for (std::size_t i = 0; i < most; ++i) {
    const auto v = static_cast<Real>(values[i]);
    few[n_few] = many[n_many] = static_cast<std::int32_t>(i);
    n_few += static_cast<std::size_t>(v > 0 && v <= simd::few_counts);
    n_many += static_cast<std::size_t>(v > simd::few_counts);
  }
  std::copy(many, many + n_many, few + n_few);
  const std::size_t there = n_few + n_many;
  for (std::size_t k = 0; k < there; ++k) {
    const auto i = usize(few[k]), g = usize(genes[i]);
    part(0)[k] = static_cast<Real>(values[i]);
    part(1)[k] = of.mean[g];
    if constexpr (has_dispersion(Law)) part(2)[k] = of.dispersion[g];
    if constexpr (has_dropout(Law)) part(3)[k] = of.dropout_logit[g];
    few[k] = genes[i];
  }
  simd::count_likelihood<Law, By, simd::counts_are::positive>(
      part(0), there, simd::count_pointers<Real>{part(1), part(2), part(3), part(4), part(5), part(6), part(7)}, by);
  const auto put = [&](std::size_t k, std::span<Real> to) {
    if (!to.empty())
      for (std::size_t i = 0; i < there; ++i) to[usize(room.gene[i])] = part(k)[i];
  };
  put(4, room.log_likelihood);
  put(5, slopes.mean);
  if constexpr (has_dispersion(Law)) {
    put(6, room.d_dispersion);
    if (!slopes.dispersion.empty()) simd::add_all(room.d_dispersion.data(), n, slopes.dispersion.data());
  }
  if constexpr (has_dropout(Law)) put(7, slopes.dropout_logit);

  std::array<double, 16> lane{};
  const Real* const terms = room.log_likelihood.data();
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t l = 0; l < 16; ++l) lane[l] += static_cast<double>(terms[i + l]);
  for (std::size_t l = 0; i < n; ++i, ++l) lane[l] += static_cast<double>(terms[i]);
  double sum = 0;
  for (const double v : lane) sum += v;
  return sum;
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
