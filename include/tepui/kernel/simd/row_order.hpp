#pragma once
/// The order of a row's values, in vector registers: which genes a cell expresses most, second most, and so on.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/row_order.hpp>
#include <tepui/kernel/simd/radix_order.hpp>
#include <tepui/kernel/simd/row_keys.hpp>
#include <tepui/kernel/simd/sort_keys.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

inline constexpr std::size_t most_runs = 4;  ///< counts 1 to 4 are most of what a cell holds

/// Working memory of row_order and rank_row: grows to the longest row and stays.
struct row_order_room {
  std::vector<std::uint32_t> key, spare;
  std::vector<std::uint64_t> pair, spare_pair;
  std::vector<std::int32_t> place, tie, order;
  std::vector<float> value;                              ///< values left when others are set aside
  std::vector<std::int32_t> whole;                       ///< the same of whole numbers
  std::array<std::vector<std::int32_t>, most_runs> run;  ///< what goes with the values 1, 2, ...

  template <class Value>
  [[nodiscard]] std::vector<Value>& left() {
    if constexpr (std::is_same_v<Value, float>)
      return value;
    else
      return whole;
  }
};

/// Numbers of a row's values by the digits of their keys, for any length: room.pair holds key and number.
/// in     exact(i), the value that decides between equal keys; room.pair [n]            out    room.pair, in order
template <class Exact>
void order_digits(bool rounded, row_order_room& room, Exact&& exact) {
  radix_order(room.pair, room.spare_pair);
  const std::size_t n = room.pair.size();
  const auto before = [&](std::uint64_t a, std::uint64_t b) {
    const auto i = static_cast<std::size_t>(a & 0xFFFFFFFFU), j = static_cast<std::size_t>(b & 0xFFFFFFFFU);
    return exact(i) > exact(j) || (exact(i) == exact(j) && i < j);
  };
  for (std::size_t i = 0, end = 0; rounded && i < n; i = end) {
    for (end = i + 1; end < n && room.pair[end] >> 32 == room.pair[i] >> 32;) ++end;
    if (end - i > 1) std::sort(room.pair.data() + i, room.pair.data() + end, before);
  }
}

/// For long rows, rows with zeros, and where there are no vectors.    out    order [min(k, values not zero)]
template <class Number, class Exact>
void order_plainly(Number n, std::size_t k, row_order_room& room, std::vector<std::int32_t>& order, Exact&& exact) {
  room.pair.clear();
  bool rounded = false;
  for (Number i = 0; i < n; ++i) {
    const auto value = exact(i);
    if (value == 0) continue;
    if constexpr (std::is_same_v<decltype(value), const double>) rounded |= static_cast<double>(static_cast<float>(value)) != value;
    room.pair.push_back(std::uint64_t{falling_key(value)} << 32 | i);
  }
  order.resize(std::min(k, room.pair.size()));
  if (order.empty()) return;
  order_digits(rounded, room, exact);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(room.pair[i] & 0xFFFFFFFFU);
}

#if TEPUI_HAS_LANES

inline constexpr std::size_t longest_packed = std::size_t{1} << 16;  ///< rows whose keys leave enough bits for values

/// Puts keys with equal upper bits into the order of the values that were cut off.
/// in     room.key [n], ascending; slack: how far apart two upper parts may be whose values are in the other order
template <class Exact>
void settle_ties(std::size_t n, std::uint32_t place_mask, std::uint32_t slack, row_order_room& room, Exact&& exact) {
  const key_tag d;
  const place_tag di;
  grow(room.tie, n + lanes32);
  std::uint32_t* const key = room.key.data();
  std::int32_t* const tie = room.tie.data();
  const auto cut = hn::Set(d, slack == 0 ? place_mask : (slack + 1) * (place_mask + 1));
  std::size_t ties = 0;
  for (std::size_t i = 0; i + 1 < n; i += lanes32) {  // padding lies behind the last key
    const key_lanes here = hn::LoadU(d, key + i), next = hn::LoadU(d, key + i + 1);
    const auto tied = hn::Not(hn::Gt(slack == 0 ? hn::Xor(here, next) : hn::Sub(next, here), cut));
    if (hn::AllFalse(d, tied)) continue;
    const auto places = hn::Iota(di, static_cast<std::int32_t>(i));
    hn::StoreU(compressed(places, hn::RebindMask(di, tied)), di, tie + ties);
    ties += hn::CountTrue(d, tied);
  }
  while (ties > 0 && usize(tie[ties - 1]) + 1 >= n) --ties;
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const auto left = exact(a & place_mask), right = exact(b & place_mask);
    return left > right || (left == right && (a & place_mask) < (b & place_mask));
  };
  for (std::size_t t = 0; t < ties; ++t) {
    const std::size_t from = usize(tie[t]);
    std::size_t end = from + 2;
    while (t + 1 < ties && usize(tie[t + 1]) + 1 == end) ++t, ++end;
    if (end == from + 2) {
      const std::uint32_t a = key[from], b = key[from + 1];
      const bool swap = before(b, a);
      key[from] = swap ? b : a;
      key[from + 1] = swap ? a : b;
    } else if (!std::is_sorted(key + from, key + end, before)) {
      std::sort(key + from, key + end, before);
    }
  }
}

/// Sorts n surveyed keys of a row of `length` <= longest_packed values, with the place of each value in the lower bits.
/// in     room.key [n]; place [n], or nullptr where n is the length; exact(i), the value that decides
/// out    room.key, the first k in order; the mask of places
template <class Exact>
std::uint32_t sort_surveyed(const key_survey& survey, std::size_t n, std::size_t length, const std::int32_t* place, std::size_t k,
                            row_order_room& room, Exact&& exact, std::uint32_t slack = 0) {
  const int place_bits = static_cast<int>(std::bit_width(length - 1));
  const int cut = std::max(0, static_cast<int>(std::bit_width(survey.most - survey.least)) + place_bits - 32);
  const std::uint32_t place_mask = (std::uint32_t{1} << place_bits) - 1;
  grow(room.spare, n + key_padding);
  std::uint32_t* const key = room.key.data();
  const key_tag d;
  const key_lanes least = hn::Set(d, survey.least);
  key_lanes number = hn::Iota(d, 0U);
  const bool given = place != nullptr;
  for (std::size_t i = 0; i < n; i += lanes32) {
    const key_lanes value = hn::ShiftRightSame(hn::Sub(hn::LoadU(d, key + i), least), cut);
    const key_lanes at = given ? hn::BitCast(d, hn::LoadU(place_tag{}, place + i)) : number;
    hn::StoreU(hn::Or(hn::ShiftLeftSame(value, place_bits), at), d, key + i);
    number = hn::Add(number, hn::Set(d, static_cast<std::uint32_t>(lanes32)));
  }
  sort_keys(key, n, k, room.spare.data());
  if (slack == 0 && !survey.rounded && (survey.differing & ((std::uint32_t{1} << cut) - 1)) == 0) return place_mask;
  const std::uint32_t apart = slack == 0 ? 0 : (slack >> cut) + 1;
  std::size_t tied = k;  // keys behind the k-th that share its upper bits, or nearly, may belong before it
  const std::uint64_t last = (std::uint64_t{key[k - 1]} >> place_bits) + apart;
  for (std::size_t i = k; i < n; ++i)
    if (key[i] >> place_bits <= last) std::swap(key[i], key[tied++]);
  if (apart > 0) std::sort(key + k, key + tied);
  settle_ties(tied, place_mask, apart, room, exact);
  return place_mask;
}

/// Surveys the keys of a row, zeros left out.    out    room.key and, where there were zeros, room.place [values not zero]; how many
template <class Source>
std::size_t survey_values(Source& source, std::size_t n, row_order_room& room, key_survey& survey) {
  grow(room.key, n + key_padding);
  survey = survey_keys(source, n, room.key.data());
  if (!survey.zeros) return n;
  grow(room.place, n + lanes32);
  return leave_zeros_out(source, n, room.key.data(), room.place.data(), survey);
}

/// Sorts what survey_values found.               out    order [k], places in the row
template <class Exact>
void order_surveyed(const key_survey& survey, std::size_t kept, std::size_t n, std::size_t k, row_order_room& room,
                    std::vector<std::int32_t>& order, Exact&& exact, std::uint32_t slack = 0) {
  order.resize(k);
  if (k == 0) return;
  const std::uint32_t mask = sort_surveyed(survey, kept, n, survey.zeros ? room.place.data() : nullptr, k, room, exact, slack);
  const key_tag d;
  std::size_t i = 0;
  for (; i + lanes32 <= k; i += lanes32)
    hn::StoreU(hn::BitCast(place_tag{}, hn::And(hn::LoadU(d, room.key.data() + i), hn::Set(d, mask))), place_tag{}, order.data() + i);
  for (; i < k; ++i) order[i] = static_cast<std::int32_t>(room.key[i] & mask);
}

/// Whether the first values are mostly the smallest whole counts.
template <class Value>
HWY_INLINE bool begins_with_counts(const Value* values, std::size_t n) {
  constexpr std::size_t looked_at = 64;
  if (n < 2 * looked_at) return false;
  const value_tag<Value> d;
  std::size_t ones = 0;
  for (std::size_t i = 0; i < looked_at; i += lanes32)
    ones += hn::CountTrue(d, hn::Eq(hn::LoadU(d, values + i), hn::Set(d, Value{1})));
  return ones >= looked_at / 8;
}

/// A row most of whose values are 1, 2, 3 or 4, which need no sorting: what goes with each in runs of their own, the others aside.
struct counts_set_aside {
  bool right = false;  ///< whether it was such a row
  std::array<std::size_t, most_runs> length{};
  std::size_t n_left = 0;
};
template <std::size_t Count, class Value>
HWY_INLINE void set_run_aside(hn::Vec<value_tag<Value>> v, hn::Vec<place_tag> carried, std::int32_t* run, std::size_t& length,
                              hn::Mask<value_tag<Value>>& rest) {
  const value_tag<Value> d;
  const auto is = hn::And(hn::Eq(v, hn::Set(d, static_cast<Value>(Count))), rest);
  rest = hn::AndNot(is, rest);
  hn::StoreU(compressed(carried, hn::RebindMask(place_tag{}, is)), place_tag{}, run + length);
  length += hn::CountTrue(d, is);
}
/// in     values [n]; carried [n], or nullptr for the places            out    room.run, room.left, room.place
template <class Value>
counts_set_aside set_counts_aside(const Value* values, std::size_t n, const std::int32_t* carried, row_order_room& room) {
  const value_tag<Value> d;
  const place_tag di;
  for (auto& run : room.run) grow(run, n + lanes32);
  grow(room.place, n + lanes32);
  grow(room.left<Value>(), n + lanes32);
  std::int32_t* const runs[most_runs] = {room.run[0].data(), room.run[1].data(), room.run[2].data(), room.run[3].data()};
  std::int32_t* const place = room.place.data();
  Value* const value = room.left<Value>().data();
  counts_set_aside out;
  std::size_t length[most_runs] = {}, left = 0;
  auto least = hn::Set(d, std::numeric_limits<Value>::max());
  for (std::size_t i = 0; i < n; i += lanes32) {
    const std::size_t count = std::min(n - i, lanes32);
    const auto v = load_some(values, i, count);
    const auto with = carried == nullptr ? hn::Iota(di, static_cast<std::int32_t>(i)) : load_some(carried, i, count);
    auto rest = hn::FirstN(d, count);
    set_run_aside<1, Value>(v, with, runs[0], length[0], rest);
    set_run_aside<2, Value>(v, with, runs[1], length[1], rest);
    set_run_aside<3, Value>(v, with, runs[2], length[2], rest);
    set_run_aside<4, Value>(v, with, runs[3], length[3], rest);
    least = hn::Min(least, hn::IfThenElse(rest, v, least));
    hn::StoreU(compressed(v, rest), d, value + left);
    hn::StoreU(compressed(with, hn::RebindMask(di, rest)), di, place + left);
    left += hn::CountTrue(d, rest);
  }
  std::copy_n(length, most_runs, out.length.begin());
  out.n_left = left;
  out.right = hn::GetLane(hn::MinOfLanes(d, least)) > static_cast<Value>(most_runs);  // else: fractions, zeros or negative values
  return out;
}

/// Numbers of the values set aside, in order: room.order [min(k, n_left)].
template <class Value>
void order_left(std::size_t n_left, std::size_t k, row_order_room& room) {
  if (n_left > longest_packed)
    return order_plainly(n_left, k, room, room.order, [value = room.left<Value>().data()](std::size_t i) { return value[i]; });
  k = std::min(k, n_left);
  grow(room.order, k);
  if (k == 0) return;
  values_as_they_are<Value> source{room.left<Value>().data()};
  grow(room.key, n_left + key_padding);
  const key_survey survey = survey_keys(source, n_left, room.key.data());
  const std::uint32_t mask = sort_surveyed(survey, n_left, n_left, nullptr, k, room, [&](std::size_t i) { return source.exact(i); });
  for (std::size_t i = 0; i < k; ++i) room.order[i] = static_cast<std::int32_t>(room.key[i] & mask);
}

#endif

/// Places of the k largest values that are not zero, largest first, as kernel::row_order gives them.
/// in     values [n], finite, any sign; k >= 0        out    order [min(k, values not zero)]
/// ties   lower place first, also for who is kept     empty  none
/// cost   O(n + k log k), nothing allocated once room and `order` have grown          repeat bit-equal everywhere
template <orderable Value>
void row_order(std::span<const Value> values, std::int64_t wanted, row_order_room& room, std::vector<std::int32_t>& order) {
  const std::size_t n = values.size();
  const std::size_t k = usize(std::clamp<std::int64_t>(wanted, 0, isize(n)));
  const auto plainly = [&] { order_plainly(n, k, room, order, [values](std::size_t i) { return values[i]; }); };
#if TEPUI_HAS_LANES
  if (k == 0) return order.clear();
  if constexpr (!std::is_same_v<Value, double>) {
    if (begins_with_counts(values.data(), n)) {
      const counts_set_aside aside = set_counts_aside(values.data(), n, nullptr, room);
      if (aside.right) {
        order.resize(k);
        order_left<Value>(aside.n_left, k, room);
        std::size_t done = std::min(k, aside.n_left);
        for (std::size_t i = 0; i < done; ++i) order[i] = room.place[usize(room.order[i])];
        for (std::size_t r = most_runs; r-- > 0;) {
          const std::size_t more = std::min(k - done, aside.length[r]);
          std::copy_n(room.run[r].data(), more, order.data() + done);
          done += more;
        }
        return;
      }
    }
  }
  if (n > longest_packed) return plainly();
  auto source = [&] {
    if constexpr (std::is_same_v<Value, double>)
      return values_rounded<doubles_in_memory>{{values.data()}};
    else
      return values_as_they_are<Value>{values.data()};
  }();
  key_survey survey;
  const std::size_t kept = survey_values(source, n, room, survey);
  order_surveyed(survey, kept, n, std::min(k, kept), room, order, [&](std::size_t i) { return source.exact(i); });
#else
  plainly();
#endif
}

/// How many floats may lie between a near value and the exact one, for row_order_near.
inline constexpr std::uint32_t near_by = 5;

/// Places of the k largest exact values that are not zero, where floats near them are cheap to have and the exact ones are not:
/// sorts the near ones and asks for the exact ones only where two near ones are too close to tell.
/// in     near [n] >= 0, each within `near_by` floats of exact(i), and 0 exactly where that is 0; exact(i) -> double; k >= 0
/// out    order [min(k, values not zero)]              ties   of exact values: lower place first, also for who is kept
/// cost   O(n + k log k), and one or two calls of exact for each pair that is close          repeat bit-equal everywhere
template <class Exact>
void row_order_near(std::span<const float> near, std::int64_t wanted, row_order_room& room, std::vector<std::int32_t>& order, Exact&& exact) {
  const std::size_t n = near.size();
  const std::size_t k = usize(std::clamp<std::int64_t>(wanted, 0, isize(n)));
  const auto plainly = [&] { order_plainly(n, k, room, order, exact); };
#if TEPUI_HAS_LANES
  if (k == 0) return order.clear();
  if (n > longest_packed) return plainly();
  values_as_they_are<float> source{near.data()};
  key_survey survey;
  const std::size_t kept = survey_values(source, n, room, survey);
  if (kept == 0) return order.clear();
  // At the ends of what a float can hold, near is not near.
  if (survey.least < falling_key(0x1p120F) || survey.most > falling_key(0x1p-120F)) return plainly();
  order_surveyed(survey, kept, n, std::min(k, kept), room, order, exact, 2 * near_by);
#else
  plainly();
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
