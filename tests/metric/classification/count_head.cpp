#include <tepui/metric/classification/count_head.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/metric/classification/scores.hpp>

#include "laws/head_laws.hpp"
#include "laws/npy.hpp"
#include "metric/classification/owned_predictions.hpp"

namespace tepui::tests::count_head {
namespace {

TEST_CASE("heads of counts keep the laws of heads") {
  const laws::head_promises share{.worst = 0, .best = 1, .rounds = 2};
  laws::head_of<owned_predictions>(metric::accuracy{}, share);
  laws::head_of<owned_predictions>(metric::balanced_accuracy{}, share);
  laws::head_of<owned_predictions>(metric::macro_precision{}, share);
  laws::head_of<owned_predictions>(metric::weighted_f1{}, share);
  laws::head_of<owned_predictions>(metric::f1_by_class{}, share);
  laws::head_of<owned_predictions>(metric::mcc{}, {.worst = -1, .best = 1, .rounds = 2});
  laws::head_of<owned_predictions>(metric::kappa{}, {.worst = -1, .best = 1, .rounds = 2});
  laws::head_of<owned_predictions>(metric::rare_class_recall{.below = 0.3}, share);
}

TEST_CASE("100 cells by the pencil: 72 of 80 T and 16 of 20 B were found") {
  metric::class_counts n(2);
  n.add(0, 0, 72), n.add(0, 1, 8), n.add(1, 1, 16), n.add(1, 0, 4);
  CHECK(metric::accuracy::of(n) == doctest::Approx(0.88));
  CHECK(metric::balanced_accuracy::of(n) == doctest::Approx((0.9 + 0.8) / 2));
  CHECK(metric::precision_by_class::of(n, 0) == doctest::Approx(72.0 / 76));
  CHECK(metric::recall_by_class::of(n, 1) == doctest::Approx(0.8));
  CHECK(metric::weighted_recall::of(n) == doctest::Approx(0.88));
  CHECK(metric::micro_f1::of(n) == doctest::Approx(0.88));
  CHECK(metric::mcc::of(n) == doctest::Approx((72.0 * 16 - 8 * 4) / std::sqrt(76.0 * 80 * 20 * 24)));
  const double chance = 0.8 * 0.76 + 0.2 * 0.24;
  CHECK(metric::kappa::of(n) == doctest::Approx((0.88 - chance) / (1 - chance)));
}

TEST_CASE("one answer for all is worth nothing beyond chance") {
  const std::vector<std::int32_t> truth{0, 0, 0, 1, 2}, all(5, 0);
  const metric::class_counts n(truth, all, 3);
  CHECK(metric::mcc::of(n) == 0);
  CHECK(metric::kappa::of(n) == 0);
  CHECK(metric::balanced_accuracy::of(n) == doctest::Approx(1.0 / 3));
  const metric::class_counts same(all, all, 3);
  CHECK(metric::mcc::of(same) == 0);
  CHECK(std::isnan(metric::kappa::of(same)));
  const auto said = metric::measure(metric::predicted_cells({all, all, {}, {}, 3}), {}, metric::kappa{});
  CHECK(said[0].value.reason.find("nothing to agree on") != std::string::npos);
}

TEST_CASE("rare classes are those below the share, or the named ones, and the scores name them") {
  owned_predictions data;
  data.names = {"T", "B", "pDC", "absent"};
  for (int i = 0; i < 100; ++i) data.truth.push_back(i < 60 ? 0 : i < 97 ? 1 : 2);
  data.predicted = data.truth;
  data.predicted[99] = 0;  // one of the three pDC is missed
  const auto scores = data.scored(metric::rare_class_recall{}, {.resamples = 50});
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].value.value == doctest::Approx(2.0 / 3));
  CHECK(scores[1].name == "rare_class_recall[pDC]");
  const auto named = data.scored(metric::rare_class_recall{.named = {"B", "pDC"}}, {.resamples = 50});
  REQUIRE(named.size() == 3);
  CHECK(named[0].value.value == doctest::Approx((1 + 2.0 / 3) / 2));
  CHECK(data.scored(metric::rare_class_recall{.below = 0.01}, {})[0].value.reason == "no class is as rare as asked for");
  CHECK_THROWS_AS(static_cast<void>(data.scored(metric::rare_class_recall{.named = {"NK"}}, {})), bad_option);
  CHECK_THROWS_AS(static_cast<void>(data.scored(metric::rare_class_recall{.below = 0}, {})), bad_option);
}

TEST_CASE("all heads see the same resamples, for any number of threads") {
  const auto data = owned_predictions::drawn(200, 3, 5);
  const metric::predicted_cells of(data.given());
  const auto a = metric::accuracy{}.resampled(of, {.resamples = 40}),
             b = metric::weighted_recall{}.resampled(of, {.resamples = 40, .threads = 3});
  REQUIRE(a[0].again.size() == 40);
  for (std::size_t i = 0; i < 40; ++i) CHECK(a[0].again[i] == doctest::Approx(b[0].again[i]).epsilon(1e-14));
}

TEST_CASE("the numbers are those of scikit-learn") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto golden = [](const metric::class_counts& n, const std::vector<double>& wanted) {
    const double got[] = {
        metric::accuracy::of(n), metric::macro_precision::of(n), metric::macro_recall::of(n),      metric::micro_f1::of(n),
        metric::macro_f1::of(n), metric::weighted_f1::of(n),     metric::balanced_accuracy::of(n), metric::mcc::of(n),
        metric::kappa::of(n)};
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(1e-12));
  };
  const auto all = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const auto rows = laws::npy<std::int32_t>(shared, "golden/metrics/cls_test_idx.npy");
  std::vector<std::int32_t> truth;
  for (const std::int32_t r : rows) truth.push_back(all[usize(r)]);
  const metric::class_counts knn(truth, laws::npy<std::int32_t>(shared, "golden/metrics/cls_knn5_pred.npy"), 5);
  golden(knn, {0.8033333333333333, 0.8204991354991356, 0.7432672176626313, 0.8033333333333333, 0.7662377676097928,
               0.7985937151933995, 0.7432672176626313, 0.7404065642191181, 0.7381308162329304});  // embed_results.json, knn5
  CHECK(metric::weighted_precision::of(knn) == doctest::Approx(0.8082334910668243).epsilon(1e-12));
  golden({laws::npy<std::int32_t>(shared, "golden/metrics/edge_ytrue.npy"),
          laws::npy<std::int32_t>(shared, "golden/metrics/edge_ypred.npy"), 5},
         {0.9, 0.5546775223499362, 0.5746666666666667, 0.9, 0.5641481263405812, 0.8818301299575221, 0.7183333333333333,
          0.8418062366296477, 0.8384491114701131});  // embed_results.json, edge_missing_classes
}

}  // namespace
}  // namespace tepui::tests::count_head
