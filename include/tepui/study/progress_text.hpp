#pragma once
/// Says in one line how far a study is, how fast it goes and how long it will still take.

#include <algorithm>
#include <cstdint>
#include <string>

#include <tepui/flow/index.hpp>
#include <tepui/study/run.hpp>
#include <tepui/study/words.hpp>

namespace tepui::study {

/// "12/130 runs, 3.1/s, 0:38 left"; slow studies in runs per minute or hour; runs found in the store do not count for the
/// speed.
[[nodiscard]] inline std::string progress_text(const progress& at) {
  std::string out = std::to_string(at.done) + "/" + std::to_string(at.total) + " runs";
  const std::int64_t now = at.done - at.reused;
  if (at.done >= at.total) return out + ", done in " + duration_text(at.seconds);
  if (now <= 0 || !(at.seconds > 0))
    return at.reused > 0 ? out + ", " + std::to_string(at.reused) + " of them done before" : out;
  const double rate = static_cast<double>(now) / at.seconds;
  const std::string speed = rate >= 1        ? fixed_text(rate, 1) + "/s"
                            : rate * 60 >= 1 ? fixed_text(rate * 60, 1) + "/min"
                                             : fixed_text(rate * 3600, 1) + "/h";
  return out + ", " + speed + ", " + duration_text(static_cast<double>(at.total - at.done) / rate) + " left";
}

/// "[#####.....] 12/130 runs, ..." with a bar of `width` characters.
[[nodiscard]] inline std::string progress_bar(const progress& at, int width = 30) {
  const std::int64_t cells = std::max(1, width);
  const std::int64_t full = at.total > 0 ? std::clamp<std::int64_t>(at.done * cells / at.total, 0, cells) : cells;
  return "[" + std::string(usize(full), '#') + std::string(usize(cells - full), '.') + "] " + progress_text(at);
}

}  // namespace tepui::study
