#include <tepui/simulate/options.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

namespace tepui::tests::simulate_options {
namespace {
using simulate::corpus_options;

TEST_CASE("the defaults are settings that a corpus can have") { CHECK_NOTHROW(corpus_options{}.check()); }

TEST_CASE("a setting that no corpus can have is refused with its name, its value and its limits") {
  corpus_options o;
  o.dropout = 1.5;
  CHECK_THROWS_WITH_AS(o.check(), "simulate: dropout is 1.5, but must lie in [0, 0.95]; choose a value there", bad_option);
  o = {};
  o.depth = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(o.check(), bad_option);
  o = {};
  o.genes = 0;
  CHECK_THROWS_AS(o.check(), bad_option);
  o = {};
  o.donors = 2;  // fewer than the 4 batches: a batch without donors
  CHECK_THROWS_AS(o.check(), bad_option);
  o = {};
  o.rarest_share = 0.5;  // of 14 types not all can have a half
  CHECK_THROWS_AS(o.check(), bad_option);
}

TEST_CASE("the description tells two corpora apart, and is short for short numbers") {
  corpus_options a, b;
  CHECK(a.describe() == b.describe());
  CHECK(a.describe().find("dropout 0.2,") != std::string::npos);
  b.dropout = std::nextafter(b.dropout, 1.0);
  CHECK(a.describe() != b.describe());
  b = {};
  b.seed = 1;
  CHECK(a.describe() != b.describe());
}

}  // namespace
}  // namespace tepui::tests::simulate_options
