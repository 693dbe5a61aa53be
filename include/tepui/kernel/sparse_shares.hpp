#pragma once
/// Turns scores into shares that sum to 1, most of which are exactly 0: which few genes a model looks at.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::kernel {

/// How shares fall with the score.
enum class shares_by : std::int32_t {
  sparsemax,  ///< max(0, x - t)
  entmax15,   ///< max(0, x / 2 - t)^2
};

/// Working memory of sparse_shares. One a thread.
struct sparse_shares_room {
  std::vector<double> sorted;
  std::vector<std::int32_t> near;
};

/// The largest number of a row, by 16 running ones so that compilers compare many at once.
template <class Real>
[[nodiscard]] Real largest_by_lanes(std::span<const Real> row) {
  constexpr std::size_t lanes = 16;
  Real most = row[0];
  std::size_t i = 0;
  if (row.size() >= lanes) {
    Real lane[lanes];
    for (std::size_t l = 0; l < lanes; ++l) lane[l] = row[l];
    for (i = lanes; i + lanes <= row.size(); i += lanes)
      for (std::size_t l = 0; l < lanes; ++l) lane[l] = row[i + l] > lane[l] ? row[i + l] : lane[l];
    for (const Real x : lane) most = x > most ? x : most;
  }
  for (; i < row.size(); ++i) most = row[i] > most ? row[i] : most;
  return most;
}

/// The point of the simplex that is nearest to a row (sparsemax), or its smoother kin (1.5-entmax): shares > 0 alone.
/// in     row [n], n >= 1            out    place, share: appended, places ascending
/// ties   equal scores have equal shares            errors  a largest score that is not finite gives one share that is not a number
/// cost   two readings of the row, a few of the scores within 1 (entmax15: 2) of the largest, and a sort of about those that have
///        a share
/// repeat depends on the row alone; the same bits on one binary
/// source Martins and Astudillo 2016; 1.5-entmax: Peters, Niculae and Martins 2019
template <shares_by By, class Real>
void sparse_shares(std::span<const Real> row, auto& place, auto& share, sparse_shares_room& room) {
  constexpr double scale = By == shares_by::sparsemax ? 1.0 : 0.5;
  const auto most = static_cast<double>(largest_by_lanes(row));
  // A score further below the largest has no share: those that are left are few.
  const auto limit = static_cast<Real>(most - 1 / scale);
  room.near.clear();
  room.sorted.clear();
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row[i] >= limit) room.near.push_back(static_cast<std::int32_t>(i));
  // Counted from the largest, so that the sums below are of numbers from -1 to 0.
  const auto score = [&](std::int32_t i) { return scale * (static_cast<double>(row[usize(i)]) - most); };
  for (const std::int32_t i : room.near) room.sorted.push_back(score(i));
  if (room.near.empty() || !std::isfinite(most)) {
    place.push_back(0);
    share.push_back(std::numeric_limits<Real>::quiet_NaN());
    return;
  }
  // What is taken off is at least what Newton's steps from below come to: scores below it need no sorting.
  for (double low = -1; room.sorted.size() > 64;) {
    double above = 0, squares = 0;
    for (const double x : room.sorted) {
      above += x - low;
      squares += (x - low) * (x - low);
    }
    const auto n = static_cast<double>(room.sorted.size());
    low += By == shares_by::sparsemax ? (above - 1) / n : (squares - 1) / (2 * above);
    const std::size_t left = room.sorted.size();
    std::erase_if(room.sorted, [&](double x) { return x < low - 1e-9; });
    std::erase_if(room.near, [&](std::int32_t i) { return score(i) < low - 1e-9; });
    low -= 1e-9;
    if (room.sorted.size() > left - left / 8) break;
  }
  std::sort(room.sorted.begin(), room.sorted.end(), std::greater<>{});
  double sum = 0, squares = 0, taken = 0;
  for (std::size_t k = 0; k < room.sorted.size(); ++k) {
    const double x = room.sorted[k], n = static_cast<double>(k + 1);
    sum += x;
    squares += x * x;
    double amount = (sum - 1) / n;
    if (By == shares_by::entmax15) amount = sum / n - std::sqrt(std::max(0.0, (1 - (squares - sum * sum / n)) / n));
    if (x < amount) break;
    taken = amount;
  }
  for (const std::int32_t i : room.near) {
    const double above = score(i) - taken;
    const auto s = static_cast<Real>(By == shares_by::sparsemax ? above : above * above);
    if (!(above > 0) || !(s > 0)) continue;
    place.push_back(i);
    share.push_back(s);
  }
}

/// How a loss changes with the scores that have a share, when it changes with shares by d; other scores change nothing.
/// in     share, d [shares > 0 of one row]            out    d, overwritten
template <shares_by By, class Real>
void sparse_shares_backward(std::span<const Real> share, std::span<Real> d) {
  double along = 0, all = 0;
  for (std::size_t i = 0; i < share.size(); ++i) {
    const double steep = By == shares_by::sparsemax ? 1.0 : std::sqrt(static_cast<double>(share[i]));
    along += steep * static_cast<double>(d[i]);
    all += steep;
  }
  const double middle = along / all;
  for (std::size_t i = 0; i < share.size(); ++i) {
    const double steep = By == shares_by::sparsemax ? 1.0 : std::sqrt(static_cast<double>(share[i]));
    d[i] = static_cast<Real>(steep * (static_cast<double>(d[i]) - middle));
  }
}

/// The inner product of two rows of any kind of number.
/// order  number i in place i % 16, the 16 sums one after the other; in Real            cost   O(n)
template <class Real>
[[nodiscard]] Real inner_by_lanes(const Real* a, const Real* b, std::int64_t n) {
  constexpr std::int64_t lanes = 16;
  Real sum[lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (std::int64_t l = 0; l < lanes; ++l) sum[l] += a[i + l] * b[i + l];
  for (std::int64_t l = 0; i + l < n; ++l) sum[l] += a[i + l] * b[i + l];
  Real all = 0;
  for (const Real s : sum) all += s;
  return all;
}

}  // namespace tepui::kernel
