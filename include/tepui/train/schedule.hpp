#pragma once
/// How large the steps of training are, from the first to the last.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>

namespace tepui::train {

/// What a schedule is counted in. Epochs are not offered: counted in epochs, a larger corpus is also trained longer, and the
/// effect of the one cannot be told from that of the other.
enum class counted_in : std::int32_t { steps, tokens };
enum class decay : std::int32_t { none, linear, cosine, stairs };

/// The learning rate: up from 0 over `warm_up`, then down to `last` times the highest at `end`. Stairs: `last` times what it was
/// behind every `end` steps (or tokens) after the warm-up.
/// write  {.highest = 1e-3, .warm_up = 100, .end = 2000}, {.unit = counted_in::tokens, .warm_up = 1e6, .end = 5e7}
struct schedule {
  double highest = 1e-3;
  counted_in unit = counted_in::steps;
  std::int64_t warm_up = 100;
  std::int64_t end = 0;  ///< 0: where training ends, which is known in steps only
  decay down = decay::cosine;
  double last = 0.1;     ///< share of the highest that is left at the end

  /// in     how many steps (or tokens) were done before this one, and where training ends by itself
  /// out    the learning rate of this step
  [[nodiscard]] double rate(std::int64_t done, std::int64_t training_end) const {
    const std::int64_t stop = end > 0 ? end : training_end;
    if (done < warm_up) return highest * static_cast<double>(done + (unit == counted_in::steps ? 1 : 0)) / static_cast<double>(warm_up);
    if (down == decay::stairs) return highest * std::pow(last, static_cast<double>((done - warm_up) / std::max<std::int64_t>(1, stop)));
    if (down == decay::none || stop <= warm_up) return highest;
    const double way = std::min(1.0, static_cast<double>(done - warm_up) / static_cast<double>(stop - warm_up));
    const double share = down == decay::linear ? 1 - way : 0.5 * (1 + std::cos(3.14159265358979323846 * way));
    return highest * (last + (1 - last) * share);
  }
  void check() const {
    if (unit == counted_in::tokens && end == 0 && down != decay::none)
      throw bad_option("a schedule counted in tokens cannot fall without an end; give .end in tokens, or .down = decay::none");
    if (down == decay::stairs && (end == 0 || !(last > 0)))
      throw bad_option("a schedule of stairs cannot be followed without their length and a share that is left; give .end above 0, in "
                       "steps or tokens, and .last above 0");
    if (!(highest > 0) || warm_up < 0 || end < 0 || !(last >= 0 && last <= 1))
      throw bad_option("a schedule of highest " + shortest(highest) + ", warm_up " + std::to_string(warm_up) + ", end " +
                       std::to_string(end) + ", last " + shortest(last) +
                       " cannot be followed; give a highest rate above 0, counts of 0 or more, and a last share from 0 to 1");
  }
  [[nodiscard]] std::string describe() const {
    const std::string in = unit == counted_in::steps ? " steps" : " tokens";
    return "rate " + shortest(highest) + " after " + std::to_string(warm_up) + in +
           (down == decay::none     ? ", constant"
            : down == decay::stairs ? ", times " + shortest(last) + " every " + std::to_string(end) + in
                                : std::string(down == decay::linear ? ", linear" : ", cosine") + " to " + shortest(last) +
                                      (end > 0 ? " at " + std::to_string(end) + in : " at the end"));
  }
};

}  // namespace tepui::train
