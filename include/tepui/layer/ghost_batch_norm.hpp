#pragma once
/// A batch norm that looks at a large batch as if it were several smaller ones, which keeps it as noisy as small batches
/// are.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/layer/batch_norm.hpp>

namespace tepui::layer {

/// How many ghost batches rows are cut into: as many as have at least `ghost_rows` each. 0: the batch is not cut.
[[nodiscard]] constexpr std::int64_t ghost_batches(std::int64_t rows, std::int64_t ghost_rows) {
  return ghost_rows <= 0 ? 1 : std::max<std::int64_t>(1, rows / ghost_rows);
}
/// The first row of ghost batch b of n.
[[nodiscard]] constexpr std::int64_t ghost_begin(std::int64_t rows, std::int64_t b, std::int64_t n) { return rows * b / n; }

/// batch_norm on each ghost batch of the rows that it is handed; running moments are those of all rows together.
/// shapes, starts, errors, cost  as batch_norm            write  ghost_batch_norm<384, 256>
/// differs  torch implementations move running moments once a ghost batch; here they move once a step
/// source   Hoffer, Hubara and Soudry 2017
template <int Dims, int GhostRows = 0, batch_norm_settings Settings = batch_norm_settings{}>
struct ghost_batch_norm {
  static_assert(GhostRows == 0 || GhostRows > 1, "tepui: a ghost batch needs at least 2 rows, which have a spread; write "
                                                 "ghost_batch_norm<128, 256>, or 0 for the whole batch");
  using norm = batch_norm<Dims, Settings>;
  static constexpr int dims_in = Dims, dims_out = Dims;
  static constexpr bool whole = true;
  template <class Real>
  struct saved {
    std::vector<typename norm::template saved<Real>> each;
  };
  template <class Real>
  using room = typename norm::template room<Real>;

  [[nodiscard]] std::string describe() const {
    return norm{}.describe() + (GhostRows == 0 ? "" : " of " + std::to_string(GhostRows) + " rows");
  }
  void each_weight(auto&& visit) const { norm{}.each_weight(visit); }

  template <class Real>
  void forward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<Real> y, saved<Real>& s,
               room<Real>& r) const {
    each_ghost(at, isize(x.size()) / Dims, s, [&](std::size_t first, std::size_t n, auto& keep) {
      norm{}.forward(w, at, x.subspan(first, n), y.subspan(first, n), keep, r);
    });
  }
  template <class Real>
  void backward(std::span<const Real> w, const packed& at, std::span<const Real> x, std::span<const Real> dy,
                std::span<Real> dw, std::span<Real> dx, saved<Real>& s, room<Real>& r) const {
    each_ghost(at, isize(x.size()) / Dims, s, [&](std::size_t first, std::size_t n, auto& keep) {
      norm{}.backward(w, at, x.subspan(first, n), dy.subspan(first, n), dw, dx.empty() ? dx : dx.subspan(first, n), keep, r);
    });
  }

 private:
  template <class Real>
  static void each_ghost(const packed& at, std::int64_t rows, saved<Real>& s, auto&& visit) {
    const std::int64_t n = at.training ? ghost_batches(rows, GhostRows) : 1;
    if (isize(s.each.size()) < n) s.each.resize(usize(n));
    for (std::int64_t b = 0; b < n; ++b) {
      const std::int64_t first = ghost_begin(rows, b, n), last = ghost_begin(rows, b + 1, n);
      visit(usize(first * Dims), usize((last - first) * Dims), s.each[usize(b)]);
    }
  }
};

static_assert(row_layer<ghost_batch_norm<8, 4>>);

}  // namespace tepui::layer
