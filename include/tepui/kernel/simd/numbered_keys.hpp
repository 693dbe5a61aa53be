#pragma once
/// Tells how many different keys there are, and numbers them in the order in which they come.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/simd/highway.hpp>

namespace tepui::kernel::simd {
inline namespace HWY_NAMESPACE {

/// A set of well-mixed 64-bit keys.       cost   one or two looks at memory a key; 24 bytes or less for each different key
class numbered_keys {
 public:
  [[nodiscard]] std::int64_t size() const { return size_; }
  void clear() {
    std::fill(key_.begin(), key_.end(), 0);
    size_ = 0;
  }
  /// in     key [n]                       out    number [n] of each, where it is given; a new key takes the next
  void add_all(std::span<const std::uint64_t> key, std::int32_t* number = nullptr) {
    constexpr std::size_t ahead = 12, at_once = 4096;
    for (std::size_t begin = 0; begin < key.size(); begin += at_once) {
      const std::size_t n = std::min(at_once, key.size() - begin);
      while (2 * (usize(size_) + n) > key_.size()) grow();
      for (std::size_t i = begin; i < begin + n; ++i) {
        if (i + ahead < key.size()) __builtin_prefetch(key_.data() + slot(key[i + ahead]));
        const std::int32_t found = add(key[i]);
        if (number != nullptr) number[i] = found;
      }
    }
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const std::uint64_t key : key_)
      if (key != 0) visit(key);
  }

 private:
  [[nodiscard]] std::size_t slot(std::uint64_t key) const {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> shift_);
  }
  std::int32_t add(std::uint64_t key) {
    key += key == 0 ? 1 : 0;  // 0 marks a free place; that another box has the key 1 is no likelier than any shared key
    std::size_t at = slot(key);
    for (; key_[at] != 0; at = (at + 1) & (key_.size() - 1))
      if (key_[at] == key) return number_[at];
    key_[at] = key;
    number_[at] = static_cast<std::int32_t>(size_);
    return static_cast<std::int32_t>(size_++);
  }
  void grow() {
    std::vector<std::uint64_t> keys(2 * key_.size());
    std::vector<std::int32_t> numbers(2 * key_.size());
    std::swap(keys, key_);
    std::swap(numbers, number_);
    --shift_;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == 0) continue;
      std::size_t at = slot(keys[i]);
      while (key_[at] != 0) at = (at + 1) & (key_.size() - 1);
      key_[at] = keys[i];
      number_[at] = numbers[i];
    }
  }

  std::vector<std::uint64_t> key_ = std::vector<std::uint64_t>(1024);
  std::vector<std::int32_t> number_ = std::vector<std::int32_t>(1024);
  int shift_ = 54;  ///< 64 - log2(places)
  std::int64_t size_ = 0;
};

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
