#pragma once
/// Turns a signed count of cells, genes or tokens into the unsigned index that the standard containers want.

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace tepui {

/// in     i, any integer >= 0                      out    the same number as std::size_t
/// errors none: the caller has checked the sign     cost   nothing
[[nodiscard]] constexpr std::size_t usize(std::integral auto i) noexcept { return static_cast<std::size_t>(i); }

/// in     a container's size                        out    the same number as int64, the type of row positions
[[nodiscard]] constexpr std::int64_t isize(std::size_t n) noexcept { return static_cast<std::int64_t>(n); }

}  // namespace tepui
