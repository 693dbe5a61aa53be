#include <tepui/coverage/marginal_gain.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace tepui::tests::coverage_marginal_gain {
namespace {
using coverage::batch_distances;
using coverage::cells_within;
using coverage::gain_order;
using coverage::greedy_order;
using coverage::paying;
using order = std::vector<std::int64_t>;

/// Distances 0 where a batch covers a cell and 1 where it does not; every cell belongs to batch 0 unless said.
batch_distances covers(const std::vector<std::vector<int>>& by_batch, std::vector<std::int32_t> batch = {}) {
  batch_distances out;
  out.n_batches = static_cast<std::int32_t>(by_batch.size());
  out.n_cells = isize(by_batch.front().size());
  out.batch = std::move(batch);
  out.batch.resize(by_batch.front().size(), 0);
  for (const auto& row : by_batch)
    for (const int near : row) out.value.push_back(near ? 0 : 1);
  return out;
}
order batches_of(const gain_order& o) {
  order out;
  for (const auto& s : o.step) out.push_back(s.batch);
  return out;
}
/// What some batches cover, by looking.
double together(const batch_distances& d, const order& chosen) {
  double n = 0;
  for (std::int64_t c = 0; c < d.n_cells; ++c)
    n += std::any_of(chosen.begin(), chosen.end(), [&](auto b) { return d.to(b)[usize(c)] == 0; });
  return n / static_cast<double>(d.n_cells);
}

TEST_CASE("three batches of ten cells: the largest first, then the one with most that is new") {
  const auto d = covers({{1, 1, 1, 1, 1, 0, 0, 0, 0, 0}, {0, 0, 1, 1, 1, 1, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 1, 1, 0, 0}});
  const auto found = greedy_order(cells_within(d, 0.5));
  CHECK(batches_of(found) == order{0, 2, 1});
  CHECK(found.step[0].gain.value.value == doctest::Approx(0.5));
  CHECK(found.step[1].gain.value.value == doctest::Approx(0.2));
  CHECK(found.step[2].gain.value.value == doctest::Approx(0.1));
  CHECK(found.step[2].of_first.value.value == doctest::Approx(0.2));
  CHECK(found.step[1].covered.value.value == doctest::Approx(0.7));
  CHECK(found.bound_holds);
  // At random: one batch covers (5 + 4 + 2) / 3 cells of 10; all three cover 8.
  CHECK(found.step[0].covered.floor.value == doctest::Approx(11.0 / 30));
  CHECK(found.step[2].covered.floor.value == doctest::Approx(0.8));
  CHECK(found.step[0].covered.ceiling.value == doctest::Approx(0.5));
  CHECK(found.step[2].covered.ceiling.value == doctest::Approx(0.8));
  CHECK(batches_of(greedy_order(cells_within(d, 0.5), 1)) == order{0});
  CHECK_THROWS_AS((void)greedy_order(cells_within(d, 0.5), 4), bad_option);
}

TEST_CASE("a given order tells what each batch added there") {
  const auto d = covers({{1, 1, 0, 0}, {1, 1, 1, 0}});
  const auto told = coverage::gains_in_order(cells_within(d, 0.5), order{1, 0});
  CHECK(told.step[0].gain.value.value == 0.75);
  CHECK(told.step[1].gain.value.value == 0);
  CHECK(!told.bound_holds);
  CHECK(!told.step[0].covered.ceiling.known());
  CHECK_THROWS_AS((void)coverage::gains_in_order(cells_within(d, 0.5), order{1, 1}), bad_option);
}

TEST_CASE("lazy steps give the plain greedy order and its gains, never below 63 % of the best, never above the limit") {
  CHECK(rc::check([] {
    const auto n_batches = *rc::gen::inRange<std::size_t>(1, 7), n_cells = *rc::gen::inRange<std::size_t>(1, 30);
    std::vector<std::vector<int>> by(n_batches);
    for (auto& b : by) b = *rc::gen::container<std::vector<int>>(n_cells, rc::gen::inRange(0, 2));
    const auto d = covers(by);
    const auto found = greedy_order(cells_within(d, 0.5));
    RC_ASSERT(found.asked <= isize(n_batches * (n_batches + 1) / 2));
    cells_within plain(d, 0.5);
    order open(n_batches), chosen;
    std::iota(open.begin(), open.end(), 0);
    for (std::size_t k = 1; k <= n_batches; ++k) {
      const auto best =
          std::max_element(open.begin(), open.end(), [&](auto a, auto b) { return plain.gain(a) < plain.gain(b); });
      RC_ASSERT(found.step[k - 1].batch == *best);
      plain.take(*best);
      chosen.push_back(*best);
      open.erase(best);
      const auto& covered = found.step[k - 1].covered;
      RC_ASSERT(std::abs(covered.value.value - together(d, chosen)) < 1e-12);
      // Every choice of k batches, and their mean.
      double most = 0, sum = 0, choices = 0;
      for (std::size_t bits = 0; bits < (std::size_t{1} << n_batches); ++bits) {
        order some;
        for (std::size_t b = 0; b < n_batches; ++b)
          if (bits >> b & 1) some.push_back(isize(b));
        if (some.size() != k) continue;
        most = std::max(most, together(d, some));
        sum += together(d, some);
        choices += 1;
      }
      RC_ASSERT(covered.value.value >= (1 - std::exp(-1.0)) * most - 1e-12);
      RC_ASSERT(covered.ceiling.value >= most - 1e-12);
      RC_ASSERT(std::abs(covered.floor.value - sum / choices) < 1e-9);
    }
  }));
}

TEST_CASE("weights say how much a cell counts") {
  const auto d = covers({{1, 1, 1, 0}, {0, 0, 0, 1}});
  CHECK(batches_of(greedy_order(cells_within(d, 0.5))) == order{0, 1});
  const auto weighed = greedy_order(cells_within(d, 0.5, {1, 1, 1, 5}));
  CHECK(batches_of(weighed) == order{1, 0});
  CHECK(weighed.step[0].gain.value.value == doctest::Approx(5.0 / 8));
  CHECK_THROWS_AS((void)cells_within(d, 0.5, {1, 2}), bad_data);
  CHECK_THROWS_AS((void)cells_within(d, -1), bad_option);
}

embedding_batch<> rows(const std::vector<float>& value, std::int64_t dims) {
  embedding_batch<> out;
  out.resize(isize(value.size()) / dims, dims);
  std::copy(value.begin(), value.end(), out.value.begin());
  return out;
}

TEST_CASE("boxes: the batch with most boxes first, and gains are newly occupied ones") {
  const auto cells = rows({0, 1, 2, 3, 3, 4, 9, 9}, 1);
  const std::vector<std::int32_t> batch{0, 0, 0, 0, 1, 1, 2, 2};
  const auto found = greedy_order(coverage::boxes_taken({cells.view(), batch, 3}, {.unit = 1}));
  CHECK(batches_of(found) == order{0, 1, 2});  // 1 and 2 add one box each: the lower first
  CHECK(found.step[0].gain.value.value == 4);
  CHECK(found.step[1].gain.value.value == 1);
  CHECK(found.step[2].covered.value.value == 6);
  CHECK(found.step[0].covered.floor.value == doctest::Approx((4 + 2 + 1) / 3.0));
  CHECK(found.step[1].gain.unit == "boxes of side 1");
}

TEST_CASE("Vendi: more of the same lowers it, and no bound is claimed") {
  const auto cells = rows({1, 0, 0, 1, 1, 0, 1, 0}, 2);
  const std::vector<std::int32_t> batch{0, 0, 1, 1};
  const auto found = greedy_order(coverage::vendi_taken({cells.view(), batch, 2}));
  CHECK(batches_of(found) == order{0, 1});
  CHECK(found.step[0].gain.value.value == doctest::Approx(2));
  CHECK(found.step[1].gain.value.value < 0);
  CHECK(!found.bound_holds);
  CHECK(!found.step[1].covered.ceiling.known());
  CHECK(found.bound.find("not submodular") != std::string::npos);
}

TEST_CASE("a cell is no neighbour of its own where that is asked for") {
  const auto cells = rows({0, 1, 10, 10.5F}, 1);
  const std::vector<std::int32_t> batch{0, 0, 1, 1};
  const auto with = coverage::distances_to_batches({cells.view(), batch, 2});
  const auto without = coverage::distances_to_batches({cells.view(), batch, 2}, coverage::own_cell::left_out);
  CHECK(with.value == std::vector<double>{0, 0, 9, 9.5, 10, 9, 0, 0});
  CHECK(without.value == std::vector<double>{1, 1, 9, 9.5, 10, 9, 0.5, 0.5});
}

TEST_CASE("intervals: cells are drawn again within their batch; the seed decides") {
  std::vector<std::int32_t> batch(200, 0);
  std::fill(batch.begin() + 100, batch.end(), 1);
  std::vector<std::vector<int>> by(2, std::vector<int>(200, 0));
  for (std::size_t c = 0; c < 100; ++c) by[0][c] = 1;
  for (std::size_t c = 100; c < 150; ++c) by[1][c] = 1;
  const cells_within measure(covers(by, batch), 0.5);
  const auto a = coverage::with_intervals(measure, greedy_order(measure)),
             b = coverage::with_intervals(measure, greedy_order(measure));
  CHECK(a.step[0].gain.low.value == doctest::Approx(0.5));  // all of batch 0 is covered in every draw
  CHECK(a.step[0].gain.high.value == doctest::Approx(0.5));
  // Half of 100 cells: a standard error of 5 cells of 200.
  CHECK(std::abs(a.step[1].gain.low.value - (0.25 - 1.96 * 0.025)) < 0.012);
  CHECK(std::abs(a.step[1].gain.high.value - (0.25 + 1.96 * 0.025)) < 0.012);
  CHECK(a.step[1].gain.low.value == b.step[1].gain.low.value);
  CHECK(a.step[1].of_first.low.value == doctest::Approx(2 * a.step[1].gain.low.value));
  CHECK_THROWS_AS((void)coverage::with_intervals(measure, greedy_order(measure), {.resamples = 0}), bad_option);
}

TEST_CASE("a batch pays, does not, or the cells do not tell; behind one that does not, none does") {
  gain_order o;
  o.bound_holds = true;
  const auto step = [&](double value, double low, double high) {
    coverage::gain_step s;
    s.of_first.value = value, s.of_first.low = low, s.of_first.high = high;
    o.step.push_back(s);
  };
  step(1, 1, 1);
  step(0.5, 0.4, 0.6);
  step(0.1, 0.05, 0.15);
  step(0.05, 0.01, 0.08);
  step(0.04, 0.01, 0.3);
  CHECK(coverage::what_pays(o, 0.1) == std::vector{paying::yes, paying::yes, paying::not_clear, paying::no, paying::no});
  CHECK(coverage::what_pays(o, 0.4)[1] == paying::yes);
  o.bound_holds = false;
  CHECK(coverage::what_pays(o, 0.1)[4] == paying::not_clear);
  CHECK_THROWS_AS((void)coverage::what_pays(o, 1), bad_option);
}

TEST_CASE("in a given order a batch pays by itself: behind a copy that brings nothing, another one can") {
  const auto d = covers({{1, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}});
  const auto told = coverage::gains_in_order(cells_within(d, 0.5), order{0, 1, 2});
  CHECK(coverage::what_pays(told, 0.1) == std::vector{paying::yes, paying::no, paying::yes});
  const auto found = greedy_order(cells_within(d, 0.5));
  CHECK(batches_of(found) == order{0, 2, 1});
  CHECK(coverage::what_pays(found, 0.1) == std::vector{paying::yes, paying::yes, paying::no});
}

// Of n batches, batch b alone covers its own cell: k of them can cover k of n, and the greedy order does.
TEST_CASE("a thousand batches have their limits at once") {
  const std::int64_t n = 1000;
  batch_distances d;
  d.n_batches = static_cast<std::int32_t>(n);
  d.n_cells = n;
  d.batch.assign(usize(n), 0);
  d.value.assign(usize(n * n), 1);
  for (std::int64_t b = 0; b < n; ++b) d.value[usize(b * n + b)] = 0;
  const auto found = greedy_order(cells_within(d, 0.5));
  for (std::size_t k = 0; k < found.step.size(); ++k)
    CHECK(found.step[k].covered.ceiling.value == doctest::Approx(static_cast<double>(k + 1) / static_cast<double>(n)));
}

}  // namespace
}  // namespace tepui::tests::coverage_marginal_gain
