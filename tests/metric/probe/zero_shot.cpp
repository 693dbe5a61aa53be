#include <tepui/metric/probe/zero_shot.hpp>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>
#include <tepui/metric/probe/knn.hpp>

namespace tepui::tests::zero_shot {
namespace {

/// Cells of three types on a line, with noise of a given size.
embedding_batch<> noisy(double noise, std::uint64_t seed) {
  embedding_batch<> out;
  out.resize(150, 1);
  const kernel::draws random(seed, "zero shot test");
  for (std::int64_t c = 0; c < 150; ++c) {
    out.row(c)[0] = static_cast<float>(static_cast<double>(c % 3) + noise * random.normal(c));
    out.cell_id[usize(c)] = c;
  }
  return out;
}

TEST_CASE("every embedding stands beside the best simple one, paired over cells") {
  std::vector<std::int32_t> label;
  for (std::int32_t c = 0; c < 150; ++c) label.push_back(c % 3);
  const std::vector<std::string> names{"T", "B", "NK"};
  const auto mine = noisy(0.9, 1), hvg = noisy(0.5, 2), pca = noisy(0.1, 3);
  const std::vector<metric::competitor> all{
      {"mine", mine.view(), false}, {"HVG", hvg.view(), true}, {"PCA", pca.view(), true}, {"PCA again", pca.view(), true}};
  const auto sides = metric::zero_shot(metric::knn_probe{}, all, label, names, 5, {.resamples = 100}, metric::accuracy{},
                                       metric::auroc{.by_class = false}, metric::log_loss{});
  REQUIRE(sides.size() == 4);
  REQUIRE(sides[0].scores.size() == 4);
  CHECK(sides[0].best_simple[0] == "PCA");
  CHECK(sides[2].best_simple[0] == "PCA again");
  const score& lead = sides[0].over_simple[0];
  CHECK(lead.value.value == doctest::Approx(sides[0].scores[0].value.value - sides[2].scores[0].value.value));
  CHECK(lead.high.value < 0);  // the noisy embedding is worse, beyond doubt
  CHECK(lead.low.value <= lead.value.value);
  CHECK(sides[0].over_simple[3].value.value < 0);  // of log loss, too, positive would be better
  CHECK(sides[3].over_simple[0].value.value == 0);
  CHECK(sides[3].over_simple[0].low.value == 0);  // the same answers: no difference in any resample
  CHECK(sides[3].over_simple[0].high.value == 0);
}

TEST_CASE("without a simple competitor, or of other cells, nothing is compared") {
  const auto a = noisy(0.1, 1);
  const std::vector<std::int32_t> label(150, 0), few(10, 0);
  const std::vector<std::string> names{"T"};
  const std::vector<metric::competitor> alone{{"mine", a.view(), false}}, simple{{"PCA", a.view(), true}};
  CHECK_THROWS_AS(static_cast<void>(metric::zero_shot(metric::knn_probe{}, alone, label, names, 5, {}, metric::accuracy{})),
                  bad_data);
  CHECK_THROWS_AS(static_cast<void>(metric::zero_shot(metric::knn_probe{}, simple, few, names, 5, {}, metric::accuracy{})),
                  bad_data);
  const auto one = metric::zero_shot(metric::knn_probe{}, simple, label, names, 5, {.resamples = 5}, metric::accuracy{});
  CHECK(one[0].over_simple[0].value.reason == "no simple competitor has this score");
}

}  // namespace
}  // namespace tepui::tests::zero_shot
