#pragma once
/// Which tepui this is. Stored results and saved pipelines carry it.

namespace tepui {

inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr const char* version_text = "0.1.0";

}  // namespace tepui
