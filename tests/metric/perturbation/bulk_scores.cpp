#include <tepui/metric/perturbation/bulk_scores.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/bulk_errors.hpp>
#include <tepui/metric/perturbation/delta_correlations.hpp>
#include <tepui/metric/perturbation/discrimination.hpp>
#include <tepui/metric/perturbation/tail_recall.hpp>

#include "golden_perturbation.hpp"

namespace tepui::tests::perturbation_bulk {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;

std::vector<score> all_bulk(const perturbed_cells& of, const score_options& options) {
  return measure(of, options, mse{}, mae{}, mse_delta{}, mae_delta{}, r2{}, r2_of_means_denadel{}, pearson_delta{},
                 spearman_delta{}, cosine_delta{}, pearson_delta_without_systematic{}, pearson_delta_top{},
                 direction_match{}, discrimination_score{},
                 discrimination_score{effect_distance::cosine, rank_scale::share_of_others},
                 discrimination_score{effect_distance::l2, rank_scale::from_minus_one}, target_ranking{},
                 tail_recall{{0.05, 0.2}, true});
}

TEST_CASE("errors and correlations of a pencil case") {
  const std::vector<double> real{1, 2, 3, 4}, predicted{1, 2, 3, 8};
  CHECK(mean_squared_error(predicted, real) == 4);
  CHECK(mean_absolute_error(predicted, real) == 1);
  CHECK(r2_score(predicted, real) == doctest::Approx(1 - 16.0 / 5));
  CHECK(r2_score(std::vector<double>{1, 1}, std::vector<double>{1, 1}) == 1);
  CHECK(r2_score(std::vector<double>{1, 2}, std::vector<double>{1, 1}) == 0);
  CHECK(std::isnan(r2_score(std::vector<double>{1}, std::vector<double>{1})));
  CHECK(spearman(predicted, real) == doctest::Approx(1));
  CHECK(std::isnan(pearson(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
  CHECK(average_ranks(std::vector<double>{5, 1, 5, 0}) == std::vector<double>{3.5, 2, 3.5, 1});
  CHECK(sign_agreement(std::vector<double>{1, -1, 0}, std::vector<double>{2, 1, 0}) == doctest::Approx(2.0 / 3));
  CHECK(largest_genes(std::vector<double>{-3, 1, 3, 2}, 2) == std::vector<std::int32_t>{0, 2});
  CHECK(correlation_or_zero(std::vector<double>{1, 1, 1, 1}, real, pearson) == 0);
  CHECK(std::isnan(correlation_or_zero(predicted, std::vector<double>{1, 1, 1, 1}, pearson)));
}

TEST_CASE(
    "skill is 0 at the best trivial predictor and 1 at the ceiling, in either direction, and has a reason where there is "
    "none") {
  CHECK(skill_score(0.6, 0.2, "train_mean", 0.8, direction::higher_is_better).value == doctest::Approx(2.0 / 3));
  CHECK(skill_score(0.4, 0.8, "train_mean", 0.2, direction::lower_is_better).value == doctest::Approx(2.0 / 3));
  CHECK(skill_score(0.8, 0.8, "x", 0.2, direction::lower_is_better).value == 0);
  CHECK(skill_score(0.3, 0.5, "no_change", 0.4, direction::higher_is_better).reason ==
        "no_change reaches 0.5 and the ceiling, from halves of the cells, is 0.4: between them there is no room in which a "
        "skill could be measured");
  CHECK(!skill_score(0.9, {0.5, 0.06}, "no_change", {0.6, 0.01}, direction::higher_is_better).known());
  CHECK(skill_score(0.55, {0.5, 0.03}, "no_change", {0.6, 0.01}, direction::higher_is_better).value == doctest::Approx(0.5));
  CHECK(ceiling_from(from_halves::squared_error, 2) == 0.5);
  CHECK(ceiling_from(from_halves::absolute_error, 2) == 1);
  CHECK(ceiling_from(from_halves::share_explained, 0.2) == doctest::Approx(0.8));
  // Of a mean the jackknife is its standard error.
  const auto values = perturbation_values::mean_of({1, 2, 3, 6});
  CHECK(reference_of(values, "").error == doctest::Approx(std::sqrt(14.0 / 3 / 4)));
  CHECK(skill_score(measured::missing("why"), 0.5, "x", 0.4, direction::higher_is_better).reason == "why");
  CHECK(spearman_brown(0.5) == doctest::Approx(2.0 / 3));
  CHECK(spearman_brown(-0.5) == -0.5);
}

TEST_CASE("floor is the best trivial score, and every number is there or has a reason") {
  auto s = small_screen(8, 0.7);
  s.bind(true);
  s.of->control_needed = {0, 0};
  const auto scores = all_bulk(*s.of, {.resamples = 50});
  for (const score& one : scores)
    for (const measured* m : {&one.value, &one.low, &one.high, &one.floor, &one.ceiling}) {
      INFO(one.name);
      CHECK((m->known() || !m->reason.empty()));
    }
  const score &error = named(scores, "mse"), &r = named(scores, "pearson_delta");
  CHECK(error.n == 8);
  CHECK(error.value.value < error.floor.value);
  CHECK(error.floor.value ==
        std::min({named(scores, "mse.no_change").value.value, named(scores, "mse.train_mean").value.value,
                  named(scores, "mse.celleval_base_mean").value.value,
                  named(scores, "mse.nearest_perturbation").value.value}));
  CHECK(named(scores, "mse.additive").value.reason ==
        "no combination is scored whose parts are all among the training cells");
  CHECK(r.low.value <= r.value.value);
  CHECK(r.value.value <= r.high.value);
  CHECK(named(scores, "pearson_delta.no_change").value.value == 0);
  CHECK(named(scores, "pearson_delta.skill").value.value > 0.5);
  CHECK(named(scores, "tail_recall_5%.no_change").value.value == 0);
  CHECK(named(scores, "discrimination_score_l1").value.value == 1);
  CHECK(named(scores, "target_median_rank_cosine").value.value == 1);
}

TEST_CASE("law: predicting no change never has a skill above 0") {
  for (const int perturbations : {1, 2, 9})
    for (const double noise : {0.05, 0.5, 2.0}) {
      auto s = small_screen(perturbations, 0, noise, 6);
      prediction<> bulk;
      bulk.resize(perturbations, 30);
      for (std::int32_t p = 0; p < perturbations; ++p) bulk.cell_id[usize(p)] = p + 1;
      const auto names = s.real.view();
      const grouped_rows rows(s.real.code, perturbations + 1);
      std::vector<double> control(30);
      mean_of_rows(names.cells, rows.of(0), control);
      // Pseudobulks of floats differ from the control's by their rounding alone.
      for (std::size_t i = 0; i < bulk.value.size(); ++i) bulk.value[i] = static_cast<float>(control[i % 30]);
      for (const bool learn : {false, true}) {
        perturbed_cells of(names, bulk.view(), 0, s.genes);
        of.control_needed = {0, 0};
        if (learn) of.learn_from(s.training.view());
        score_options options{.resamples = 0};
        const auto scores = measure(of, options, mse{}, mae{}, mse_delta{}, mae_delta{}, r2{}, r2_of_means_denadel{});
        for (const score& one : scores)
          if (one.name.ends_with(".skill") && one.value.known()) CHECK(one.value.value <= 1e-5);
      }
    }
  auto s = small_screen(9, 0, 0.4);
  for (std::size_t c = 0; c < s.predicted.code.size(); ++c)
    for (std::size_t g = 0; g < 30; ++g)
      s.predicted.cells.value[c * 30 + g] = s.real.cells.value[(c % 12) * 30 + g];  // the control cells
  s.bind(true);
  s.of->control_needed = {0, 0};
  for (const score& one : all_bulk(*s.of, {.resamples = 0}))
    if (one.name.ends_with(".skill") && one.value.known()) {
      INFO(one.name);
      CHECK(one.value.value <= 1e-12);
    }
}

TEST_CASE("law: the same bits for any number of threads; the order of cells and the codes of perturbations change nothing") {
  auto s = small_screen(7, 0.5), turned = small_screen(7, 0.5), coded = small_screen(7, 0.5);
  s.bind(true);
  const auto expected = all_bulk(*s.of, {.resamples = 0});
  const auto turn = [](owned_cells& of) {
    owned_cells out;
    out.name = of.name;
    for (std::size_t c = of.code.size(); c-- > 0;) {
      const auto row = of.cells.row(isize(c));
      out.add(of.code[c], {row.begin(), row.end()});
      out.cells.cell_id.back() = of.cells.cell_id[c];
    }
    of = out;
  };
  for (owned_cells* side : {&turned.real, &turned.predicted, &turned.training}) turn(*side);
  turned.bind(true);
  const std::vector<std::int32_t> number{0, 5, 3, 7, 1, 2, 6, 4};
  for (owned_cells* side : {&coded.real, &coded.predicted, &coded.training}) {
    const auto names = side->name;
    for (std::size_t p = 0; p < names.size(); ++p) side->name[usize(number[p])] = names[p];
    for (auto& c : side->code) c = number[usize(c)];
  }
  coded.bind(true);
  auto threaded = small_screen(7, 0.5);
  threaded.of = std::make_unique<perturbed_cells>(threaded.real.view(), threaded.predicted.view(), 0, threaded.genes,
                                                  expression_rules{}, 3);
  threaded.of->learn_from(threaded.training.view());
  const auto three = all_bulk(*threaded.of, {.resamples = 0, .threads = 3});
  const auto other = all_bulk(*turned.of, {.resamples = 0}), renamed = all_bulk(*coded.of, {.resamples = 0});
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(expected[i].name);
    CHECK(expected[i].value.known() == three[i].value.known());
    if (!expected[i].value.known()) continue;
    CHECK(three[i].value.value == expected[i].value.value);
    CHECK(other[i].value.value == doctest::Approx(expected[i].value.value).epsilon(1e-10));
    CHECK(renamed[i].value.value == doctest::Approx(expected[i].value.value).epsilon(1e-10));
  }
}

TEST_CASE("one perturbation, single cells and no perturbation give scores with reasons") {
  owned_screen s;
  s.real.name = {"control", "A"};
  s.real.add(0, {0.5F, 1.5F, 2});
  s.predicted = s.real;
  s.bind();
  for (const score& one : all_bulk(*s.of, {})) CHECK((!one.value.known() && !one.value.reason.empty()));
  s.real.add(1, {0.5F, 1, 2});
  s.predicted = s.real;
  s.bind();
  const auto scores = all_bulk(*s.of, {});
  CHECK(named(scores, "mse").value.value == 0);
  CHECK(named(scores, "mse").ceiling.reason == "no perturbation has two real cells, so none can be halved");
  CHECK(named(scores, "discrimination_score_cosine_of_others").value.reason ==
        "there is only one perturbation, which has no others to be told from");
}

TEST_CASE("golden: numbers of each perturbation in double") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto s = golden_screen(shared, "pred");
  const std::string text = laws::shared_text(shared, "golden/metrics/pert_lsp_scaling_results.json");
  const pseudobulks &real = s.of->real_bulk(), &predicted = s.of->predicted_bulk();
  const auto expect = [&](const std::string& key, std::int64_t first, auto&& value) {
    std::size_t from = 0;
    const auto expected = laws::numbers_in(laws::json_array(text, key, from));
    REQUIRE(isize(expected.size()) == 40 - first);
    double worst = 0;
    for (std::int64_t p = first; p < 40; ++p) worst = std::max(worst, std::abs(value(p) - expected[usize(p - first)]));
    INFO(key);
    CHECK(worst < 1e-9);
  };
  expect("denadel_linregress_r(R2 column)_per_pert", 0,
         [&](auto p) { return pearson(predicted.mean_of(p), real.mean_of(p)); });
  expect("denadel_mse_per_pert", 0, [&](auto p) { return mean_squared_error(predicted.mean_of(p), real.mean_of(p)); });
  expect("denadel_nochange_r_per_pert", 0, [&](auto p) { return pearson(real.control, real.mean_of(p)); });
  expect("denadel_nochange_mse_per_pert", 0, [&](auto p) { return mean_squared_error(real.control, real.mean_of(p)); });
  expect("true_r2_score_per_pert(sklearn)", 0, [&](auto p) { return r2_score(predicted.mean_of(p), real.mean_of(p)); });
  expect("pearson_delta", 0, [&](auto p) { return pearson(predicted.delta_of(p), real.delta_of(p)); });
  expect("spearman_delta", 0, [&](auto p) { return spearman(predicted.delta_of(p), real.delta_of(p)); });
  expect("cosine_delta", 0, [&](auto p) { return cosine(predicted.delta_of(p), real.delta_of(p)); });
  expect("direction_match_all_genes", 0, [&](auto p) { return sign_agreement(predicted.delta_of(p), real.delta_of(p)); });
  const auto top = [&](std::int64_t p) { return largest_genes(real.delta_of(p), 20); };
  expect("top20_by_abs_real_delta_pearson_delta", 0,
         [&](auto p) { return pearson(chosen(predicted.delta_of(p), top(p)), chosen(real.delta_of(p), top(p))); });
  expect("top20_mse", 0,
         [&](auto p) { return mean_squared_error(chosen(predicted.mean_of(p), top(p)), chosen(real.mean_of(p), top(p))); });
  // The scores take the systematic effect off as the golden numbers do: their mean is compared.
  {
    std::size_t from = 0;
    double sum = 0;
    for (const double v : laws::numbers_in(laws::json_array(text, "pearson_delta_centered_by_real_mean_effect", from)))
      sum += v / 40;
    CHECK(named(pearson_delta_without_systematic{}(*s.of, {}), "pearson_delta_without_systematic").value.value ==
          doctest::Approx(sum).epsilon(1e-9));
  }
  // Trained on the first 20: the mean of their pseudobulks for all others.
  {
    owned_screen half = golden_screen(shared, "pred");
    owned_cells seen, rest;
    seen.name = half.real.name;
    rest.name = half.real.name;
    for (std::size_t c = 0; c < half.real.code.size(); ++c) {
      const auto row = half.real.cells.row(isize(c));
      (half.real.code[c] <= 20 ? seen : rest).add(half.real.code[c], {row.begin(), row.end()});
      if (half.real.code[c] == 0) rest.add(0, {row.begin(), row.end()});
    }
    perturbed_cells of(rest.view(), rest.view(), 0, half.genes);
    of.learn_from(seen.view());
    const trivial_prediction mean = train_mean{}(of);
    REQUIRE(mean.applies());
    expect("trainmean_mse_heldout", 20,
           [&](auto p) { return mean_squared_error(mean.bulk.mean_of(p - 20), real.mean_of(p)); });
    expect("trainmean_pearson_delta_heldout(20..39)", 20,
           [&](auto p) { return pearson(mean.bulk.delta_of(p - 20), real.delta_of(p)); });
  }
  {
    s.of->learn_from(s.real.view());
    std::size_t from = 0;
    const auto expected = laws::numbers_in(laws::json_array(text, "celleval_base_mean_vector", from));
    const auto got = mean_of_bulks(s.of->training_bulk(), true);
    for (std::size_t g = 0; g < 80; ++g) CHECK(got[g] == doctest::Approx(expected[g]).epsilon(1e-6));
  }
}

}  // namespace
}  // namespace tepui::tests::perturbation_bulk
