#pragma once
/// Samplers by their names, for programs whose users choose one when they start them.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/sample/active.hpp>
#include <tepui/sample/cell_type_reweighted.hpp>
#include <tepui/sample/density_weighted.hpp>
#include <tepui/sample/geometric_sketch.hpp>
#include <tepui/sample/k_center.hpp>
#include <tepui/sample/leverage_score.hpp>
#include <tepui/sample/metadata_balanced.hpp>
#include <tepui/sample/sampler.hpp>
#include <tepui/sample/stratified.hpp>
#include <tepui/sample/uniform.hpp>

namespace tepui::sample {

/// What a sampler must know of the cells.
struct needs {
  bool label = false, embedding = false, columns = false;
};

/// A sampler with its type erased: the share is given when it chooses.
struct any_sampler {
  std::string name = std::string(uniform::name);
  std::string settings = uniform{}.describe();  ///< everything that decides its choice, at a share of 1
  needs reads{};
  std::function<std::vector<std::int64_t>(const population&, double fraction, const kernel::draws&)> choose =
      [](const population& cells, double fraction, const kernel::draws& random) { return uniform{fraction}(cells, random); };
};

/// in     a sampler with a member `fraction`, with its other settings, and what it needs
template <sampler Sampler>
[[nodiscard]] any_sampler erase(Sampler how, needs reads = {}) {
  how.fraction = 1;
  return {std::string(Sampler::name), how.describe(), reads,
          [how](const population& cells, double fraction, const kernel::draws& random) {
            Sampler now = how;
            now.fraction = fraction;
            return now(cells, random);
          }};
}

/// Every sampler that is decided by a share alone, with its usual settings.       in   threads, which change nothing but time
[[nodiscard]] inline std::vector<any_sampler> all_samplers(int threads = 1) {
  return {any_sampler{},
          erase(cell_type_reweighted{}, {.label = true}),
          erase(stratified{}, {.label = true}),
          erase(metadata_balanced{}, {.columns = true}),
          erase(geometric_sketch{.threads = threads}, {.embedding = true}),
          erase(k_center{.threads = threads}, {.embedding = true}),
          erase(density_weighted{.threads = threads}, {.embedding = true}),
          erase(leverage_score{}, {.embedding = true}),
          erase(active{.threads = threads}, {.embedding = true})};
}

/// "uniform, cell_type_reweighted, ..."
[[nodiscard]] inline std::string sampler_names() {
  std::string all;
  for (const any_sampler& s : all_samplers()) all += (all.empty() ? "" : ", ") + s.name;
  return all;
}

/// errors bad_option where there is none of this name; says which there are
[[nodiscard]] inline any_sampler sampler_named(std::string_view name, int threads = 1) {
  for (any_sampler& s : all_samplers(threads))
    if (s.name == name) return std::move(s);
  throw bad_option("there is no sampler '" + std::string(name) + "'; there are: " + sampler_names());
}

}  // namespace tepui::sample
