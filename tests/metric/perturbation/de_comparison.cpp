#include <tepui/metric/perturbation/de_comparison.hpp>

#include <doctest/doctest.h>

#include <tuple>

#include <tepui/metric/perturbation/de_auc.hpp>
#include <tepui/metric/perturbation/de_celleval.hpp>
#include <tepui/metric/perturbation/de_counts.hpp>
#include <tepui/metric/perturbation/de_direction.hpp>
#include <tepui/metric/perturbation/de_overlap.hpp>
#include <tepui/metric/perturbation/de_recall.hpp>
#include <tepui/metric/perturbation/de_spearman.hpp>

#include "metric/perturbation/de_cells.hpp"

namespace tepui::tests::de_comparison {
namespace {

std::vector<score> all_scores(const metric::perturbed_cells& subject, const metric::score_options& options) {
  return metric::measure(subject, options, metric::de_overlap{}, metric::de_direction_match{}, metric::de_spearman{},
                         metric::de_recall{}, metric::de_recall_by_rarity{.strata = 3}, metric::de_auc{},
                         metric::de_counts{}, metric::de_celleval{});
}
bool same(const measured& a, const measured& b) {
  return a.reason == b.reason && (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}
void check_same(const std::vector<score>& a, const std::vector<score>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO(a[i].name);
    CHECK(a[i].name == b[i].name);
    CHECK(a[i].n == b[i].n);
    CHECK(same(a[i].value, b[i].value));
    CHECK(same(a[i].low, b[i].low));
    CHECK(same(a[i].high, b[i].high));
    CHECK(same(a[i].floor, b[i].floor));
    CHECK(same(a[i].ceiling, b[i].ceiling));
  }
}
void check_sound(const std::vector<score>& scores, std::int64_t most) {
  for (const auto& s : scores) {
    INFO(s.name);
    CHECK((s.n >= 0 && s.n <= most));
    for (const measured* m : {&s.value, &s.low, &s.high, &s.floor, &s.ceiling}) {
      CHECK(m->known() == m->reason.empty());
      CHECK(m->reason != "not measured");
      if (m->known() && s.unit == "share") CHECK((m->value >= 0 && m->value <= 1));
    }
  }
}
const score& named(const std::vector<score>& in, const std::string& name) {
  for (const auto& s : in)
    if (s.name == name) return s;
  throw std::runtime_error("no score " + name);
}

const std::vector<std::string> names = de_cells::names_of(6);

TEST_CASE("a good prediction lies above what knows nothing, and every number is there or says why not") {
  const auto real = de_cells::drawn(1, 6, 40, 40, 0.7), predicted = de_cells::drawn(2, 6, 40, 40, 0.7),
             train = de_cells::drawn(3, 6, 40, 40, 0.7);
  metric::perturbed_cells subject(real.view(names), predicted.view(names), 0, {});
  subject.learn_from(train.view(names));
  const auto scores = all_scores(subject, {.resamples = 50});
  check_sound(scores, 5);
  for (const std::string name : {"de_overlap_at_N", "de_precision_at_N", "de_direction_match", "de_recall", "de_pr_auc",
                                 "de_roc_auc", "de_spearman_n", "celleval.overlap_at_50"}) {
    const score& s = named(scores, name);
    INFO(name, " ", s.value.value, " ", s.floor.value, " ", s.ceiling.value);
    CHECK(s.value.known());
    CHECK(s.ceiling.known());
    if (s.floor.known()) CHECK(s.floor.value < s.value.value);
  }
  CHECK(named(scores, "de_recall").n == 4);
  CHECK(named(scores, "de_recall").low.value <= named(scores, "de_recall").value.value);
  CHECK(metric::de_comparison_of(subject, 1).trivials.size() == 2);
}

TEST_CASE("threads and the order of the cells change no bit") {
  const auto real = de_cells::drawn(1, 6, 21, 30, 0.7), predicted = de_cells::drawn(2, 6, 21, 30, 0.7);
  const auto turned = [](const de_cells::cells& of) {
    de_cells::cells out{of.n_genes, {}, {}, {}};
    for (std::size_t c = of.code.size(); c-- > 0;) {
      out.add(of.row(c), of.code[c]);
      out.id.back() = of.id[c];
    }
    return out;
  };
  const auto real_turned = turned(real), predicted_turned = turned(predicted);
  const metric::score_options options{.resamples = 20};
  const metric::perturbed_cells one(real.view(names), predicted.view(names), 0, {}),
      three(real.view(names), predicted.view(names), 0, {}, {}, 3),
      other(real_turned.view(names), predicted_turned.view(names), 0, {});
  const auto scores = all_scores(one, options);
  check_same(scores, all_scores(three, options));
  check_same(scores, all_scores(other, options));
}

TEST_CASE("data without such scores have reasons and no exception") {
  const metric::score_options options{.resamples = 10};
  const auto cells = de_cells::drawn(1, 6, 10, 9, 0);
  // A single cell each, so that nothing can be significant and nothing halved.
  const auto single = de_cells::drawn(1, 6, 1, 9, 0);
  const metric::perturbed_cells few(single.view(names), single.view(names), 0, {});
  const auto scores = all_scores(few, options);
  check_sound(scores, 5);
  CHECK(named(scores, "de_recall").value.reason == metric::no_changed_genes);
  CHECK(named(scores, "de_recall").ceiling.reason.find("halved") != std::string::npos);
  // Controls only.
  de_cells::cells controls{9, {}, {}, {}};
  for (std::size_t c = 0; c < 6; ++c) controls.add(cells.row(c * 6), 0);
  const metric::perturbed_cells none(controls.view(names), controls.view(names), 0, {});
  const auto without = all_scores(none, options);
  check_sound(without, 0);
  CHECK(named(without, "de_recall").value.reason == "there is no perturbation to score");
  // Pseudobulks instead of cells.
  std::vector<float> means(5 * 9, 1.0F);
  const std::vector<std::int64_t> codes{1, 2, 3, 4, 5};
  const metric::perturbed_cells bulk(cells.view(names), prediction_view<>{9, means, cell_axis<>(codes)}, 0, {});
  const auto of_bulk = all_scores(bulk, options);
  check_sound(of_bulk, 5);
  CHECK(named(of_bulk, "celleval.pr_auc").value.reason == "the prediction is pseudobulks, and ranks need predicted cells");
}

}  // namespace
}  // namespace tepui::tests::de_comparison
