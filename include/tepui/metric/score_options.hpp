#pragma once
/// What every metric asks of its user: how many resamples, which level, which seed.

#include <cstdint>
#include <string>

#include <tepui/flow/error.hpp>

namespace tepui::metric {

struct score_options {
  std::string prefix = {};        ///< put before the names: "knn."
  std::int64_t resamples = 1000;  ///< of the bootstrap; 0: no intervals
  double level = 0.95;
  std::uint64_t seed = 1;
  std::string no_ceiling = "the best that could be reached on these data is not known";
  int threads = 1;  ///< the scores do not depend on it

  /// errors  bad_option: a level outside (0, 1), a negative number of resamples, fewer than one thread
  void check() const {
    if (!(level > 0 && level < 1) || resamples < 0 || threads < 1)
      throw bad_option(
          "the level of an interval is " + std::to_string(level) + ", the number of resamples " + std::to_string(resamples) +
          " and the number of threads " + std::to_string(threads) +
          "; the level must lie between 0 and 1, the resamples must not be negative, and one thread is the least");
  }
};

}  // namespace tepui::metric
