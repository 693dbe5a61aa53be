#pragma once
/// Which cells lie nearer to an anchor than they should, looked up along a row of its distances.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/triplet_row.hpp>

namespace tepui::kernel {

// The loss of a cell at distance d, beside a positive at `from`, is (from - d) + margin; these functions and their twins in
// kernel/simd take these steps in this order, so that all agree on what lies on the edge.

/// The cells of a row whose loss is above 0 beside a positive at `from`: their distances (-2 product + squares) + own +
/// left_out, and their places, ascending.            shapes  product, squares, left_out [n]; to, place [out]
template <class Real>
[[gnu::noinline]] std::size_t plain_keep_near(const Real* product, const Real* squares, const Real* left_out, Real own,
                                              Real from, Real margin, std::size_t n, Real* to, std::int32_t* place) {
  std::size_t kept = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const Real distance = (-2 * product[j] + squares[j]) + own + left_out[j];
    if (!((from - distance) + margin > 0)) continue;
    to[kept] = distance;
    place[kept++] = static_cast<std::int32_t>(j);
  }
  return kept;
}
/// How many distances of a row have a loss above 0, and how many of these one that is below `below`.
template <class Real>
[[gnu::noinline]] void plain_count_hard(const Real* row, std::size_t n, Real from, Real margin, Real below, std::int64_t& hard,
                                        std::int64_t& wanted) {
  hard = wanted = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const Real loss = (from - row[j]) + margin;
    hard += loss > 0 ? 1 : 0;
    wanted += loss > 0 && loss < below ? 1 : 0;
  }
}
/// Which of a row is one of these, counted from 0; n where there are fewer.
template <class Real>
[[gnu::noinline]] std::size_t plain_nth_hard(const Real* row, std::size_t n, Real from, Real margin, Real below,
                                             std::size_t which) {
  for (std::size_t j = 0; j < n; ++j) {
    const Real loss = (from - row[j]) + margin;
    if (loss > 0 && loss < below && which-- == 0) return j;
  }
  return n;
}
/// Which of a row has the largest loss; ties: the first.            in     n >= 1
template <class Real>
[[gnu::noinline]] std::size_t plain_hardest_of(const Real* row, std::size_t n, Real from, Real margin) {
  std::size_t best = 0;
  for (std::size_t j = 1; j < n; ++j)
    if ((from - row[j]) + margin > (from - row[best]) + margin) best = j;
  return best;
}

inline namespace HWY_NAMESPACE {

/// As plain_keep_near. Floats: `to` and `place` have room for a vector more than n, and `to` is filled up with infinity.
template <class Real>
std::size_t keep_near(const Real* product, const Real* squares, const Real* left_out, Real own, Real from, Real margin,
                      std::size_t n, Real* to, std::int32_t* place) {
#if TEPUI_HAS_LANES
  if constexpr (std::is_same_v<Real, float>)
    return simd::keep_near(product, squares, left_out, own, from, margin, n, to, place);
#endif
  return plain_keep_near(product, squares, left_out, own, from, margin, n, to, place);
}

/// A row of distances of one anchor: those of the cells that are too near for one of its positives at least.
template <class Real>
struct near_cells {
  const Real* row;
  std::size_t n;
  Real margin, below;

  void count(Real from, std::int64_t& hard, std::int64_t& wanted) const {
#if TEPUI_HAS_LANES
    if constexpr (std::is_same_v<Real, float>) return simd::count_hard(row, n, from, margin, below, hard, wanted);
#endif
    plain_count_hard(row, n, from, margin, below, hard, wanted);
  }
  [[nodiscard]] std::size_t nth(Real from, std::int64_t which) const {
#if TEPUI_HAS_LANES
    if constexpr (std::is_same_v<Real, float>) return simd::nth_hard(row, n, from, margin, below, usize(which));
#endif
    return plain_nth_hard(row, n, from, margin, below, usize(which));
  }
  [[nodiscard]] std::size_t hardest(Real from) const {
#if TEPUI_HAS_LANES
    if constexpr (std::is_same_v<Real, float>) return simd::hardest_of(row, n, from, margin);
#endif
    return plain_hardest_of(row, n, from, margin);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
