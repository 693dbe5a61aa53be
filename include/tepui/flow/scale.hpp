#pragma once
/// What the numbers of a count matrix mean. The scale is a type, so that a log of a log does not compile.

#include <type_traits>

namespace tepui::scale {

/// Molecule counts: whole numbers >= 0.
struct raw {
  static constexpr const char* name = "raw";
};
/// Counts scaled per cell (to 10,000, say) or per gene; not logged.
struct normalised {
  static constexpr const char* name = "normalised";
};
/// Natural log of 1 + a normalised count.
struct log1p {
  static constexpr const char* name = "log1p";
};
/// Any other finite numbers: z-scores, corrected values, unknown.
struct other {
  static constexpr const char* name = "other";
};

template <class T>
inline constexpr bool is_scale = std::is_same_v<T, raw> || std::is_same_v<T, normalised> || std::is_same_v<T, log1p> ||
                                 std::is_same_v<T, other>;

}  // namespace tepui::scale
