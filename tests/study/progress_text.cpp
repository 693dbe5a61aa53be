#include <doctest/doctest.h>

#include <tepui/study/progress_text.hpp>

namespace test_study_progress_text {
namespace {
using namespace tepui::study;

TEST_CASE("progress says how far, how fast and how long still") {
  CHECK(progress_text({.done = 12, .total = 130, .reused = 0, .seconds = 3.871, .label = ""}) ==
        "12/130 runs, 3.1/s, 0:38 left");
  CHECK(progress_text({.done = 12, .total = 130, .reused = 0, .seconds = 60, .label = ""}) ==
        "12/130 runs, 12.0/min, 9:50 left");
  CHECK(progress_text({.done = 1, .total = 3, .reused = 0, .seconds = 1800, .label = ""}) == "1/3 runs, 2.0/h, 1:00:00 left");
}

TEST_CASE("runs found in the store do not make it look fast") {
  CHECK(progress_text({.done = 110, .total = 120, .reused = 100, .seconds = 10, .label = ""}) ==
        "110/120 runs, 1.0/s, 0:10 left");
  CHECK(progress_text({.done = 100, .total = 120, .reused = 100, .seconds = 0, .label = ""}) ==
        "100/120 runs, 100 of them done before");
}

TEST_CASE("the first and the last line make sense") {
  CHECK(progress_text({.done = 0, .total = 5, .reused = 0, .seconds = 0, .label = ""}) == "0/5 runs");
  CHECK(progress_text({.done = 5, .total = 5, .reused = 0, .seconds = 61, .label = ""}) == "5/5 runs, done in 1:01");
}

TEST_CASE("the bar fills with the runs") {
  CHECK(progress_bar({.done = 1, .total = 4, .reused = 0, .seconds = 0, .label = ""}, 8).starts_with("[##......] 1/4"));
  CHECK(progress_bar({.done = 4, .total = 4, .reused = 0, .seconds = 0, .label = ""}, 4).starts_with("[####] 4/4"));
  CHECK(progress_bar({}, 4).starts_with("[####]"));
}

}  // namespace
}  // namespace test_study_progress_text
