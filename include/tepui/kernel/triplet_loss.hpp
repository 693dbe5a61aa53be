#pragma once
/// How much nearer a cell of another kind lies than it should, and where the cells of each triplet should move.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/squared_distance.hpp>
#include <tepui/kernel/triplets.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Working memory of triplet_loss: as many pulls between cells as pairs of cells.
template <class Real>
struct triplet_loss_room {
  gemm_room<Real> product;
  buffer_in<host, Real> pull;
  std::vector<double> sum, own, outward;
};

/// The sum over triplets of max(0, |anchor - positive + eps| - |anchor - negative + eps| + margin), with Euclidean
/// distances, and its gradient.
/// in     x [cells, dims]; found: cells of x; weight: of the gradient; eps is added to every dim of a difference
/// out    the sum; dx [cells, dims], overwritten with the gradient of weight times the sum, or empty
/// ties   a loss of exactly 0 moves nothing            empty  no triplets: 0, and dx = 0
/// order  distances and the sum over triplets in double, in the order of `found`; pulls between two cells are added up in
///        it, and the gradient is one matrix product of pulls and cells, as gemm sums it
/// cost   2 triplets distances; with a gradient 2 cells^2 dims operations and cells^2 numbers of memory
/// repeat bit-equal on one kind of processor
/// source Schroff et al. 2015; Balntas et al. 2016 for distances that are not squared; eps and the loss as torch has them
template <class Real>
double triplet_loss(std::span<const Real> x, std::int64_t dims, std::span<const triplet> found, double margin, double weight,
                    double eps, std::span<Real> dx, triplet_loss_room<Real>& room) {
  const std::int64_t n = dims == 0 ? 0 : isize(x.size()) / dims;
  room.sum.assign(usize(n), 0.0);
  for (std::int64_t c = 0; c < n; ++c)
    for (std::int64_t k = 0; k < dims; ++k) room.sum[usize(c)] += static_cast<double>(x[usize(c * dims + k)]);
  // |x - y + eps|^2 from |x - y|^2, which differences give without rounding where cells lie close.
  const auto distance = [&](std::int32_t a, std::int32_t b) {
    const double squared = squared_distance(x.data() + a * dims, x.data() + b * dims, dims) +
                           2 * eps * (room.sum[usize(a)] - room.sum[usize(b)]) + static_cast<double>(dims) * eps * eps;
    return std::sqrt(std::max(squared, 0.0));
  };
  const bool wanted = !dx.empty();
  Real* pull = nullptr;
  if (wanted) {
    if (isize(room.pull.size()) < n * n) room.pull.resize(usize(n * n));
    pull = room.pull.data();
    std::fill_n(pull, n * n, Real{0});
    room.own.assign(usize(n), 0.0);
    room.outward.assign(usize(n), 0.0);
  }
  const auto push = [&](std::int32_t from, std::int32_t to, double by) {
    const auto w = static_cast<Real>(by);
    pull[from * n + to] -= w;
    pull[to * n + from] -= w;
    room.own[usize(from)] += static_cast<double>(w);
    room.own[usize(to)] += static_cast<double>(w);
    room.outward[usize(from)] += by;
    room.outward[usize(to)] -= by;
  };
  double sum = 0;
  for (const triplet& t : found) {
    const double near = distance(t.anchor, t.positive), far = distance(t.anchor, t.negative), loss = near - far + margin;
    if (!(loss > 0)) {
      if (loss != loss) sum += loss;  // a model that has gone astray must be seen
      continue;
    }
    sum += loss;
    if (!wanted) continue;
    if (near > 0) push(t.anchor, t.positive, weight / near);
    if (far > 0) push(t.anchor, t.negative, -weight / far);
  }
  if (!wanted || n == 0) return sum;
  for (std::int64_t c = 0; c < n; ++c) pull[c * n + c] += static_cast<Real>(room.own[usize(c)]);
  gemm<precision::float32, Real>(n, dims, n, {pull, n, 1}, {x.data(), dims, 1}, dx.data(), dims, into::overwrite, room.product);
  for (std::int64_t c = 0; c < n; ++c) {
    const auto all = static_cast<Real>(eps * room.outward[usize(c)]);
    for (std::int64_t k = 0; k < dims; ++k) dx[usize(c * dims + k)] += all;
  }
  return sum;
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
