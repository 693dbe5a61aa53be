#include <tepui/metric/perturbation/discrimination.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/perturbation/tail_recall.hpp>

#include "golden_perturbation.hpp"

namespace tepui::tests::discrimination {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;

TEST_CASE("ranks of a pencil case: 0 is nearest, equal distances share their places or keep their order") {
  const std::vector<double> real{0, 1, 0, 3, 0, 3}, predicted{0, 3, 0, 3, 0, 1.5};  // three perturbations, two genes
  CHECK(effect_ranks(predicted, real, 3, {}, effect_distance::l1) == std::vector<double>{2, 0.5, 1.5});
  CHECK(effect_ranks(predicted, real, 3, {}, effect_distance::l1, equal_distances::lower_first) ==
        std::vector<double>{2, 0, 2});
  // Without gene 1 all effects are the same.
  const std::vector<std::int32_t> without{1, 1, 1};
  for (const auto by : {effect_distance::l1, effect_distance::l2, effect_distance::cosine})
    CHECK(effect_ranks(predicted, real, 3, without, by) == std::vector<double>{1, 1, 1});
  CHECK(score_of_rank(1, 4, rank_scale::share_of_p) == 0.75);
  CHECK(score_of_rank(1, 4, rank_scale::share_of_others) == doctest::Approx(2.0 / 3));
  CHECK(score_of_rank(1, 4, rank_scale::from_minus_one) == 0.5);
}

TEST_CASE("leaving a gene out by subtraction ranks as leaving it out before") {
  rc::check("effect_ranks", [] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 9), genes = *rc::gen::inRange<std::int64_t>(4, 21);
    const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
    const kernel::draws random(seed, "test: effects");
    std::vector<double> real, predicted;
    std::vector<std::int32_t> without;
    for (std::int64_t i = 0; i < n * genes; ++i) {
      real.push_back(random.uniform(i, 0) - 0.5);
      predicted.push_back(random.uniform(i, 1) - 0.5);
    }
    for (std::int64_t p = 0; p < n; ++p) without.push_back(static_cast<std::int32_t>(random.below(genes + 1, p, 2) - 1));
    for (const auto by : {effect_distance::l1, effect_distance::l2, effect_distance::cosine}) {
      const auto rank = effect_ranks(predicted, real, n, without, by);
      RC_ASSERT(rank == effect_ranks(predicted, real, n, without, by, equal_distances::mean_place, 3));
      for (std::int64_t p = 0; p < n; ++p) {
        const auto distance = [&](std::int64_t q) {
          double sum = 0, aa = 0, bb = 0, ab = 0;
          for (std::int64_t g = 0; g < genes; ++g) {
            if (g == without[usize(p)]) continue;
            const double a = predicted[usize(p * genes + g)], b = real[usize(q * genes + g)];
            sum += by == effect_distance::l1 ? std::abs(a - b) : (a - b) * (a - b);
            aa += a * a;
            bb += b * b;
            ab += a * b;
          }
          return by == effect_distance::cosine ? 1 - ab / std::sqrt(aa * bb) : sum;
        };
        double nearer = 0;
        for (std::int64_t q = 0; q < n; ++q) nearer += distance(q) < distance(p) - 1e-12 ? 1 : 0;
        RC_ASSERT(rank[usize(p)] >= nearer);
        RC_ASSERT(rank[usize(p)] < nearer + 1);  // no ties among random numbers of two genes or more
      }
    }
  });
}

TEST_CASE("tail recall of a pencil case") {
  const std::vector<double> real{5, -4, 0.1, 0.2, 0.3, 1}, predicted{-9, 0, 0, 3, 0, 0};  // 3 perturbations, 2 genes
  const auto half = tail_hits(predicted, real, 2, 0.5, false);
  CHECK(half.b == std::vector<double>{2, 0, 1});
  CHECK(half.a == std::vector<double>{1, 0, 0});  // of predicted zeros, which rank third, none is found
  CHECK(tail_hits(predicted, real, 2, 0.5, true).a == std::vector<double>{0, 0, 0});
  CHECK(tail_hits(predicted, real, 2, 0.1, false).n() == 0);
  CHECK(tail_hits(real, real, 2, 0.5, true).value() == 1);
  // Equal values at the edge: all real ones are looked for; predicted ones share the places that are left.
  CHECK(tail_weights(std::vector<double>{1, -1, 1, 0}, 2, true) == std::vector<double>{1, 1, 1, 0});
  CHECK(tail_weights(std::vector<double>{3, -1, 1, 0}, 2, false) == std::vector<double>{1, 0.5, 0.5, 0});
  CHECK(tail_weights(std::vector<double>{3, 0, 0, 0}, 2, true) == std::vector<double>{1, 0, 0, 0});
}

TEST_CASE("golden: ranks, discrimination scores and tail recall") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto s = golden_screen(shared, "pred");
  const std::string text = laws::shared_text(shared, "golden/metrics/pert_lsp_scaling_results.json");
  const std::pair<effect_distance, std::string> all[] = {
      {effect_distance::l1, "manhattan"}, {effect_distance::l2, "euclidean"}, {effect_distance::cosine, "cosine"}};
  const auto number = [&](const std::string& key) {
    const std::size_t at = text.find("\"" + key + "\":");
    REQUIRE(at != std::string::npos);
    return std::strtod(text.c_str() + at + key.size() + 3, nullptr);
  };
  for (const auto& [by, name] : all) {
    const bulk_pair pair{s.of->predicted_bulk(), s.of->real_bulk(), *s.of};
    std::size_t from = 0;
    CHECK(ranks_of(pair, by, false, equal_distances::mean_place) ==
          laws::numbers_in(laws::json_array(text, "target_rank0based_" + name + "(no gene excluded)", from)));
    const target_ranking head{by, false};
    const auto scores = head(*s.of, {.resamples = 0});
    const std::string tail = "_" + std::string(name_of(by)) + "_all_genes";
    CHECK(named(scores, "target_mrr" + tail).value.value == doctest::Approx(number("mrr_" + name)).epsilon(1e-9));
    CHECK(named(scores, "target_top1" + tail).value.value == doctest::Approx(number("top1_" + name)));
    CHECK(named(scores, "target_top5" + tail).value.value == doctest::Approx(number("top5_" + name)));
  }
  const auto tail = tail_recall{}(*s.of, {.resamples = 20});
  CHECK(named(tail, "tail_recall_5%").value.value == doctest::Approx(number("tail5pct_recall_at_budget")).epsilon(1e-12));
  CHECK(named(tail, "tail_recall_signed_5%").value.value ==
        doctest::Approx(number("tail5pct_signed_recall_at_budget")).epsilon(1e-12));
}

}  // namespace
}  // namespace tepui::tests::discrimination
