#include <tepui/coverage/vendi.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include "laws/npy.hpp"

namespace tepui::tests::coverage_vendi {
namespace {
using coverage::order_infinity;

score of(const std::vector<float>& value, std::int64_t dims, double order = 1, int threads = 1) {
  coverage::vendi_sum sum(dims);
  sum.add(value, threads);
  return coverage::vendi(sum, order);
}
double number(const std::vector<float>& value, std::int64_t dims, double order = 1) {
  return of(value, dims, order).value.value;
}

TEST_CASE("cells that all point the same way count as one, cells at right angles as many") {
  for (const double order : {0.5, 1.0, 2.0, order_infinity}) {
    CHECK(number({1, 2, 2, 4, 3, 6}, 2, order) == doctest::Approx(1));
    CHECK(number({2, 0, 0, 0, 5, 0, 0, 0, 1}, 3, order) == doctest::Approx(3));
  }
}

TEST_CASE("three cells one way and one at a right angle: shares 3/4 and 1/4") {
  const std::vector<float> cells{1, 0, 1, 0, 7, 0, 0, 1};
  CHECK(number(cells, 2) == doctest::Approx(std::exp(-0.75 * std::log(0.75) - 0.25 * std::log(0.25))));
  CHECK(number(cells, 2, 2) == doctest::Approx(1 / (0.5625 + 0.0625)));
  CHECK(number(cells, 2, 0.5) == doctest::Approx(std::pow(std::sqrt(0.75) + 0.5, 2)));
  CHECK(number(cells, 2, order_infinity) == doctest::Approx(4.0 / 3));
}

TEST_CASE("a row of zeros stays zero and counts as a cell, so that the shares add up to less") {
  coverage::vendi_sum sum(2);
  sum.add(std::vector<float>{1, 0, 0, 0});
  CHECK(sum.zero_rows() == 1);
  CHECK(sum.value() == doctest::Approx(std::exp(0.5 * std::log(2.0))));
}

TEST_CASE("a score has a floor, a ceiling, a name, and a reason where it has no value") {
  const score s = of({1, 0, 0, 1, 1, 1}, 2, 0.5);
  CHECK(s.name == "vendi_q0.5");
  CHECK(s.floor.value == 1);
  CHECK(s.ceiling.value == 2);
  CHECK(s.n == 3);
  CHECK(of({}, 2).value.reason == "there are no cells");
  CHECK(of({0, 0}, 2).value.reason == "every cell is a row of zeros, which has no direction");
  CHECK(of({0, 0}, 2, 2).value.reason == "every cell is a row of zeros, which has no direction");
  CHECK_THROWS_WITH_AS((void)of({1, 0}, 2, 0),
                       "coverage::vendi: order is 0, but must be above 0; 0.5, 1, 2 and order_infinity are usual",
                       bad_option);
}

std::vector<float> some_cells(std::int64_t n, std::int64_t dims) {
  std::vector<float> out;
  for (std::int64_t i = 0; i < n * dims; ++i) out.push_back(static_cast<float>(*rc::gen::inRange(-50, 51)) / 16.0F);
  return out;
}

TEST_CASE(
    "a Vendi score lies between 1 and the number of cells or dims, falls with the order, and knows no lengths of rows") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 40), dims = *rc::gen::inRange<std::int64_t>(1, 6);
    std::vector<float> cells = some_cells(n, dims);
    for (std::int64_t c = 0; c < n; ++c) cells[usize(c * dims)] += 100;  // no row is zero
    double last = static_cast<double>(std::min(n, dims)) + 1e-9;
    for (const double order : {0.5, 1.0, 2.0, order_infinity}) {
      const double v = number(cells, dims, order);
      RC_ASSERT(v >= 1 - 1e-9);
      RC_ASSERT(v <= last + 1e-9);
      last = v;
    }
    const double before = number(cells, dims);
    for (std::int64_t d = 0; d < dims; ++d) cells[usize(d)] *= 4;
    RC_ASSERT(std::abs(number(cells, dims) - before) < 1e-9);
  }));
}

TEST_CASE("sums of batches add up, and threads change no bit") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 2000), cut = *rc::gen::inRange<std::int64_t>(0, n + 1);
    std::vector<float> cells(usize(n * 4));
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<float>((i * 2654435761U) % 1000) - 480.0F;
    coverage::vendi_sum one(4), two(4), other(4), threads(4);
    one.add(cells);
    threads.add(cells, 3);
    two.add(std::span<const float>(cells).first(usize(cut * 4)));
    other.add(std::span<const float>(cells).subspan(usize(cut * 4)));
    two += other;
    RC_ASSERT(two.n_cells() == n);
    RC_ASSERT(std::abs(two.value() - one.value()) < 1e-9);
    RC_ASSERT(threads.value() == one.value());
  }));
}

TEST_CASE("600 cells: the published numbers") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs the golden metrics");
    return;
  }
  const auto cells = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  embedding_batch<> batch;
  batch.resize(600, 20);
  std::copy(cells.begin(), cells.end(), batch.value.begin());
  const auto at = [&](double order) { return coverage::vendi(batch, {.order = order}).value.value; };
  CHECK(std::abs(at(1) - 10.697893586241793) < 1e-8);
  CHECK(std::abs(at(2) - 7.004648237927287) < 1e-8);
  CHECK(std::abs(at(order_infinity) - 3.7079425240475756) < 1e-8);
  CHECK(at(0.5) > at(1));
}

TEST_CASE("a number that is none is refused, and is no row of zeros") {
  CHECK_THROWS_WITH_AS((void)number({1, 0, 0, std::nanf("")}, 2),
                       "coverage: the embedding is nan in cell 1, dim 1; distances need finite numbers: leave such cells "
                       "out or embed them again",
                       bad_data);
  CHECK_THROWS_AS((void)number({1, 0, 0, HUGE_VALF}, 2), bad_data);
}

}  // namespace
}  // namespace tepui::tests::coverage_vendi
