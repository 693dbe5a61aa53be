#pragma once
/// Where a batch's memory lies. `host` is ordinary memory; a graphics card becomes another place.

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace tepui {

/// Hands out memory at 64-byte boundaries, so that a row of floats can be loaded by full vector registers. Numbers made by
/// resize(n) are not set to zero: whoever asks for room writes into it.
template <class T, std::size_t Alignment = 64>
struct aligned_allocator {
  using value_type = T;
  template <class U>
  struct rebind {
    using other = aligned_allocator<U, Alignment>;
  };

  aligned_allocator() = default;
  template <class U>
  constexpr aligned_allocator(const aligned_allocator<U, Alignment>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{Alignment}));
  }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, std::align_val_t{Alignment}); }
  template <class U>
  void construct(U* p) noexcept(std::is_nothrow_default_constructible_v<U>) {
    ::new (static_cast<void*>(p)) U;
  }
  template <class U, class First, class... Rest>
  void construct(U* p, First&& first, Rest&&... rest) {
    ::new (static_cast<void*>(p)) U(std::forward<First>(first), std::forward<Rest>(rest)...);
  }

  template <class U>
  constexpr bool operator==(const aligned_allocator<U, Alignment>&) const noexcept {
    return true;
  }
};

/// Ordinary memory of the process.
/// A place gives `buffer<T>`: owning, contiguous, resizable, with `data()` and `size()`. Every batch names its place in its
/// type, so that a batch of one place cannot be handed to a stage that runs in another.
struct host {
  static constexpr const char* name = "host";
  template <class T>
  using buffer = std::vector<T, aligned_allocator<T>>;
};

template <class Place, class T>
using buffer_in = typename Place::template buffer<T>;

}  // namespace tepui
