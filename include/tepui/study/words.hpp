#pragma once
/// Numbers, durations and names as the texts of a study show them: the same on every machine and in every language setting.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::study {

/// The shortest decimal text that reads back to the same number. 0.1 -> "0.1", 3.0 -> "3", -0.0 -> "0"
[[nodiscard]] inline std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value == 0.0 ? 0.0 : value).ptr;
  return {buffer.data(), end};
}

/// 0.8712 with 3 places -> "0.871"; -0.0001 with 2 -> "0.00"; not a number -> "-"
[[nodiscard]] inline std::string fixed_text(double value, int places = 3) {
  if (!std::isfinite(value)) return "-";
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, places).ptr;
  std::string out(buffer.data(), end);
  if (out.front() == '-' && out.find_first_not_of("-0.") == std::string::npos) out.erase(0, 1);
  return out;
}

/// With a sign: "+0.213"
[[nodiscard]] inline std::string signed_text(double value, int places = 3) {
  const std::string out = fixed_text(value, places);
  return value > 0 && out != "-" ? "+" + out : out;
}

/// 22189056 -> "22,189,056"
[[nodiscard]] inline std::string thousands_text(std::int64_t n) {
  std::string out = std::to_string(n);
  for (std::size_t at = out.size(), first = out.front() == '-' ? 1 : 0; at > first + 3;) out.insert(at -= 3, ",");
  return out;
}

/// 16 hexadecimal digits.
[[nodiscard]] inline std::string hex_text(std::uint64_t bits) {
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; bits >>= 4) out[i] = "0123456789abcdef"[bits & 15U];
  return out;
}

/// 38 s -> "0:38", 3700 s -> "1:01:40"
[[nodiscard]] inline std::string duration_text(double seconds) {
  const auto all = static_cast<std::int64_t>(std::llround(std::clamp(std::isnan(seconds) ? 0.0 : seconds, 0.0, 3.6e9)));
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (all >= 3600) return std::to_string(all / 3600) + ":" + two(all / 60 % 60) + ":" + two(all % 60);
  return std::to_string(all / 60) + ":" + two(all % 60);
}

/// "rank + mean of learned gene vectors", or the encoder alone where it reads counts.
[[nodiscard]] inline std::string pipeline_label(std::string_view tokenizer, std::string_view encoder) {
  if (tokenizer.empty() || tokenizer == "none") return std::string(encoder);
  return std::string(tokenizer) + " + " + std::string(encoder);
}

/// The same, with the sampler where it is not the usual one: "rank + PCA, geometric_sketch".
[[nodiscard]] inline std::string pipeline_label(std::string_view tokenizer, std::string_view encoder, std::string_view sampler) {
  return pipeline_label(tokenizer, encoder) + (sampler == "uniform" ? "" : ", " + std::string(sampler));
}

/// 0.25 -> "25 %", 0 -> "untrained"
[[nodiscard]] inline std::string fraction_text(double fraction) {
  if (fraction == 0.0) return "untrained";
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), fraction * 100.0, std::chars_format::general, 6).ptr;
  return std::string(buffer.data(), end) + " %";
}

/// {"a", "b", "c"} -> "a, b and c"
[[nodiscard]] inline std::string list_text(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return out;
}

/// (1, "seed") -> "1 seed", (3, "seed") -> "3 seeds"
[[nodiscard]] inline std::string count_text(std::int64_t n, const std::string& one, const std::string& many = {}) {
  return thousands_text(n) + " " + (n == 1 ? one : many.empty() ? one + "s" : many);
}

}  // namespace tepui::study
