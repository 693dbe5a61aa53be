#include <tepui/sample/named.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_named {
namespace {

laws::owned_population three_hundred() {
  laws::owned_population out;
  for (std::int32_t row = 0; row < 300; ++row)
    out.add(row, row % 3, row % 4, {static_cast<float>(row % 17), static_cast<float>(row % 29), static_cast<float>(row % 31)});
  return out;
}

TEST_CASE("every sampler has a name of its own, is found by it, and says what it needs") {
  auto cells = three_hundred();
  std::set<std::string> names;
  for (const sample::any_sampler& how : sample::all_samplers()) {
    CAPTURE(how.name);
    CHECK(names.insert(how.name).second);
    CHECK(sample::sampler_named(how.name).settings == how.settings);
    CHECK(sample::sampler_names().find(how.name) != std::string::npos);
    const auto some = how.choose(cells.view(), 0.2, kernel::draws(1, "test"));
    CHECK(some.size() >= 55);
    CHECK(some.size() <= 60);
    // What it does not say that it needs, it does without.
    sample::population less{.n_cells = 300};
    const auto all = cells.view();
    if (how.reads.label) less.label = all.label;
    if (how.reads.columns) less.columns = all.columns;
    if (how.reads.embedding) less.embedding = all.embedding;
    CHECK(how.choose(less, 0.2, kernel::draws(1, "test")) == some);
    if (how.reads.label || how.reads.embedding)
      CHECK_THROWS_AS((void)how.choose(sample::population{.n_cells = 300}, 0.2, kernel::draws()), bad_option);
  }
}

TEST_CASE("a sampler with its type erased chooses what the sampler chooses") {
  auto cells = three_hundred();
  const kernel::draws random(3, "test");
  CHECK(sample::sampler_named("uniform").choose(cells.view(), 0.1, random) == sample::uniform{0.1}(cells.view(), random));
  CHECK(sample::sampler_named("geometric_sketch").choose(cells.view(), 0.1, random) == sample::geometric_sketch{.fraction = 0.1}(cells.view(), random));
}

TEST_CASE("a name that there is not is refused with those that there are") {
  CHECK_THROWS_WITH_AS((void)sample::sampler_named("best"), ("there is no sampler 'best'; there are: " + sample::sampler_names()).c_str(), bad_option);
}

}  // namespace
}  // namespace tepui::tests::sample_named
