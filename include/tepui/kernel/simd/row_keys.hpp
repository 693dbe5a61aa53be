#pragma once
/// Turns the values of a row into 32-bit keys that sort as the values do, the largest value first.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// Grows and never shrinks, so that nothing is allocated and nothing cleared for most rows.
template <class T>
void grow(std::vector<T>& v, std::size_t n) {
  if (v.size() < n) v.resize(n);
}

/// A key that is small where the value is large. The bits of floats ascend with their size, but for the sign.
[[nodiscard]] constexpr std::uint32_t falling_key(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits >> 31) != 0 ? bits : ~bits & 0x7FFFFFFFU;
}
[[nodiscard]] constexpr std::uint32_t falling_key(std::int32_t value) noexcept {
  return static_cast<std::uint32_t>(value) ^ 0x7FFFFFFFU;
}
/// Doubles are rounded to floats first, which keeps their order but makes some equal.
[[nodiscard]] constexpr std::uint32_t falling_key(double value) noexcept { return falling_key(static_cast<float>(value)); }

/// The keys of a row.
struct key_survey {
  std::uint32_t least = 0, most = 0;
  std::uint32_t differing = 0;  ///< bits that are not the same in all keys
  bool zeros = false;           ///< whether a value is zero
  bool rounded = false;         ///< whether values that differ may have the same key
};

#if TEPUI_HAS_LANES

template <class T>
using value_tag = hn::CappedTag<T, lanes32>;
using key_tag = value_tag<std::uint32_t>;
using key_lanes = hn::Vec<key_tag>;
using place_tag = value_tag<std::int32_t>;

/// Which lanes to take for each mask, byte by byte, the lanes of the mask first.
/// reason Highway's own table is local to a function; g++ copies it to the stack each time, which costs ten times the work
template <std::size_t Lanes, std::size_t BytesEach>
struct compress_table {
  alignas(16) std::uint8_t byte[std::size_t{1} << Lanes][Lanes * BytesEach];
  constexpr compress_table() : byte{} {
    for (std::size_t mask = 0; mask < (std::size_t{1} << Lanes); ++mask) {
      std::size_t to = 0;
      for (const std::size_t wanted : {std::size_t{1}, std::size_t{0}})
        for (std::size_t lane = 0; lane < Lanes; ++lane) {
          if ((mask >> lane & 1) != wanted) continue;
          for (std::size_t b = 0; b < BytesEach; ++b) byte[mask][to * BytesEach + b] = static_cast<std::uint8_t>(lane * BytesEach + b);
          ++to;
        }
    }
  }
};
template <std::size_t Lanes, std::size_t BytesEach>
inline constexpr compress_table<Lanes, BytesEach> compress_tables{};

/// The lanes of the mask first, in their order; what follows them is not said.
template <class V, class Mask>
HWY_INLINE V compressed(V v, Mask mask) {
  const hn::DFromV<V> d;
  if constexpr (lanes32 == 8 || lanes32 == 4) {
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, mask, bits);
    const hn::Repartition<std::uint8_t, decltype(d)> du8;
    if constexpr (lanes32 == 8) {
      const place_tag di;
      const auto lane = hn::PromoteTo(di, hn::Load(hn::Rebind<std::uint8_t, place_tag>{}, compress_tables<8, 1>.byte[bits[0]]));
      return hn::TableLookupLanes(v, hn::IndicesFromVec(d, lane));
    } else {
      return hn::BitCast(d, hn::TableLookupBytes(hn::BitCast(du8, v), hn::Load(du8, compress_tables<4, 4>.byte[bits[0]])));
    }
  } else {
    return hn::Compress(v, mask);
  }
}

/// A vector from memory that may end after `count` numbers; lanes beyond repeat the first of the row.
template <class T>
HWY_INLINE hn::Vec<value_tag<T>> load_some(const T* row, std::size_t at, std::size_t count) {
  const value_tag<T> d;
  if (HWY_LIKELY(count >= lanes32)) return hn::LoadU(d, row + at);
  HWY_ALIGN T few[lanes32];
  std::fill_n(few, lanes32, row[0]);
  std::copy_n(row + at, count, few);
  return hn::Load(d, few);
}

template <class Bits>
HWY_INLINE key_lanes falling_keys(hn::Vec<value_tag<Bits>> v) {
  const key_tag du;
  const key_lanes bits = hn::BitCast(du, v);
  if constexpr (std::is_same_v<Bits, float>) {
    // All ones where the value is negative: those bits fall as they stand, the others when turned over.
    const key_lanes negative = hn::BitCast(du, hn::ShiftRight<31>(hn::BitCast(place_tag{}, v)));
    return hn::Xor(bits, hn::AndNot(negative, hn::Set(du, 0x7FFFFFFFU)));
  } else {
    return hn::Xor(bits, hn::Set(du, 0x7FFFFFFFU));
  }
}

/// Floats or whole numbers as they stand.
template <class Value>
struct values_as_they_are {
  using bits_type = Value;
  static constexpr bool is_exact = true;
  const Value* value;

  [[nodiscard]] Value exact(std::size_t i) const { return value[i]; }
  HWY_INLINE hn::Vec<value_tag<Value>> load(std::size_t at, std::size_t count) { return load_some(value, at, count); }
  /// Zero in the lanes whose value is zero.
  HWY_INLINE hn::Vec<value_tag<Value>> zero_where_zero(std::size_t at, std::size_t count) { return load(at, count); }
};

/// Doubles, given by a function of the place: exact(i), and pairs(at) for as many as fill half a vector.
template <class Given>
struct values_rounded {
  using bits_type = float;
  static constexpr bool is_exact = false;
  static constexpr std::size_t half = lanes32 / 2;
  using double_tag = hn::CappedTag<double, half>;
  Given given;
  hn::Mask<double_tag> zeros = hn::FirstN(double_tag{}, 0), rounded = hn::FirstN(double_tag{}, 0);

  [[nodiscard]] double exact(std::size_t i) const { return given.exact(i); }
  HWY_INLINE hn::Vec<hn::Rebind<float, double_tag>> round(hn::Vec<double_tag> v) {
    const double_tag d;
    const auto near = hn::DemoteTo(hn::Rebind<float, double_tag>{}, v);
    zeros = hn::Or(zeros, hn::Eq(v, hn::Zero(d)));
    rounded = hn::Or(rounded, hn::Ne(hn::PromoteTo(d, near), v));
    return near;
  }
  HWY_INLINE hn::Vec<value_tag<float>> load(std::size_t at, std::size_t count) {
    const double_tag d;
    if (HWY_LIKELY(count >= lanes32)) {
      const auto low = round(given.half_vector(d, at)), high = round(given.half_vector(d, at + half));
      return hn::Combine(value_tag<float>{}, high, low);
    }
    HWY_ALIGN double few[lanes32];
    std::fill_n(few, lanes32, exact(0));
    for (std::size_t i = 0; i < count; ++i) few[i] = exact(at + i);
    const auto low = round(hn::Load(d, few)), high = round(hn::Load(d, few + half));
    return hn::Combine(value_tag<float>{}, high, low);
  }
  /// Zero in the lanes whose value is zero, not only its float.
  HWY_INLINE hn::Vec<value_tag<float>> zero_where_zero(std::size_t at, std::size_t count) {
    HWY_ALIGN float few[lanes32] = {};
    for (std::size_t i = 0; i < std::min(count, lanes32); ++i) few[i] = exact(at + i) == 0 ? 0.0F : 1.0F;
    return hn::Load(value_tag<float>{}, few);
  }
};

struct doubles_in_memory {
  const double* value;
  [[nodiscard]] double exact(std::size_t i) const { return value[i]; }
  template <class D>
  HWY_INLINE hn::Vec<D> half_vector(D d, std::size_t at) const {
    return hn::LoadU(d, value + at);
  }
};

/// values[i] / of_gene[genes[i]] in double.
template <class Value>
struct values_over_genes {
  const Value* value;
  const std::int32_t* gene;
  const double* of_gene;
  [[nodiscard]] double exact(std::size_t i) const { return static_cast<double>(value[i]) / of_gene[usize(gene[i])]; }
  template <class D>
  HWY_INLINE hn::Vec<D> half_vector(D d, std::size_t at) const {
    const hn::RebindToSigned<D> di;
    const auto genes = hn::PromoteTo(di, hn::LoadU(hn::Rebind<std::int32_t, D>{}, gene + at));
    return hn::Div(hn::PromoteTo(d, hn::LoadU(hn::Rebind<Value, D>{}, value + at)), hn::GatherIndex(d, of_gene, genes));
  }
};

/// Which range keys have, gathered vector by vector.
class key_range {
 public:
  explicit HWY_INLINE key_range(std::uint32_t a_key) : first_(hn::Set(key_tag{}, a_key)), least_(first_), most_(first_) {}
  HWY_INLINE void add(key_lanes k) {
    least_ = hn::Min(least_, k);
    most_ = hn::Max(most_, k);
    differing_ = hn::Or(differing_, hn::Xor(k, first_));
  }
  HWY_INLINE void tell(key_survey& out) const {
    const key_tag d;
    out.least = hn::GetLane(hn::MinOfLanes(d, least_));
    out.most = hn::GetLane(hn::MaxOfLanes(d, most_));
    HWY_ALIGN std::uint32_t each[lanes32];
    hn::Store(differing_, d, each);
    out.differing = 0;
    for (const std::uint32_t bits : each) out.differing |= bits;
  }

 private:
  key_lanes first_, least_, most_, differing_ = hn::Zero(key_tag{});
};

/// Writes the falling keys of a row and says what range they have.
/// in     source; n >= 1                       out    key [n], with room for a vector behind
template <class Source>
HWY_INLINE key_survey survey_keys(Source& source, std::size_t n, std::uint32_t* key) {
  using bits_type = typename Source::bits_type;
  const value_tag<bits_type> d;
  key_range range(falling_key(source.exact(0)));
  auto zeros = hn::FirstN(d, 0);
  for (std::size_t i = 0; i < n; i += lanes32) {
    const auto v = source.load(i, n - i);
    const key_lanes k = falling_keys<bits_type>(v);
    hn::StoreU(k, key_tag{}, key + i);
    range.add(k);
    if constexpr (Source::is_exact) zeros = hn::Or(zeros, hn::Eq(v, hn::Zero(d)));
  }
  key_survey out;
  range.tell(out);
  if constexpr (Source::is_exact) {
    out.zeros = !hn::AllFalse(d, zeros);
  } else {
    const typename Source::double_tag dd;
    out.zeros = !hn::AllFalse(dd, source.zeros);
    out.rounded = !hn::AllFalse(dd, source.rounded);
  }
  return out;
}

/// Leaves out the keys of values that are zero, and surveys the others.
/// in     key [n] as surveyed                  out    key, place [values not zero]; how many
template <class Source>
std::size_t leave_zeros_out(Source& source, std::size_t n, std::uint32_t* key, std::int32_t* place, key_survey& survey) {
  using bits_type = typename Source::bits_type;
  const key_tag d;
  const value_tag<bits_type> dv;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; i += lanes32) {
    const auto v = source.zero_where_zero(i, n - i);
    const auto keep = hn::RebindMask(d, hn::AndNot(hn::Eq(v, hn::Zero(dv)), hn::FirstN(dv, std::min(n - i, lanes32))));
    const key_lanes k = hn::LoadU(d, key + i);
    hn::StoreU(compressed(k, keep), d, key + kept);  // never beyond what has been read
    hn::StoreU(compressed(hn::Iota(place_tag{}, static_cast<std::int32_t>(i)), hn::RebindMask(place_tag{}, keep)), place_tag{},
               place + kept);
    kept += hn::CountTrue(d, keep);
  }
  if (kept == 0) return 0;
  key_range range(key[0]);
  values_as_they_are<std::uint32_t> keys_left{key};
  for (std::size_t i = 0; i < kept; i += lanes32) range.add(keys_left.load(i, kept - i));
  range.tell(survey);
  return kept;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
