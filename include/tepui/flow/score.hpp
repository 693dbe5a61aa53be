#pragma once
/// One number that says how good something is, never alone: with its floor, its ceiling and an interval.

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace tepui {

/// A number, or the reason in words why there is none.
struct measured {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::string reason = "not measured";

  measured() = default;
  measured(double v) : value(v), reason(std::isnan(v) ? "the computation gave no number" : "") {}
  static measured missing(std::string why) {
    measured m;
    m.reason = std::move(why);
    return m;
  }
  [[nodiscard]] bool known() const { return !std::isnan(value); }
};

enum class direction { higher_is_better, lower_is_better };

/// invariants  value, low, high, floor, ceiling are numbers or carry a reason
struct score {
  std::string name;            ///< "macro_f1"
  measured value;              ///< the number itself
  std::string unit = "share";  ///< "share" is between 0 and 1
  std::int64_t n = 0;          ///< cells that were scored
  direction better = direction::higher_is_better;
  measured low, high;  ///< interval; its level is stated by who fills it (95 % unless said)
  measured floor;      ///< what a trivial method reaches
  measured ceiling;    ///< what nothing can exceed on these data
};

}  // namespace tepui
