#include <tepui/metric/perturbation/over_cells.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::perturbation_over_cells {
namespace {

using namespace tepui::metric;

/// One gene; `n` cells of each of control, a and b; a lies 1 and b lies 2 above the control.
struct one_gene {
  dense<> cells;
  std::vector<std::int32_t> code;
  std::vector<std::string> name{"control", "a", "b"};

  one_gene(std::int64_t n, std::uint64_t seed, double spread) {
    const kernel::draws noise(seed, "test: one gene");
    cells.resize(3 * n, 1);
    for (std::int64_t i = 0; i < 3 * n; ++i) {
      cells.cell_id[usize(i)] = i;
      code.push_back(static_cast<std::int32_t>(i / n));
      cells.value[usize(i)] = static_cast<float>(4.5 + static_cast<double>(i / n) + spread * (noise.uniform(i) - 0.5));
    }
  }
  [[nodiscard]] labelled_cells view() const { return {cells.view(), {code, name}}; }
};

const auto mean_change_of_real = [](const bulk_pair& pair) {
  return of_each(pair, true, [](auto, auto real) { return real[0]; });
};
const auto mean_change_of_predicted = [](const bulk_pair& pair) {
  return of_each(pair, true, [](auto predicted, auto) { return predicted[0]; });
};

TEST_CASE("cells that are all the same leave no room for chance") {
  const one_gene real(4, 1, 0), said(4, 2, 0);
  const perturbed_cells of(real.view(), said.view(), 0);
  const interval range = interval_over_cells(of, {.resamples = 50}, mean_change_of_real);
  CHECK(range.low.value == doctest::Approx(1.5).epsilon(1e-6));
  CHECK(range.high.value == doctest::Approx(1.5).epsilon(1e-6));
}

TEST_CASE("the interval of a mean change has the width that its cells say") {
  const std::int64_t n = 60;
  const one_gene real(n, 1, 1), said(n, 2, 0.2);
  const perturbed_cells of(real.view(), said.view(), 0);
  // The mean of two perturbations less the control: variance s^2 / n (1 / 4 + 1 / 4 + 1), s^2 = 1 / 12 of a uniform number.
  const double half = 1.96 * std::sqrt(1.0 / 12 / static_cast<double>(n) * 1.5);
  const interval range = interval_over_cells(of, {.resamples = 2000}, mean_change_of_real);
  CHECK((range.high.value - range.low.value) / 2 == doctest::Approx(half).epsilon(0.2));
  const interval narrow = interval_over_cells(of, {.resamples = 2000}, mean_change_of_predicted);
  CHECK((narrow.high.value - narrow.low.value) / 2 == doctest::Approx(0.2 * half).epsilon(0.2));
  // Any number of threads.
  perturbed_cells threaded(real.view(), said.view(), 0, {}, {}, 3);
  const interval same = interval_over_cells(threaded, {.resamples = 2000}, mean_change_of_real);
  CHECK(same.low.value == range.low.value);
  CHECK(same.high.value == range.high.value);
}

TEST_CASE("a control that both sides share is drawn once: a perfect prediction stays perfect") {
  const one_gene real(30, 1, 1);
  const perturbed_cells of(real.view(), real.view(), 0);
  const auto control_apart = [](const bulk_pair& pair) {
    return of_each(pair, false, [&](auto, auto) { return std::abs(pair.predicted.control[0] - pair.real.control[0]); });
  };
  CHECK(interval_over_cells(of, {.resamples = 100}, control_apart).high.value == 0);
}

TEST_CASE("without resamples or values there is a reason in words") {
  const one_gene real(4, 1, 1), said(4, 2, 1);
  const perturbed_cells of(real.view(), said.view(), 0);
  CHECK(interval_over_cells(of, {.resamples = 0}, mean_change_of_real).low.reason == "no resamples were asked for");
  const auto none = [](const bulk_pair& pair) {
    return of_each(pair, true, [](auto, auto) { return std::nan(""); });
  };
  CHECK(interval_over_cells(of, {.resamples = 10}, none).low.reason == "no perturbation has a value");
}

}  // namespace
}  // namespace tepui::tests::perturbation_over_cells
