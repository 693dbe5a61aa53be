#pragma once
/// Lays boxes of one side length over many cells, in vector registers, without storing which interval a cell falls into.

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/plaid_cover.hpp>
#include <tepui/kernel/simd/box_keys.hpp>
#include <tepui/kernel/simd/highway.hpp>
#include <tepui/kernel/simd/loose_column.hpp>
#include <tepui/kernel/simd/numbered_keys.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Lowest and highest value of each dimension.           in     value [cells, dims], cells >= 1
/// out    extent; whether all values are finite          errors as check_extent         repeat bit-equal everywhere
template <class Value>
[[nodiscard]] plaid_extent<Value> extent_of(std::span<const Value> value, std::int64_t dims, int threads) {
  const std::int64_t cells = isize(value.size()) / dims, chunk = 1 << 14, chunks = (cells + chunk - 1) / chunk;
  struct seen {
    std::vector<Value> low, high;
    bool finite = true;
  };
  std::vector<seen> by_worker(usize(std::max(1, threads)),
                              seen{{value.begin(), value.begin() + dims}, {value.begin(), value.begin() + dims}});
  parallel_chunks(chunks, threads, [&](std::int64_t c, int worker) {
    seen& mine = by_worker[usize(worker)];
    const std::int64_t end = std::min(cells, (c + 1) * chunk);
    std::int64_t done = 0;
#if TEPUI_HAS_LANES
    if constexpr (std::is_same_v<Value, float>) {
      const hn::CappedTag<float, lanes32> d;
      const hn::RebindToUnsigned<decltype(d)> du;
      const auto lanes = isize(lanes32);
      for (; done < dims && dims >= lanes; done += lanes) {
        // The last lanes overlap those before: looking twice changes nothing.
        done = std::min(done, dims - lanes);
        auto low = hn::LoadU(d, mine.low.data() + done), high = hn::LoadU(d, mine.high.data() + done);
        auto largest = hn::Zero(du);
        for (std::int64_t row = c * chunk; row < end; ++row) {
          const auto v = hn::LoadU(d, value.data() + row * dims + done);
          low = hn::Min(low, v);
          high = hn::Max(high, v);
          largest = hn::Max(largest, hn::And(hn::BitCast(du, v), hn::Set(du, 0x7FFFFFFFU)));
        }
        hn::StoreU(low, d, mine.low.data() + done);
        hn::StoreU(high, d, mine.high.data() + done);
        mine.finite = mine.finite && hn::AllFalse(du, hn::Gt(largest, hn::Set(du, 0x7F7FFFFFU)));
      }
    }
#endif
    for (std::int64_t row = done < dims ? c * chunk : end; row < end; ++row)
      for (std::int64_t dim = 0; dim < dims; ++dim) {
        const Value v = value[usize(row * dims + dim)];
        Value &low = mine.low[usize(dim)], &high = mine.high[usize(dim)];
        low = v < low ? v : low;
        high = v > high ? v : high;
        mine.finite = mine.finite && std::isfinite(v);
      }
  });
  plaid_extent<Value> out{by_worker[0].low, by_worker[0].high, 0};
  bool finite = true;
  for (const seen& one : by_worker) {
    finite = finite && one.finite;
    for (std::size_t d = 0; d < usize(dims); ++d) {
      out.low[d] = std::min(out.low[d], one.low[d]);
      out.high[d] = std::max(out.high[d], one.high[d]);
    }
  }
  check_extent(value, dims, out, finite);
  for (std::size_t d = 0; d < usize(dims); ++d) out.longest = std::max(out.longest, out.high[d] - out.low[d]);
  return out;
}

/// How many different keys the cells have, or any number > most where they are more.
/// cost   O(cells) beside the keys; each thread counts a share     repeat exact but for shared keys, see box_keys
template <class Value, class Keys>
[[nodiscard]] std::int64_t count_keys(std::span<const Value> value, std::int64_t dims, const Keys& keys, double most,
                                      int threads, std::vector<numbered_keys>& found) {
  const std::int64_t cells = isize(value.size()) / dims, chunk = 1 << 14;
  std::atomic<bool> too_many{false};
  for (numbered_keys& one : found) one.clear();
  parallel_chunks((cells + chunk - 1) / chunk, threads, [&](std::int64_t c, int worker) {
    numbered_keys& mine = found[usize(worker)];
    std::array<std::uint64_t, 256> key;
    for (std::int64_t row = c * chunk; row < std::min(cells, (c + 1) * chunk) && !too_many.load(std::memory_order_relaxed);
         row += 256) {
      const std::int64_t n = std::min<std::int64_t>(256, std::min(cells, (c + 1) * chunk) - row);
      keys(value, row, n, key.data());
      mine.add_all({key.data(), usize(n)});
      if (static_cast<double>(mine.size()) > most) too_many = true;
    }
  });
  for (std::size_t worker = 1; worker < found.size() && !too_many; ++worker) {
    found[worker].for_each([&](std::uint64_t key) { found[0].add_all({&key, 1}); });
    if (static_cast<double>(found[0].size()) > most) too_many = true;
  }
  return too_many ? static_cast<std::int64_t>(most) + 1 : found[0].size();
}

/// Numbers the boxes by first appearance.               out    box [cells]; the boxes, or -1 where two boxes shared a key
/// in     keys, and others independent of them: two boxes pass for one only where both are shared, a chance of 2^-128
template <class Value, class Keys>
[[nodiscard]] std::int64_t number_keys(std::span<const Value> value, std::int64_t dims, const Keys& keys, const Keys& others,
                                       int threads, std::vector<std::int32_t>& box) {
  const std::int64_t cells = isize(value.size()) / dims, chunk = 1 << 12, together = threads > 1 ? 1 << 20 : chunk;
  box.resize(usize(cells));
  numbered_keys known;
  std::vector<std::uint64_t> key(usize(std::min(cells, together))), other(key.size()), other_of_box;
  for (std::int64_t begin = 0; begin < cells; begin += together) {
    const std::int64_t n = std::min(together, cells - begin);
    parallel_chunks((n + chunk - 1) / chunk, threads, [&](std::int64_t c, int) {
      const std::int64_t at = c * chunk, some = std::min(chunk, n - at);
      keys(value, begin + at, some, key.data() + at);
      others(value, begin + at, some, other.data() + at);
    });
    known.add_all({key.data(), usize(n)}, box.data() + begin);
    for (std::size_t i = 0; i < usize(n); ++i) {
      const std::size_t b = usize(box[usize(begin) + i]);
      if (b >= other_of_box.size()) other_of_box.push_back(other[i]);
      if (other_of_box[b] != other[i]) return -1;
    }
  }
  return known.size();
}

/// Covers cells by boxes of one side length, as kernel::cover_plaid does, which see for in, out, ties, errors and source.
/// cost   O(steps cells edges) in vector lanes, where edges are mostly 0 to 3 a dimension; a step with too many boxes ends
///        as soon as they are. Memory: 4 bytes a cell; dimensions with two edges or more are copied, the others not
/// repeat bit-equal everywhere, for any number of threads, but for the chance of 2^-64 that two boxes are counted as one
///        while the unit is searched; the final boxes are numbered with 128 bits
template <class Value>
[[nodiscard]] plaid_cover<Value> cover_plaid(std::span<const Value> value, std::int64_t dims, const plaid_options& wanted) {
  plaid_cover<Value> cover;
  const std::int64_t cells = isize(value.size()) / dims;
  if (cells == 0) return cover;
  const int threads = std::max(1, wanted.threads);
  const plaid_extent<Value> extent = extent_of(value, dims, threads);
  if (extent.longest == 0) {
    cover.box.assign(usize(cells), 0);
    cover.boxes = 1;
    cover.met = static_cast<double>(wanted.boxes) * (1 - wanted.alpha) <= 1;
    cover.steps.push_back({0, 1});
    return cover;
  }
  std::vector<numbered_keys> found(usize(threads));
  loose_columns<Value> columns(value, dims, extent, threads);
  std::vector<std::vector<Value>> edge;
  constexpr std::uint64_t salt = 0x706C616964ULL;

  const auto count = [&](Value unit, double most) {
    const auto upto = wanted.count_all ? std::numeric_limits<double>::infinity() : most;
    // Fewer edges cut fewer boxes: where these are too many already, the other edges are not needed.
    if (!columns.edges(unit, wanted.count_all, edge)) {
      const std::int64_t some = count_keys(value, dims, box_keys<Value>(edge, salt), upto, threads, found);
      if (static_cast<double>(some) > most) return some;
      (void)columns.edges(unit, true, edge);
    }
    return count_keys(value, dims, box_keys<Value>(edge, salt), upto, threads, found);
  };
  const auto distinct = [&] {
    return count_keys(value, dims, place_keys<Value>{&extent, salt}, std::numeric_limits<double>::infinity(), threads,
                      found);
  };
  search_unit(wanted, count, distinct, cover);
  found.clear();

  std::int64_t boxes = -1;
  if (cover.unit > 0) (void)columns.edges(cover.unit, true, edge);
  for (std::uint64_t turn = 0; boxes < 0; ++turn) {
    const std::uint64_t one = salt + 2 * turn, other = one + 1;
    boxes = cover.unit > 0
                ? number_keys(value, dims, box_keys<Value>(edge, one), box_keys<Value>(edge, other), threads, cover.box)
                : number_keys(value, dims, place_keys<Value>{&extent, one}, place_keys<Value>{&extent, other}, threads,
                              cover.box);
  }
  cover.boxes = boxes;
  return cover;
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
