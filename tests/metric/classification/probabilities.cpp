#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/metric/classification/scores.hpp>

#include "laws/head_laws.hpp"
#include "laws/npy.hpp"
#include "metric/classification/owned_predictions.hpp"

namespace tepui::tests::probabilities {
namespace {

TEST_CASE("heads of probabilities keep the laws of heads") {
  const laws::head_promises share{.worst = 0, .best = 1, .rounds = 2};
  laws::head_of<owned_predictions>(metric::auroc{}, share);
  laws::head_of<owned_predictions>(metric::auprc{}, share);
  laws::head_of<owned_predictions>(metric::log_loss{}, {.worst = 0, .best = 37, .rounds = 2});
  laws::head_of<owned_predictions>(metric::brier{}, {.worst = 0, .best = 2, .rounds = 2});
  laws::head_of<owned_predictions>(metric::calibration_error{}, share);
  laws::head_of<owned_predictions>(metric::calibration_error{.bins = 7, .adaptive = true}, share);
}

TEST_CASE("areas by the pencil, with ties") {
  const std::vector<double> number{0.9, 0.8, 0.8, 0.1};
  const std::vector<std::int32_t> truth{1, 1, 0, 0}, one{1, 1, 1, 1}, none{0, 0, 0, 0};
  CHECK(metric::area_under_roc(number, truth) == doctest::Approx(3.5 / 4));  // one of four pairs is tied
  CHECK(metric::average_precision(number, truth) == doctest::Approx(0.5 * 1 + 0.5 * 2.0 / 3));
  CHECK(std::isnan(metric::area_under_roc(number, one)));
  CHECK(std::isnan(metric::area_under_roc(number, none)));
  CHECK(metric::average_precision(number, one) == 1);
  CHECK(metric::average_precision(number, none) == 0);
  const std::vector<double> flat(4, 0.3);
  CHECK(metric::area_under_roc(flat, truth) == 0.5);
  CHECK(metric::average_precision(flat, truth) == 0.5);
}

TEST_CASE("areas are those of all pairs, and weights count as copies of the cells") {
  CHECK(rc::check("Mann-Whitney", [](std::uint16_t number) {
    const kernel::draws random(number, "areas");
    const std::int64_t n = 2 + random.below(30, 0);
    std::vector<double> of, copied;
    std::vector<std::int32_t> truth, copied_truth;
    std::vector<std::uint32_t> weight;
    for (std::int64_t i = 0; i < n; ++i) {
      of.push_back(static_cast<double>(random.below(6, i, 1)));
      truth.push_back(static_cast<std::int32_t>(random.below(2, i, 2)));
      weight.push_back(static_cast<std::uint32_t>(random.below(3, i, 3)));
      for (std::uint32_t w = 0; w < weight.back(); ++w) copied.push_back(of.back()), copied_truth.push_back(truth.back());
    }
    double wins = 0, pairs = 0;
    for (std::size_t i = 0; i < copied.size(); ++i)
      for (std::size_t j = 0; j < copied.size(); ++j)
        if (copied_truth[i] == 1 && copied_truth[j] == 0) {
          wins += copied[i] > copied[j] ? 1 : copied[i] == copied[j] ? 0.5 : 0;
          ++pairs;
        }
    const auto weighted = metric::rank_cells(of, truth, 1).areas(weight);
    const auto plain = metric::rank_cells(copied, copied_truth, 1).areas();
    if (pairs > 0) RC_ASSERT(std::abs(plain.auroc - wins / pairs) < 1e-12);
    RC_ASSERT(weighted.auroc == plain.auroc || (std::isnan(weighted.auroc) && std::isnan(plain.auroc)));
    RC_ASSERT(weighted.auprc == plain.auprc || (std::isnan(weighted.auprc) && std::isnan(plain.auprc)));
  }));
}

TEST_CASE("two cells by the pencil: log loss, Brier and their floors") {
  owned_predictions data;
  data.names = {"T", "B"};
  data.truth = data.predicted = {0, 1};
  data.probability = {0.5, 0.5, 0.25, 0.75};
  const auto loss = data.scored(metric::log_loss{}, {.resamples = 10}),
             brier = data.scored(metric::brier{}, {.resamples = 10});
  CHECK(loss[0].value.value == doctest::Approx((std::log(2.0) - std::log(0.75)) / 2));
  CHECK(loss[0].floor.value == doctest::Approx(std::log(2.0)));
  CHECK(loss[0].better == direction::lower_is_better);
  CHECK(brier[0].value.value == doctest::Approx((0.5 + 0.125) / 2));
  CHECK(brier[0].floor.value == doctest::Approx(0.5));
}

TEST_CASE("bins of confidence: closed above, and equal confidences stay together") {
  const std::vector<double> confidence{0.1, 0.2, 0.2, 0.2, 1.0, 0.5};
  CHECK(metric::confidence_bins(confidence, 2, false) == std::vector<std::int32_t>{0, 0, 0, 0, 1, 0});
  CHECK(metric::confidence_bins(confidence, 2, true) == std::vector<std::int32_t>{0, 0, 0, 0, 1, 1});
  const std::vector<double> sure{0.8, 0.8, 0.8, 0.8, 0.8}, right{1, 1, 1, 1, 0}, wrong{0, 0, 0, 0, 0};
  const auto bin = metric::confidence_bins(sure, 15, false);
  CHECK(metric::calibration_gap(sure, right, bin, 15) == doctest::Approx(0).epsilon(1e-12));
  CHECK(metric::calibration_gap(sure, wrong, bin, 15) == doctest::Approx(0.8));
}

TEST_CASE("perfectly calibrated answers lie at the floor of the calibration error, doubled confidences far above it") {
  owned_predictions data;
  data.names = {"T", "B"};
  const kernel::draws random(3, "calibrated");
  for (std::int64_t i = 0; i < 2000; ++i) {
    const double p = 0.5 + 0.5 * random.uniform(i, 0);
    data.predicted.push_back(0);
    data.truth.push_back(random.uniform(i, 1) < p ? 0 : 1);
    data.probability.insert(data.probability.end(), {p, 1 - p});
  }
  const auto honest = data.scored(metric::calibration_error{}, {.resamples = 20})[0];
  CHECK(honest.value.value < 1.6 * honest.floor.value);
  for (std::size_t i = 0; i < 2000; ++i) data.probability[2 * i] = 1, data.probability[2 * i + 1] = 0;
  CHECK(data.scored(metric::calibration_error{}, {.resamples = 20})[0].value.value > 0.2);
}

TEST_CASE("probabilities that are none are refused with the cell and the sum") {
  const std::vector<std::int32_t> truth{0, 1};
  const std::vector<std::string> names{"T", "B"};
  const std::vector<double> odd{0.5, 0.5, 0.5, 0.6}, few{0.5, 0.5}, negative{0.5, 0.5, -0.5, 1.5};
  for (const auto* p : {&odd, &few, &negative})
    CHECK_THROWS_AS(static_cast<void>(metric::predicted_cells({truth, truth, {}, names, 2, *p})), bad_data);
}

TEST_CASE("more cells are resampled less often, and no fewer than 100 times") {
  const auto data = owned_predictions::drawn(50, 4, 1);
  CHECK(metric::predicted_cells(data.given()).ranking_resamples({}) == 1000);
  const std::vector<std::int32_t> many(200'000, 0);
  CHECK(metric::predicted_cells({many, many, {}, {}, 20}).ranking_resamples({}) == 100);
  CHECK(metric::predicted_cells({many, many, {}, {}, 20}).ranking_resamples({.resamples = 30}) == 30);
}

TEST_CASE("the numbers are those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  owned_predictions data;
  data.names = {"a", "b", "c", "d", "e"};
  const auto all = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  for (const std::int32_t r : laws::npy<std::int32_t>(shared, "golden/metrics/cls_test_idx.npy"))
    data.truth.push_back(all[usize(r)]);
  data.probability = laws::npy<double>(shared, "golden/metrics/cls_logreg_l2_proba.npy");
  for (std::size_t i = 0; i < 300; ++i) {
    const auto row = data.probability.begin() + isize(5 * i);
    data.predicted.push_back(static_cast<std::int32_t>(std::max_element(row, row + 5) - row));
  }
  const metric::score_options none{.resamples = 0};
  const auto auprc = data.scored(metric::auprc{}, none), auroc = data.scored(metric::auroc{}, none);
  const std::vector<double> of_class{0.9924143754797952, 0.9108548103918236, 0.930185579039166, 0.9770546168356739,
                                     0.9588573706994761};
  CHECK(auprc[0].value.value == doctest::Approx(0.953873350489187).epsilon(1e-12));
  CHECK(auprc[1].value.value == doctest::Approx(0.9603707354058231).epsilon(1e-12));
  for (std::size_t c = 0; c < 5; ++c) CHECK(auprc[2 + c].value.value == doctest::Approx(of_class[c]).epsilon(1e-12));
  CHECK(auroc[0].value.value == doctest::Approx(0.9864569515705994).epsilon(1e-12));
  CHECK(auroc[1].value.value == doctest::Approx(0.9857738862886314).epsilon(1e-12));  // roc_auc_score(average="weighted")
  CHECK(data.scored(metric::log_loss{}, none)[0].value.value == doctest::Approx(0.3550514166251427).epsilon(1e-12));
  CHECK(data.scored(metric::brier{}, none)[0].value.value == doctest::Approx(0.15868128313396324).epsilon(1e-12));  // numpy
  CHECK(data.scored(metric::calibration_error{}, none)[0].value.value ==
        doctest::Approx(0.06306741437218447).epsilon(1e-12));
  CHECK(data.scored(metric::calibration_error{.adaptive = true}, none)[0].value.value ==
        doctest::Approx(0.05182263495972777).epsilon(1e-12));

  data.probability = laws::npy<double>(shared, "golden/metrics/cls_knn5_proba.npy");
  data.predicted = laws::npy<std::int32_t>(shared, "golden/metrics/cls_knn5_pred.npy");
  const std::vector<double> prc{0.9457281909113208, 0.7907170979251429, 0.7786054614304719, 0.9169782168186424,
                                0.8613832199546485};
  const std::vector<double> roc{0.9747722321251733, 0.9342989350912779, 0.9447004608294931, 0.9620301068034648,
                                0.970558115719406};
  const auto tied_prc = data.scored(metric::auprc{}, none), tied_roc = data.scored(metric::auroc{}, none);
  for (std::size_t c = 0; c < 5; ++c) {
    CHECK(tied_prc[2 + c].value.value == doctest::Approx(prc[c]).epsilon(1e-12));
    CHECK(tied_roc[2 + c].value.value == doctest::Approx(roc[c]).epsilon(1e-12));
  }
}

}  // namespace
}  // namespace tepui::tests::probabilities
