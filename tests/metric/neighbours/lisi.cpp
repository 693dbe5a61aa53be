#include <tepui/metric/neighbours/lisi.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "metric/neighbours/known_cells.hpp"

namespace tepui::tests::lisi {
namespace {

/// LISI from distances in double.
std::vector<double> from_double(const known_cells::cells& c, const metric::neighbour_table& near,
                                const std::vector<std::int32_t>& label) {
  std::vector<double> out;
  metric::effective_neighbours weigh(30);
  for (std::int64_t i = 0; i < near.n_cells; ++i) {
    std::vector<double> distance, weight(89), sum(5, 0);
    const auto others = near.neighbours_of(i, 90).subspan(1);
    for (const std::int32_t j : others)
      distance.push_back(
          std::sqrt(kernel::squared_distance(c.embedding.row(i).data(), c.embedding.row(j).data(), c.embedding.n_columns)));
    weigh(std::span<const double>(distance), weight);
    for (std::size_t j = 0; j < others.size(); ++j) sum[usize(label[usize(others[j])])] += weight[j];
    double squares = 0;
    for (const double s : sum) squares += s * s;
    out.push_back(1 / squares);
  }
  return out;
}

TEST_CASE("a cell among its own kind has LISI 1, one among two kinds alike has 2") {
  // Seven cells in one place, and seven far off: only those near have weight.
  known_cells::cells c;
  c.embedding.resize(14, 1);
  for (std::int64_t i = 0; i < 14; ++i) {
    c.embedding.row(i)[0] = i < 7 ? 0.0F : 100.0F;
    c.label.push_back(i < 7 ? 0 : static_cast<std::int32_t>(i % 2));
  }
  c.labels = {"a", "b"};
  const auto of = c.view();
  const auto found = metric::lisi(of.neighbours(7), 7, of.label);
  for (std::size_t i = 0; i < 7; ++i) CHECK(found[i] == doctest::Approx(1));
  // Of cells 7 .. 13 (odd ones of label 1), an odd one meets 3 odd and 3 even, an even one 4 and 2.
  CHECK(found[7] == doctest::Approx(2));
  CHECK(found[8] == doctest::Approx(36.0 / 20));
}

TEST_CASE("LISI lies between 1 and the number of labels, and labels may be scored together") {
  CHECK(rc::check("bounds", [](std::uint16_t seed) {
    const auto c = known_cells::random_cells(seed, 30 + seed % 100, 3, 4, 3);
    const auto of = c.view();
    const auto& near = of.neighbours(20);
    const std::vector<metric::cell_labels> both{of.label, of.batch};
    const auto together = metric::lisi(near, 20, both, 3);
    RC_ASSERT(together[0] == metric::lisi(near, 20, of.label));
    RC_ASSERT(together[1] == metric::lisi(near, 20, of.batch));
    for (const double v : together[0]) RC_ASSERT(v >= 1 - 1e-12 && v <= 4 + 1e-12);
    for (const double v : together[1]) RC_ASSERT(v >= 1 - 1e-12 && v <= 3 + 1e-12);
  }));
}

TEST_CASE("heads hold their laws, survive poor data, and refuse k below 6") {
  CHECK(
      rc::check("ilisi", [](std::uint16_t seed) { RC_ASSERT(known_cells::holds_its_laws(metric::ilisi{.k = 30}, seed)); }));
  CHECK(
      rc::check("clisi", [](std::uint16_t seed) { RC_ASSERT(known_cells::holds_its_laws(metric::clisi{.k = 30}, seed)); }));
  CHECK(known_cells::survives(metric::ilisi{}, true, false));
  CHECK(known_cells::survives(metric::clisi{}, false, true));
  CHECK_THROWS_AS(static_cast<void>(metric::ilisi{.k = 5}(known_cells::random_cells(1, 20, 2, 2, 2).view())), bad_option);
}

TEST_CASE("mixed batches score high, parted ones 0, and the ceiling is near what mixing reaches") {
  const auto mixed = metric::ilisi{}(known_cells::random_cells(1, 400, 3, 2, 2, 4, 0).view())[0];
  CHECK(mixed.value.value > 0.9);
  CHECK(std::abs(mixed.value.value - mixed.ceiling.value) < 0.03);
  CHECK((mixed.low.value <= mixed.value.value && mixed.value.value <= mixed.high.value));
  const auto parted = metric::ilisi{}(known_cells::random_cells(1, 400, 3, 1, 2, 4, 100).view())[0];
  CHECK(parted.value.value < 1e-9);
  CHECK(parted.ceiling.value > 0.9);
  const auto pure = metric::clisi{}(known_cells::random_cells(1, 400, 3, 3, 2, 100).view())[0];
  CHECK(pure.value.value == doctest::Approx(1));
  CHECK(pure.floor.value < 0.2);
}

TEST_CASE("LISI is that of scib-metrics, and of the same algorithm in float64") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto c = known_cells::golden(shared);
  auto of = c.view();
  const auto near = known_cells::golden_neighbours(shared);
  of.use_neighbours(near);
  for (const std::string column : {"batch", "label"}) {
    const auto found = metric::lisi(near, 90, column == "batch" ? of.batch : of.label);
    CHECK(known_cells::apart(found, laws::npy<double>(shared, "golden/metrics/lisi90_" + column + "_percell.npy")) < 5e-5);
    // The table's distances are float, which moves a cell by up to 2e-6; the reference knew them in double.
    const auto reference = laws::npy<double>(shared, "golden/metrics/lisi90_" + column + "_percell_f64ref.npy");
    CHECK(known_cells::apart(found, reference) < 2e-6);
    CHECK(known_cells::apart(from_double(c, near, column == "batch" ? c.batch : c.label), reference) < 1e-12);
  }
  // embed_results.json: lisi_f64_reference, scib_metrics.ilisi_knn90 and clisi_knn90
  const auto i = metric::ilisi{}(of)[0], l = metric::clisi{}(of)[0];
  CHECK(std::abs(i.value.value - 0.4541557816250126) < 1e-6);
  CHECK(std::abs(l.value.value - 0.9995585075020963) < 1e-6);
  CHECK(std::abs(i.value.value - 0.45415616035461426) < 1e-5);
  CHECK(std::abs(l.value.value - 0.9995583891868591) < 1e-5);
}

}  // namespace
}  // namespace tepui::tests::lisi
