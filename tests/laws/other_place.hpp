#pragma once
/// A second kind of memory, for tests only: whatever works in both depends on neither.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace tepui::laws {

/// Memory that is never zero when it is fresh, moves whenever it may, and notices writes before its begin and behind its end.
/// Has what stages may use of a buffer: data, size, resize, clear, reserve, push_back, insert at the end, assign, iterators.
template <class T>
class guarded_buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  guarded_buffer() = default;
  guarded_buffer(const guarded_buffer& other) { assign(other.begin(), other.end()); }
  guarded_buffer(guarded_buffer&& other) noexcept { swap(other); }
  guarded_buffer& operator=(guarded_buffer other) noexcept {
    swap(other);
    return *this;
  }
  ~guarded_buffer() = default;

  [[nodiscard]] T* data() { return memory_.empty() ? nullptr : reinterpret_cast<T*>(memory_.data() + guard_bytes); }
  [[nodiscard]] const T* data() const {
    return memory_.empty() ? nullptr : reinterpret_cast<const T*>(memory_.data() + guard_bytes);
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* begin() { return data(); }
  [[nodiscard]] T* end() { return data() + size_; }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] const T* end() const { return data() + size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return at(i); }
  [[nodiscard]] const T& operator[](std::size_t i) const { return const_cast<guarded_buffer*>(this)->at(i); }
  [[nodiscard]] T& front() { return at(0); }
  [[nodiscard]] T& back() { return at(size_ - 1); }

  void clear() { size_ = 0; }
  void reserve(std::size_t n) {
    if (n > capacity_) grow(n);
  }
  /// Fresh elements hold 0xA5 in every byte.
  void resize(std::size_t n) {
    reserve(n);
    if (n > size_) std::memset(static_cast<void*>(data() + size_), fresh, (n - size_) * sizeof(T));
    size_ = n;
  }
  void resize(std::size_t n, T value) {
    const std::size_t before = size_;
    resize(n);
    if (n > before) std::fill(begin() + before, end(), value);
  }
  void push_back(T value) {
    reserve(size_ + 1);
    ++size_;
    back() = value;
  }
  void assign(std::size_t n, T value) {
    clear();
    resize(n, value);
  }
  template <std::input_iterator It>
  void assign(It first, It last) {
    clear();
    for (; first != last; ++first) push_back(static_cast<T>(*first));
  }
  template <std::forward_iterator It>
  void insert(const T* where, It first, It last) {
    if (where != end()) throw std::logic_error("a stage inserts in the middle of a buffer; append at its end");
    for (; first != last; ++first) push_back(static_cast<T>(*first));
  }

  /// Whether nobody wrote outside.
  [[nodiscard]] bool intact() const {
    const auto untouched = [](unsigned char b) { return b == guard; };
    return std::all_of(memory_.begin(), memory_.begin() + std::min<std::ptrdiff_t>(guard_bytes, std::ssize(memory_)),
                       untouched) &&
           std::all_of(memory_.end() - std::min<std::ptrdiff_t>(guard_bytes, std::ssize(memory_)), memory_.end(), untouched);
  }

 private:
  static constexpr std::ptrdiff_t guard_bytes = 64;
  static constexpr unsigned char fresh = 0xA5, guard = 0x5A;

  T& at(std::size_t i) {
    if (i >= size_) throw std::out_of_range("a stage reads or writes outside of a buffer");
    return data()[i];
  }
  void grow(std::size_t n) {
    const std::size_t capacity = std::max(n, capacity_ * 2);
    const std::size_t payload = capacity * sizeof(T);
    std::vector<unsigned char> next(payload + 2 * static_cast<std::size_t>(guard_bytes), guard);
    std::memset(next.data() + guard_bytes, fresh, payload);
    if (size_ > 0) std::memcpy(next.data() + guard_bytes, data(), size_ * sizeof(T));
    memory_ = std::move(next);
    capacity_ = capacity;
  }
  void swap(guarded_buffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::vector<unsigned char> memory_;  // operator new aligns it for any T here, and 64 guard bytes keep that
  std::size_t size_ = 0, capacity_ = 0;
};

/// A place as `host` is one.
struct other_place {
  static constexpr const char* name = "other";
  template <class T>
  using buffer = guarded_buffer<T>;
};

}  // namespace tepui::laws
