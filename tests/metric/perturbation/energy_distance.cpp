#include <tepui/metric/perturbation/energy_distance.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/metric/head.hpp>
#include <tepui/metric/perturbation/mmd.hpp>
#include <tepui/metric/perturbation/wasserstein.hpp>

#include "golden_perturbation.hpp"

namespace tepui::tests::populations {
namespace {

using namespace tepui::metric;
using namespace tepui::tests::perturbation;
using kernel::points_of;

points_of<double> points(const std::vector<double>& value, std::int64_t dims) {
  return {isize(value.size()) / dims, dims, value};
}

TEST_CASE("energy distances of a pencil case") {
  const std::vector<double> x{0, 2}, y{5};  // one dimension
  CHECK(energy_between(points(x, 1), points(y, 1), energy::euclidean) == doctest::Approx(2 * 4.0 - 1.0 - 0));
  CHECK(energy_between(points(x, 1), points({5, 9}, 1), energy::euclidean_u) == doctest::Approx(2 * 6.0 - 2.0 - 4.0));
  CHECK(std::isnan(energy_between(points(x, 1), points(y, 1), energy::euclidean_u)));
  CHECK(energy_between(points(x, 1), points(y, 1), energy::squared_v) == doctest::Approx(2 * 16.0));
  CHECK(std::isnan(energy_between(points(x, 1), points(y, 1), energy::squared_u)));
  CHECK(std::isnan(energy_between(points({}, 1), points(y, 1), energy::euclidean)));
}

TEST_CASE("the squared forms without pairs are those over pairs; a population lies 0 from itself") {
  rc::check("squared_energy", [] {
    const auto n = *rc::gen::inRange<std::int64_t>(2, 7), m = *rc::gen::inRange<std::int64_t>(2, 7);
    const kernel::draws random(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000)), "test: points");
    std::vector<double> x, y;
    for (std::int64_t i = 0; i < 3 * n; ++i) x.push_back(random.uniform(i, 0));
    for (std::int64_t i = 0; i < 3 * m; ++i) y.push_back(random.uniform(i, 1) + 0.5);
    const auto a = points(x, 3), b = points(y, 3);
    const auto sum = [](const points_of<double>& p, const points_of<double>& q) {
      double s = 0;
      for (std::int64_t i = 0; i < p.n; ++i)
        for (std::int64_t j = 0; j < q.n; ++j) s += kernel::plain_squared_distance(p.row(i), q.row(j), 3);
      return s;
    };
    const auto nn = static_cast<double>(n), mm = static_cast<double>(m);
    const double v = 2 * sum(a, b) / nn / mm - sum(a, a) / nn / nn - sum(b, b) / mm / mm;
    const double u = 2 * sum(a, b) / nn / mm - sum(a, a) / nn / (nn - 1) - sum(b, b) / mm / (mm - 1);
    RC_ASSERT(std::abs(energy_between(a, b, energy::squared_v) - v) < 1e-10);
    RC_ASSERT(std::abs(energy_between(a, b, energy::squared_u) - u) < 1e-10);
    RC_ASSERT(std::abs(energy_between(a, a, energy::euclidean)) < 1e-10);
    RC_ASSERT(mmd_between(a, a).biased < 1e-12);
    RC_ASSERT(mean_gene_wasserstein(a, a) == 0);
    RC_ASSERT(sliced_wasserstein(a, a, 4, 1) == 0);
  });
}

TEST_CASE("Wasserstein distances of a pencil case") {
  CHECK(wasserstein_of_sorted(std::vector<double>{0, 1, 3}, std::vector<double>{5, 6, 8}, 1) == doctest::Approx(5));
  CHECK(wasserstein_of_sorted(std::vector<double>{0, 1, 3}, std::vector<double>{5, 6, 8}, 2) == doctest::Approx(25));
  CHECK(wasserstein_of_sorted(std::vector<double>{0, 2}, std::vector<double>{1}, 1) == doctest::Approx(1));
  CHECK(wasserstein_of_sorted(std::vector<double>{0, 1}, std::vector<double>{0, 0, 1}, 1) == doctest::Approx(1.0 / 6));
  CHECK(std::isnan(wasserstein_of_sorted({}, std::vector<double>{1}, 1)));
  const std::vector<double> x{0, 0, 2, 0}, y{1, 0, 3, 0};  // two cells, two genes: moved by 1 along the first
  CHECK(mean_gene_wasserstein(points(x, 2), points(y, 2)) == doctest::Approx(0.5));
  const double sliced = sliced_wasserstein(points(x, 2), points(y, 2), 2000, 1);
  CHECK(sliced == doctest::Approx(std::sqrt(0.5)).epsilon(0.05));  // a move of 1 in 2 dimensions, seen from all sides
}

TEST_CASE("distances of predicted from real cells, beside control cells and halves") {
  auto s = small_screen(6, 0.9, 0.2);
  s.bind(true);
  s.of->control_needed = {0, 0};
  const auto scores = measure(*s.of, {.resamples = 20}, energy_distance{}, energy_distance{energy::euclidean},
                              energy_distance{energy::squared_u},
                              energy_distance{energy::squared_v}, pearson_edistance{}, mmd_rbf{}, mmd_rbf{.unbiased = false},
                              wasserstein{}, wasserstein{.directions = 16});
  for (const std::string name : {"energy_distance_euclidean_u", "energy_distance_euclidean", "energy_distance_squared_u",
                                 "energy_distance_squared_v", "mmd_rbf_unbiased", "mmd_rbf_biased", "wasserstein_mean_of_genes", "wasserstein_sliced"}) {
    INFO(name);
    const score& one = named(scores, name);
    CHECK(one.n == 6);
    CHECK(one.value.value < one.floor.value);
    CHECK(named(scores, name + ".no_change").value.value >= one.floor.value);
    const bool unbiased = name.ends_with("_u") || name.ends_with("_unbiased");
    CHECK(one.ceiling.known() == unbiased);  // halves of the cells lie further apart in the other forms
    CHECK(named(scores, name + ".skill").value.known() == unbiased);
    if (unbiased) CHECK(named(scores, name + ".skill").value.value > 0.5);
  }
  CHECK(named(scores, "pearson_edistance").value.known());
  // All perturbations have as many cells here, so that control cells in their place lie equally far: nothing to correlate.
  const measured& unchanged = named(scores, "pearson_edistance.no_change_cells").value;
  CHECK((unchanged.known() || unchanged.reason.find("all equal") != std::string::npos));
  auto threaded = small_screen(6, 0.9, 0.2);
  threaded.bind();
  threaded.of->threads = 3;
  CHECK(named(pearson_edistance{}(*threaded.of, {.resamples = 0}), "pearson_edistance").value.value ==
        named(scores, "pearson_edistance").value.value);
}

TEST_CASE("predicting the control cells has no skill, and pseudobulks have no population") {
  auto s = small_screen(6, 0, 0.3);
  for (std::size_t i = 0; i < s.predicted.cells.value.size(); ++i)
    s.predicted.cells.value[i] = s.real.cells.value[i % (12 * 30)];
  s.bind(true);
  s.of->control_needed = {0, 0};
  for (const score& one : measure(*s.of, {.resamples = 0}, energy_distance{}, mmd_rbf{}, wasserstein{}))
    if (one.name.ends_with(".skill") && one.value.known()) CHECK(one.value.value <= 1e-12);
  prediction<> bulk;
  bulk.resize(6, 30);
  for (std::int32_t p = 0; p < 6; ++p) bulk.cell_id[usize(p)] = p + 1;
  std::fill(bulk.value.begin(), bulk.value.end(), 1.0F);
  const perturbed_cells of(s.real.view(), bulk.view(), 0, s.genes);
  for (const score& one : measure(of, {}, energy_distance{}, pearson_edistance{}, mmd_rbf{}, wasserstein{}))
    CHECK(one.value.reason == "the prediction is of pseudobulks and has no cells");
}

TEST_CASE("golden: energy distances and maximum mean discrepancy of two cell types") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("no golden data");
    return;
  }
  const auto value = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  const auto label = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  std::vector<double> x, y;
  for (std::size_t i = 0; i < 600; ++i)
    if (label[i] < 2)
      for (std::size_t d = 0; d < 20; ++d) (label[i] == 0 ? x : y).push_back(static_cast<double>(value[i * 20 + d]));
  const std::string text = laws::shared_text(shared, "golden/metrics/embed_results.json");
  const auto number = [&](const std::string& key) {
    const std::size_t at = text.find("\"" + key + "\":");
    REQUIRE(at != std::string::npos);
    return std::strtod(text.c_str() + at + key.size() + 3, nullptr);
  };
  const auto a = points(x, 20), b = points(y, 20);
  CHECK(energy_between(a, b, energy::euclidean) ==
        doctest::Approx(number("edist_euclid_V(mean incl diag; cell-eval)")).epsilon(1e-9));
  CHECK(energy_between(a, b, energy::squared_v) == doctest::Approx(number("edist_sqeuclid_V")).epsilon(1e-9));
  CHECK(energy_between(a, b, energy::squared_u) ==
        doctest::Approx(number("edist_sqeuclid_U(scperturb: sigma=sum/(n(n-1)))")).epsilon(1e-9));
  const mmd_squared d = mmd_between(a, b);
  CHECK(d.gamma == doctest::Approx(number("gamma")).epsilon(1e-9));
  CHECK(d.biased == doctest::Approx(number("mmd2_rbf_biased_gamma=1/(2 med^2)")).epsilon(1e-9));
  CHECK(d.unbiased == doctest::Approx(number("mmd2_rbf_unbiased")).epsilon(1e-9));
}

}  // namespace
}  // namespace tepui::tests::populations
