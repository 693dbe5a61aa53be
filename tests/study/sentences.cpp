#include <doctest/doctest.h>

#include <tepui/study/sentences.hpp>

#include "study/toy_study.hpp"

namespace test_study_sentences {
namespace {
using namespace tepui::study;

study_summary toy() { return summarise(toy_study::results(), {.resamples = 200}); }

TEST_CASE("the summary says what was run") {
  CHECK(sentence_of_runs(toy()) ==
        "2 pipelines were trained on 50 % and 100 % of the corpus (100 cells at 100 %), with 2 seeds a size, each beside an "
        "untrained twin. The heads knn and "
        "constant were scored on 4 test cells with 3 classes of cell_type.");
}

TEST_CASE("the summary says what won and whether the lead is more than noise") {
  const std::string words = sentence_of_winner(toy(), study_metric::accuracy, 0);
  CHECK(
      words.starts_with("With knn, the best accuracy at the largest size is 1.000 [1.000, 1.000], reached by rank + mean; its "
                        "lead over the next, PCA, is +0.250"));
  CHECK(words.ends_with("within the noise."));
}

TEST_CASE("the summary says which pipelines beat their untrained twins") {
  const std::string words = sentence_of_gain(toy(), study_metric::accuracy, 0);
  CHECK(words.starts_with("With knn, 1 of 2 pipelines beats their untrained twin in accuracy"));
  CHECK(words.find("by rank + mean; not shown to gain: PCA.") != std::string::npos);
  CHECK(sentence_of_gain(toy(), study_metric::accuracy, 1)
            .starts_with("With constant, 0 of 2 pipelines beat their untrained twin"));
}

TEST_CASE("the summary says where curves go flat, and refuses where nothing was learned") {
  CHECK(sentence_of_saturation(toy(), study_metric::accuracy, 0)
            .find("rank + mean needs the whole ladder and may still rise; none is reported for PCA") != std::string::npos);
  CHECK(sentence_of_saturation(toy(), study_metric::accuracy, 1).find("no saturation point is reported") != std::string::npos);
}

TEST_CASE("the summary says whether the choice of cells mattered, where it was compared") {
  const study_summary s = summarise(toy_study::results(toy_study::two_samplers()), {.resamples = 200});
  CHECK(sentence_of_sampler(s, study_metric::accuracy, 0, "sketch") ==
        "With knn, sketch instead of uniform: at 50 % +0.250 accuracy on average (0 better, 0 worse by more than noise, of 2 pipelines).");
  CHECK(summary_in_words(s).size() == 7);
  // The winner's rival is another pipeline, not the winner with other cells.
  CHECK(sentence_of_winner(s, study_metric::accuracy, 0).find("reached by rank + mean; its lead over the next, PCA") != std::string::npos);
  CHECK(sentence_of_gain(s, study_metric::accuracy, 0).starts_with("With knn, 1 of 2 pipelines beats"));
}

TEST_CASE("the summary names floor, ceiling and what the intervals are") {
  study_summary s = toy();
  CHECK(sentence_of_limits(s, study_metric::accuracy) ==
        "Always answering the majority class gives accuracy 0.500; the best possible classifier, which knows how the cells "
        "were made, reaches 1.000.");
  s.results.answers.best_possible.clear();
  CHECK(sentence_of_limits(s, study_metric::accuracy).ends_with("the best possible score is not known on real data."));
  CHECK(sentence_of_intervals(s).find("over test cells and seeds (200 resamples)") != std::string::npos);
  CHECK(summary_in_words(s).size() == 6);
}

}  // namespace
}  // namespace test_study_sentences
