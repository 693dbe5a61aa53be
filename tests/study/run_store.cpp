#include <doctest/doctest.h>

#include <tepui/study/run_store.hpp>

namespace test_study_run_store {
namespace {
using namespace tepui::study;

TEST_CASE("a stored run is found again, and the first one stays") {
  memory_store store;
  const run_key key = key_of({"rank", "mean", "s", nullptr}, {.fraction = 1, .seed = 1}, {.corpus = "c", .heads = "h"});
  CHECK_FALSE(store.find(key).has_value());
  run_output output;
  output.dims = 3;
  CHECK(store.put(key, output));
  output.dims = 4;
  CHECK_FALSE(store.put(key, output));
  CHECK(store.find(key)->dims == 3);
}

TEST_CASE("another run under the same hash is refused, not returned") {
  memory_store store;
  run_key key = key_of({"rank", "mean", "s", nullptr}, {}, {});
  store.put(key, {});
  key.canonical += "something else";
  CHECK_THROWS_AS((void)store.contains(key), tepui::bad_data);
  CHECK_THROWS_AS((void)store.find(key), tepui::bad_data);
  CHECK_THROWS_AS(store.put(key, {}), tepui::bad_data);
}

}  // namespace
}  // namespace test_study_run_store
