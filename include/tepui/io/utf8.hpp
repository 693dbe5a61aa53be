#pragma once
/// Tells whether text is valid UTF-8, so that names from a file can be printed and written anywhere.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tepui::io {

/// in   any bytes                                    out  whether they are UTF-8 (no overlong forms, no surrogates, up to
/// U+10FFFF)
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    if (lead < 0x80) continue;
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || more > text.size() - i) return false;
    std::uint32_t code = more == 3 ? lead & 7U : more == 2 ? lead & 15U : lead & 31U;
    for (std::size_t k = 0; k < more; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i++]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 63U);
    }
    if ((more == 2 && code < 0x800) || (more == 3 && (code < 0x10000 || code > 0x10FFFF)) || (code >= 0xD800 && code <= 0xDFFF))
      return false;
  }
  return true;
}

}  // namespace tepui::io
