#pragma once
/// Goes through all pairs of cells, tile after tile, and adds up their distances by group.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/given_points.hpp>
#include <tepui/kernel/packed_groups.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/distance_sums.hpp>

namespace tepui::kernel {
inline namespace HWY_NAMESPACE {

#if TEPUI_HAS_LANES

/// Sums of a task: those of a vector for each row, and of the columns of a panel; half squared distances between slices of
/// dims; pairs of a block and a panel that are too close for tiles. One a thread.
template <class Real>
struct distance_room {
  buffer_in<host, Real> row_sum, column_sum, halves, slice;
  std::vector<std::uint32_t> very_close;
};

/// Goes through pairs of portions of the points. A portion of x with one of y: their own, or all points of each set once.
template <class Real, bool Root, class Input>
class distance_walk {
 public:
  static constexpr std::int64_t lanes = packed_groups<Real>::lanes,
                                vectors = static_cast<std::int64_t>(simd::sum_vectors<Real>);
  /// Sums of floats go on for so many rows, or panels, before they are added to a double.
  static constexpr std::int64_t blocks_together = 256 / lanes, panels_together = 48;
  /// Where dims go in slices: so many blocks of columns wait between slices, and a row of them takes so much room.
  static constexpr std::int64_t blocks_ahead = 24, row_of_halves = blocks_ahead * lanes;
  static constexpr std::int64_t slice_of_dims = static_cast<std::int64_t>(simd::sum_slice<Real>);

  /// in     sum_x [places of x, groups of y]; sum_y [places of y, groups of x], or none; sparse: of x, or empty
  distance_walk(const packed_groups<Real>& x, const packed_groups<Real>& y, std::int64_t groups_of_y, double* sum_x,
                std::int64_t groups_of_x, double* sum_y, double factor, const given_points<Input>& given,
                const sparse_groups<Real>& sparse)
      : x_(x),
        y_(y),
        sparse_(sparse),
        groups_y_(groups_of_y),
        groups_x_(groups_of_x),
        sum_x_(sum_x),
        sum_y_(sum_y),
        factor_(factor),
        given_(given) {}

  /// Rows of blocks [x_begin, x_end), columns of blocks [y_begin, y_end). own: the same blocks of one set, each pair once
  void operator()(std::int64_t x_begin, std::int64_t x_end, std::int64_t y_begin, std::int64_t y_end, bool own,
                  distance_room<Real>& room) const {
    if (many_dims(x_.dims))
      in_slices(x_begin, x_end, y_begin, y_end, own, room);
    else
      at_once(x_begin, x_end, y_begin, y_end, own, room);
  }
  /// Tiles of all dims: distances never leave the registers.
  void at_once(std::int64_t x_begin, std::int64_t x_end, std::int64_t y_begin, std::int64_t y_end, bool own,
               distance_room<Real>& room) const {
    some_columns(x_begin, x_end, y_begin, y_end, own, nullptr, room);
  }
  /// Half squared distances wait in memory from one slice of dims to the next. The same steps for each pair.
  void in_slices(std::int64_t x_begin, std::int64_t x_end, std::int64_t y_begin, std::int64_t y_end, bool own,
                 distance_room<Real>& room) const {
    room.halves.resize(usize((x_end - x_begin) * lanes * row_of_halves));
    room.slice.resize(simd::sparse_slice<Real> * simd::sparse_vectors * simd::sum_lanes<Real>);
    for (std::int64_t begin = y_begin; begin < y_end; begin += blocks_ahead) {
      const std::int64_t end = std::min(y_end, begin + blocks_ahead);
      if (sparse_.empty())
        products(x_begin, x_end, begin, end, own, room.halves.data());
      else
        sparse_products(x_begin, x_end, begin, end, own, room);
      some_columns(x_begin, x_end, begin, end, own, room.halves.data(), room);
    }
  }

  /// So many blocks of columns that none wait alone.
  [[nodiscard]] static constexpr std::int64_t whole_chunks(std::int64_t blocks) {
    return std::max<std::int64_t>(1, blocks / blocks_ahead) * blocks_ahead;
  }
  /// Whether dims go in slices.
  [[nodiscard]] static constexpr bool many_dims(std::int64_t dims) { return 2 * dims > 3 * slice_of_dims; }

 private:
  /// Half squared distances of blocks [begin, end) of columns: slice after slice, the rows of a portion with a panel.
  /// own    rows up to the last that any panel of some_columns needs
  void products(std::int64_t x_begin, std::int64_t x_end, std::int64_t begin, std::int64_t end, bool own,
                Real* halves) const {
    const std::int64_t slices = (x_.dims + slice_of_dims - 1) / slice_of_dims, dims = (x_.dims + slices - 1) / slices;
    simd::product_job<Real> job{};
    job.block = usize(lanes * x_.dims);
    job.row_of_halves = usize(row_of_halves);
    for (std::int64_t first = 0; first < x_.dims; first += dims) {
      job.first = first == 0;
      job.dims = usize(std::min(dims, x_.dims - first));
      for (std::int64_t panel = begin; panel < end; panel += vectors) {
        job.y = y_.block(panel) + first * lanes;
        job.y_half = y_.half.data() + usize(panel * lanes);
        const std::int64_t after = std::min(panel + vectors, end - 1), ahead = std::min(vectors, end - after);
        for (std::int64_t b = x_begin; b < (own ? std::min(panel + 2 * vectors - 1, end) : x_end); ++b) {
          const std::size_t asked = usize(8 * (b - x_begin));
          simd::ask_for(y_.block(after) + first * lanes, job.block, usize(ahead), asked, std::min(asked + 8, job.dims));
          job.x = x_.block(b) + first * lanes;
          job.x_half = x_.half.data() + usize(b * lanes);
          job.halves = halves + ((b - x_begin) * row_of_halves + panel - begin) * lanes;
          simd::product_tiles<Real>(job, usize(std::min(vectors, end - panel)));
        }
      }
    }
  }
  /// The same from the numbers of x that are not 0.
  void sparse_products(std::int64_t x_begin, std::int64_t x_end, std::int64_t begin, std::int64_t end, bool own,
                       distance_room<Real>& room) const {
    constexpr auto most = static_cast<std::int64_t>(simd::sparse_vectors), slice = sparse_groups<Real>::slice;
    const std::int64_t parts = (end - begin + most - 1) / most, together = (end - begin + parts - 1) / parts;
    simd::sparse_job<Real> job{};
    job.place = sparse_.place.data();
    job.value = sparse_.value.data();
    job.x_half = x_.half.data() + usize(x_begin * lanes);
    job.y = room.slice.data();
    job.row_of_halves = usize(row_of_halves);
    for (std::int64_t part = begin; part < end; part += together) {
      const std::int64_t wide = std::min(together, end - part);
      const std::int64_t rows_end = own ? std::min(part + wide + vectors - 1, end) : x_end;
      job.rows = usize((rows_end - x_begin) * lanes);
      job.y_half = y_.half.data() + usize(part * lanes);
      job.halves = room.halves.data() + (part - begin) * lanes;
      for (std::int64_t first = 0, s = 0; first < x_.dims; first += slice, ++s) {
        job.first = first == 0;
        job.block = usize(lanes * x_.dims);
        job.next = y_.block(part) + (first + slice) * lanes;
        job.next_dims = usize(std::clamp<std::int64_t>(x_.dims - first - slice, 0, slice));
        job.begin = sparse_.begin.data() + s * (x_.n_blocks * lanes + 1) + x_begin * lanes;
        simd::gather_slice<Real>(y_.block(part) + first * lanes, usize(lanes * x_.dims), usize(wide),
                                 usize(std::min(slice, x_.dims - first)), room.slice.data());
        simd::sparse_rows<Real>(job, usize(wide));
      }
    }
  }

  /// Columns of blocks [begin, end), group after group.      in  halves of these columns, or none: products are to do
  void some_columns(std::int64_t x_begin, std::int64_t x_end, std::int64_t begin, std::int64_t end, bool own,
                    const Real* halves, distance_room<Real>& room) const {
    room.row_sum.resize(usize((x_end - x_begin) * lanes * lanes));
    room.column_sum.resize(usize(vectors * lanes));
    room.very_close.resize(usize(lanes * vectors * lanes));
    for (std::int64_t first = begin, last; first < end; first = last) {
      const std::int64_t most = std::min(end, first + panels_together * vectors);
      for (last = first; last < most && y_.group[usize(last)] == y_.group[usize(first)];) ++last;
      const std::int64_t rows_end = own ? last : x_end;
      std::fill_n(room.row_sum.data(), (rows_end - x_begin) * lanes * lanes, Real(0));
      for (std::int64_t panel = first; panel < last; panel += vectors) {
        const std::int64_t wide = std::min(vectors, last - panel);
        const Real* const here = halves == nullptr ? nullptr : halves + (panel - begin) * lanes;
        rows(x_begin, own ? panel : x_end, panel, wide, sum_y_ != nullptr, x_begin, here, room);
        if (own) rows(panel, panel + wide, panel, wide, false, x_begin, here, room);  // with itself: both sides are rows
      }
      for (std::int64_t at = x_begin * lanes; at < rows_end * lanes; ++at)
        sum_x_[usize(at * groups_y_ + y_.group[usize(first)])] +=
            factor_ * simd::sum_of_lanes(room.row_sum.data() + usize((at - x_begin * lanes) * lanes));
    }
  }
  /// A panel of columns with rows, group after group.           in  halves [rows from x_begin, row_of_halves], or none
  void rows(std::int64_t begin, std::int64_t end, std::int64_t panel, std::int64_t wide, bool columns, std::int64_t x_begin,
            const Real* halves, distance_room<Real>& room) const {
    const Real* const y_half = y_.half.data() + usize(panel * lanes);
    simd::distance_job<Real> job{};
    job.dims = usize(x_.dims);
    job.y = y_.block(panel);
    job.y_half = y_half;
    job.y_weight = y_.weight.data() + usize(panel * lanes);
    job.largest_y_half = *std::max_element(y_half, y_half + wide * lanes);
    job.column_sum = columns ? room.column_sum.data() : nullptr;
    job.row_of_halves = usize(row_of_halves);
    std::size_t n_very_close = 0;
    job.very_close = room.very_close.data();
    job.n_very_close = &n_very_close;
    for (std::int64_t first = begin, last; first < end; first = last) {
      const std::int64_t most = std::min(end, first + blocks_together);
      for (last = first; last < most && x_.group[usize(last)] == x_.group[usize(first)];) ++last;
      if (columns) std::fill_n(room.column_sum.data(), wide * lanes, Real(0));
      for (std::int64_t b = first; b < last; ++b) {
        job.x = x_.block(b);
        job.x_half = x_.half.data() + usize(b * lanes);
        job.x_weight = x_.weight.data() + usize(b * lanes);
        job.row_sum = room.row_sum.data() + usize((b - x_begin) * lanes * lanes);
        job.halves = halves == nullptr ? nullptr : halves + (b - x_begin) * lanes * row_of_halves;
        n_very_close = 0;
        simd::distance_tiles<Real, Root>(job, usize(wide));
        for (std::size_t p = 0; p < n_very_close; ++p)
          add_as_given(b * lanes + simd::row_of_pair(room.very_close[p]),
                       panel * lanes + simd::place_of_pair(room.very_close[p]), columns);
      }
      if (columns)
        for (std::int64_t j = 0; j < wide * lanes; ++j)
          sum_y_[usize((panel * lanes + j) * groups_x_ + x_.group[usize(first)])] +=
              factor_ * static_cast<double>(room.column_sum[usize(j)]);
    }
  }

  /// in     places of x and y
  void add_as_given(std::int64_t at, std::int64_t to, bool columns) const {
    const double distance = given_.distance(x_.row[usize(at)], y_.row[usize(to)]);
    sum_x_[usize(at * groups_y_ + y_.group[usize(to / lanes)])] += distance;
    if (columns) sum_y_[usize(to * groups_x_ + x_.group[usize(at / lanes)])] += distance;
  }

  const packed_groups<Real>&x_, &y_;
  const sparse_groups<Real>& sparse_;
  std::int64_t groups_y_, groups_x_;
  double *sum_x_, *sum_y_;
  double factor_;
  const given_points<Input>& given_;
};

/// Blocks of a portion, so that its points, or a slice of them, stay in the second cache. Depends on the data alone, as the
/// order of sums does.
[[nodiscard]] inline std::int64_t blocks_in_portion(std::int64_t n_blocks, std::int64_t lanes, std::int64_t dims,
                                                    bool in_slices) {
  if (in_slices) return std::clamp<std::int64_t>(n_blocks * lanes / 4, 128, 256) / lanes;
  const std::int64_t most = std::clamp<std::int64_t>(65'536 / std::max<std::int64_t>(dims, 1), 128, 1024);
  return std::max<std::int64_t>(1, std::clamp<std::int64_t>(n_blocks * lanes / 32, 64, most) / lanes);
}

/// All pairs of portions once, in rounds in which no portion occurs twice, so that threads never add to the same sums.
/// work(a, b, worker), a = b in the first round             source the circle method of tournaments
template <class Work>
void each_pair_of_portions(std::int64_t n, int threads, Work&& work) {
  parallel_chunks(n, threads, [&](std::int64_t a, int worker) { work(a, a, worker); });
  const std::int64_t players = n + n % 2, others = players - 1;
  for (std::int64_t round = 0; round < others && n > 1; ++round)
    parallel_chunks(players / 2, threads, [&](std::int64_t game, int worker) {
      const std::int64_t one = game == 0 ? others : (round + game) % others, two = (round - game + others) % others;
      if (std::max(one, two) < n) work(std::min(one, two), std::max(one, two), worker);
    });
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
