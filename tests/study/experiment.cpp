#include <doctest/doctest.h>

#include <tepui/study/experiment.hpp>

namespace test_study_experiment {
static_assert(tepui::study::run_request{.fraction = 0}.untrained());
static_assert(!tepui::study::run_request{.fraction = 0.01}.untrained());

TEST_CASE("an experiment without a function cannot be mistaken for one") { CHECK_FALSE(static_cast<bool>(tepui::study::experiment{}.run)); }
}  // namespace test_study_experiment
