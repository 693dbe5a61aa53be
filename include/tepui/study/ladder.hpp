#pragma once
/// The steps of a study: which shares of the corpus a model is trained on, and how often with other random numbers.

#include <algorithm>
#include <cstdint>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/study/experiment.hpp>

namespace tepui::study {

/// The untrained twin, which saw no cells, is the step with fraction 0.
/// errors  bad_option where a fraction is not in (0, 1] or stands twice, or there is no fraction or no seed
struct ladder {
  std::vector<double> fractions = {0.01, 0.1, 0.25, 0.5, 1.0};
  int seeds = 3;                ///< runs per size, each with its own choice of cells and its own random numbers
  std::uint64_t base_seed = 1;  ///< another base gives seeds that share nothing with these
  bool untrained = true;        ///< also run the untrained twin, once per seed

  static constexpr int seed_limit = 1000;

  /// The number of the seed-th repetition: base_seed * 1000 + seed. The same at every size, so that differences between sizes
  /// are paired.
  [[nodiscard]] std::uint64_t seed_id(int seed) const { return base_seed * seed_limit + static_cast<std::uint64_t>(seed); }

  [[nodiscard]] std::vector<std::uint64_t> seed_ids() const {
    check();
    std::vector<std::uint64_t> all;
    for (int s = 0; s < seeds; ++s) all.push_back(seed_id(s));
    return all;
  }

  /// All steps, ascending; 0 first where the untrained twin is asked for.
  [[nodiscard]] std::vector<double> steps() const {
    check();
    std::vector<double> all = fractions;
    if (untrained) all.push_back(0.0);
    std::sort(all.begin(), all.end());
    return all;
  }

  void check() const {
    if (fractions.empty()) throw bad_option("the ladder has no fraction of the corpus; give at least one in (0, 1], such as 1");
    for (const double f : fractions)
      if (!(f > 0.0 && f <= 1.0))
        throw bad_option("a fraction of the ladder is " + std::to_string(f) +
                         ", but it must be above 0 and at most 1; the untrained twin (0) is asked for by `untrained`");
    std::vector<double> sorted = fractions;
    std::sort(sorted.begin(), sorted.end());
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
      throw bad_option("the fraction " + std::to_string(*twice) + " stands twice in the ladder; leave one out");
    if (seeds < 1 || seeds > seed_limit)
      throw bad_option("the ladder has " + std::to_string(seeds) + " seeds, but it must have 1 to 1000");
    if (base_seed > 9'000'000'000'000'000ULL)
      throw bad_option("the seed " + std::to_string(base_seed) + " is above 9000000000000000; take a smaller one");
  }
};

}  // namespace tepui::study
