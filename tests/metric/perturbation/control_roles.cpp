#include <tepui/metric/perturbation/control_roles.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/bulk_errors.hpp>
#include <tepui/metric/perturbation/de_overlap.hpp>
#include <tepui/metric/perturbation/de_recall.hpp>
#include <tepui/metric/perturbation/de_spearman.hpp>
#include <tepui/metric/perturbation/delta_correlations.hpp>
#include <tepui/metric/perturbation/discrimination.hpp>
#include <tepui/metric/perturbation/energy_distance.hpp>
#include <tepui/metric/perturbation/mmd.hpp>
#include <tepui/metric/perturbation/split_half.hpp>

#include "golden_perturbation.hpp"

namespace tepui::tests::control_roles {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;

constexpr std::int64_t genes = 60;

/// The mean of a gene without perturbation.
double base(std::int64_t g) { return 3 + 0.05 * static_cast<double>(g % 20); }

/// Normal cells around it. Perturbation p (1 ...) moves a third of the genes by `effect`, up or down.
void add_drawn(owned_cells& to, std::int32_t p, std::int64_t cells, double effect, const kernel::draws& random) {
  for (std::int64_t c = 0; c < cells; ++c) {
    const std::int64_t id = isize(to.code.size());
    std::vector<float> row;
    for (std::int64_t g = 0; g < genes; ++g) {
      const bool moved = p > 0 && (g + p) % 3 == 0;
      row.push_back(static_cast<float>(base(g) + 0.5 * random.normal(id, static_cast<std::uint64_t>(g)) +
                                       (moved ? effect * ((g * p) % 2 == 0 ? 1 : -1) : 0)));
    }
    to.add(p, row);
  }
}
struct design {
  std::vector<std::int64_t> cells;  ///< of the control, then of each perturbation
  double real = 0, said = 0;        ///< effects
  bool shared = true;               ///< the real control cells are the prediction's
};
owned_screen drawn(const design& of, std::uint64_t seed) {
  owned_screen s;
  for (std::size_t p = 0; p < of.cells.size(); ++p) s.real.name.push_back(p == 0 ? "control" : "p" + std::to_string(p));
  s.predicted.name = s.training.name = s.real.name;
  const kernel::draws real(seed, "test: real"), said(seed, "test: said"), seen(seed, "test: seen");
  for (std::size_t p = 0; p < of.cells.size(); ++p) {
    add_drawn(s.real, static_cast<std::int32_t>(p), of.cells[p], of.real, real);
    add_drawn(s.predicted, static_cast<std::int32_t>(p), of.cells[p], of.said, p == 0 && of.shared ? real : said);
    if (p % 2 == 0) add_drawn(s.training, static_cast<std::int32_t>(p), of.cells[p], of.real, p == 0 ? real : seen);
  }
  return s;
}
std::vector<std::int64_t> equal_groups(std::int64_t control, std::int64_t perturbations, std::int64_t each) {
  std::vector<std::int64_t> out{control};
  out.insert(out.end(), usize(perturbations), each);
  return out;
}
std::vector<score> many(const perturbed_cells& of) {
  return measure(of, {.resamples = 0}, mse{}, mae{}, mse_delta{}, mae_delta{}, r2{}, pearson_delta{}, spearman_delta{},
                 cosine_delta{}, pearson_delta_top{}, pearson_delta_without_systematic{}, direction_match{},
                 discrimination_score{}, energy_distance{}, mmd_rbf{}, de_overlap{{0}}, de_recall{});
}

TEST_CASE("a control is shared where the prediction has the real control cells") {
  auto s = drawn({{20, 8, 8}}, 1);
  s.bind();
  CHECK(shares_control(*s.of));
  const auto& roles = control_roles_of(*s.of, 1);
  CHECK(roles.cells.size() == 6);  // 20 divided as 8 to 20
  CHECK(roles.real.size() == 14);
  CHECK(roles.theirs == roles.real);
  const row_sides rows = no_change_rows(*s.of, 1);
  CHECK(rows.predicted.of(1).size() == 6);
  CHECK(rows.real.of(1).size() == 8);
  const row_sides halves = halved_rows(*s.of, 1);
  CHECK(halves.real.of(0).size() == 20);
  CHECK(halves.predicted.of(0).size() == 20);
  auto own = drawn({{20, 8, 8}, 0, 0, false}, 1);
  own.bind();
  CHECK(!shares_control(*own.of));
  const auto& apart = control_roles_of(*own.of, 1);
  CHECK(apart.cells.size() == 10);
  CHECK(apart.theirs == apart.cells);
  CHECK(apart.real != apart.cells);
  CHECK(halved_rows(*own.of, 1).real.of(0).size() == 10);
  // Pseudobulks without a control are measured from the real one.
  prediction<> bulk;
  bulk.resize(2, genes);
  bulk.cell_id = {1, 2};
  std::fill(bulk.value.begin(), bulk.value.end(), 1.5F);
  CHECK(shares_control(perturbed_cells(s.real.view(), bulk.view(), 0)));
  // One control cell can play no other.
  auto one = drawn({{1, 4}}, 1);
  one.bind();
  CHECK(!control_roles_of(*one.of, 1).missing.empty());
  CHECK(named(mse{}(*one.of, {.resamples = 0}), "mse.no_change_cells").value.reason == control_roles_of(*one.of, 1).missing);
}

TEST_CASE("where nothing happens, changes from one control correlate, floor and ceiling with them, and no skill is left") {
  auto s = drawn({equal_groups(40, 20, 40)}, 1);
  s.bind();
  s.of->control_needed = {0, 0};
  for (const std::string name : {"pearson_delta", "cosine_delta"}) {
    const auto scores = measure(*s.of, {.resamples = 0}, pearson_delta{}, cosine_delta{});
    const score& r = named(scores, name);
    INFO(name, " ", r.value.value, " ", r.floor.value, " ", r.ceiling.value);
    CHECK(std::abs(r.value.value - 0.5) < 0.15);
    CHECK(std::abs(r.ceiling.value - 0.5) < 0.15);
    CHECK(r.floor.value > r.value.value - 0.1);
    CHECK(r.floor.value < r.value.value + 0.2);
    CHECK(!named(scores, name + ".skill").value.known());
  }
}

TEST_CASE("with few control cells a skill has the reason in its place") {
  for (const std::int64_t control : {89, 90}) {  // 1.5 times 60
    auto s = drawn({equal_groups(control, 3, 60), 1}, 1);
    s.bind();
    CHECK(few_control_cells(*s.of) ==
          (control >= 90 ? ""
                         : "the real control has 89 cells, and beside perturbations of 60 on average fewer than 90 decide "
                           "this skill by their noise; give more control cells"));
    const score skill = named(mae{}(*s.of, {.resamples = 0}), "mae.skill");
    if (control < 90) CHECK(skill.value.reason == few_control_cells(*s.of));
    CHECK(few_control_cells(*s.of, true).find("fewer than 140") != std::string::npos);
    CHECK(named(mae{}(*s.of, {.resamples = 0}), "mae").ceiling.known());  // what halves say is still shown
  }
}

// With few control cells their noise decides, and no skill is given: see few_control_cells.
TEST_CASE("law: other cells in which nothing happens have no skill beyond chance, with 90 control cells") {
  for (const std::uint64_t seed : {1U, 2U})
    for (const bool shared : {true, false})
      for (const std::int64_t control : {90, 140})
        for (const double effect : {0.0, 0.6}) {
          auto s = drawn({equal_groups(control, 12, 20), effect, 0, shared}, seed);
          for (const bool learn : {false, true}) {
            s.bind(learn);
            for (const score& one : many(*s.of))
              if (one.name.ends_with(".skill") && one.value.known()) {
                INFO(one.name, " ", shared, " ", control, " ", effect, " ", learn);
                CHECK(one.value.value < 0.25);
              }
          }
        }
}

TEST_CASE("law: the true means have a skill near 1 in errors, also where halves are worse than no change") {
  for (const double effect : {0.25, 1.0}) {
    auto s = drawn({equal_groups(200, 40, 20), effect, 0}, 3);
    prediction<> truth;
    truth.resize(40, genes);
    for (std::int32_t p = 1; p <= 40; ++p) {
      truth.cell_id[usize(p - 1)] = p;
      for (std::int64_t g = 0; g < genes; ++g)
        truth.row(p - 1)[usize(g)] =
            static_cast<float>(base(g) + ((g + p) % 3 == 0 ? effect * ((g * p) % 2 == 0 ? 1 : -1) : 0));
    }
    const perturbed_cells of(s.real.view(), truth.view(), 0);
    const auto scores = measure(of, {.resamples = 0}, mse{}, mae{}, r2{});
    for (const std::string name : {"mse", "mae", "r2"}) {
      INFO(name, " ", effect);
      CHECK(named(scores, name + ".skill").value.value == doctest::Approx(1).epsilon(0.1));
    }
    const score& error = named(scores, "mse");
    CHECK(error.ceiling.value < error.floor.value);
    if (effect < 0.5) CHECK(4 * error.ceiling.value > error.floor.value);  // what halves pay themselves
  }
}

TEST_CASE("energy distances do not correlate by the numbers of cells that both sides share") {
  std::vector<std::int64_t> cells{100};
  for (std::int64_t p = 0; p < 24; ++p) cells.push_back(4 + p * p / 4);
  double mean = 0;  // few small groups decide, so over several draws
  for (const std::uint64_t seed : {5U, 6U, 7U, 8U}) {
    auto s = drawn({cells, 0, 0, false}, seed);
    s.bind();
    CHECK(pearson_edistance{}.values(*s.of).value() > 0.95);  // as published
    const auto scores = pearson_edistance{}(*s.of, {.resamples = 0});
    const score& r = named(scores, "pearson_edistance");
    mean += r.value.value / 4;
    CHECK(r.floor.known());
    CHECK(r.floor.value != 0);
  }
  CHECK(std::abs(mean) < 0.6);
}

TEST_CASE("giving more cells does not make an unbiased energy distance smaller") {
  const auto value = [](std::int64_t said, energy by) {
    owned_screen s = drawn({equal_groups(30, 8, 30), 0, 0, false}, 6);
    owned_cells fewer;
    fewer.name = s.predicted.name;
    const kernel::draws random(9, "test: more cells");
    for (std::int32_t p = 0; p <= 8; ++p) add_drawn(fewer, p, said, 0, random);
    s.predicted = fewer;
    s.bind();
    const auto scores = energy_distance{by}(*s.of, {.resamples = 0});
    return scores[0].value.value;
  };
  CHECK(energy_distance{}.by == energy::euclidean_u);
  CHECK(value(5, energy::euclidean) > 2 * value(100, energy::euclidean));
  CHECK(std::abs(value(5, energy::euclidean_u)) < 0.1);
  CHECK(std::abs(value(100, energy::euclidean_u)) < 0.1);
}

TEST_CASE("genes that one half chooses say nothing of the other half where there is noise alone") {
  auto s = drawn({equal_groups(60, 20, 20), 0, 0, false}, 7);
  s.bind();
  const auto scores = pearson_delta_top{}(*s.of, {.resamples = 0});
  CHECK(std::abs(scores[0].ceiling.value) < 0.25);
  const std::vector<std::vector<std::int32_t>> ranked(20, {0, 1, 2, 3});
  CHECK(!pearson_delta_top{4, ranked}(*s.of, {.resamples = 0})[0].ceiling.known());
}

TEST_CASE("what all have in common leaves exactly nothing of the mean of training") {
  auto s = drawn({equal_groups(30, 8, 12), 0.5, 0.5}, 8);
  s.bind(true);
  const auto scores = pearson_delta_without_systematic{}(*s.of, {.resamples = 0});
  CHECK(named(scores, "pearson_delta_without_systematic.train_mean").value.value == 0);
}

TEST_CASE("scores of changed genes have a skill, and saying nothing of most perturbations does not pay") {
  auto s = drawn({equal_groups(60, 10, 30), 0.6, 0.6}, 9), silent = drawn({equal_groups(60, 10, 30), 0.6, 0.6}, 9);
  // All but three perturbations: the control cells themselves, each once, which changes no gene.
  owned_cells few;
  few.name = s.predicted.name;
  for (std::size_t c = 0; c < s.predicted.code.size(); ++c)
    if (s.predicted.code[c] <= 3) {
      const auto row = s.predicted.cells.row(isize(c));
      few.add(s.predicted.code[c], {row.begin(), row.end()});
    }
  for (std::int32_t p = 4; p <= 10; ++p)
    for (std::int64_t c = 0; c < 60; ++c) few.add(p, {s.real.cells.row(c).begin(), s.real.cells.row(c).end()});
  silent.predicted = few;
  s.bind();
  silent.bind();
  s.of->control_needed = {0, 0};
  const auto full = measure(*s.of, {.resamples = 0}, de_spearman{}, de_recall{}),
             part = measure(*silent.of, {.resamples = 0}, de_spearman{}, de_recall{});
  CHECK(named(full, "de_recall.skill").value.value > 0.5);
  // Ten perturbations are too few for this one: floor and ceiling lie within the noise of each other.
  CHECK(named(full, "de_spearman_lfc.skill").value.reason.find("two standard errors") != std::string::npos);
  CHECK(named(part, "de_spearman_lfc").n == named(full, "de_spearman_lfc").n);
  CHECK(named(part, "de_spearman_lfc").value.value < 0.6 * named(full, "de_spearman_lfc").value.value);
}

}  // namespace
}  // namespace tepui::tests::control_roles
