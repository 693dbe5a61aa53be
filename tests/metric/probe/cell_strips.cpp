#include <tepui/metric/probe/cell_strips.hpp>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::cell_strips {
namespace {

TEST_CASE("classes are numbered without gaps, in their order") {
  const std::vector<std::int32_t> label{7, 2, 7, 4};
  const metric::numbered_classes of(label, 9);
  CHECK(of.present == std::vector<std::int32_t>{2, 4, 7});
  CHECK(of.label == std::vector<std::int32_t>{2, 0, 2, 1});
}

TEST_CASE("strips hold centred cells side by side, in units if wanted, and zeros behind the last") {
  constexpr std::int64_t n = 130, dims = 19;
  const kernel::draws random(3, "strips");
  embedding_batch<> cells;
  cells.resize(n, dims);
  std::vector<std::int32_t> label(usize(n));
  std::vector<double> mean(usize(dims), 0), square(usize(dims), 0);
  for (std::int64_t c = 0; c < n; ++c) {
    label[usize(c)] = static_cast<std::int32_t>(c % 2);
    for (std::int64_t d = 0; d < dims; ++d) {
      const float x = d == 4 ? 2.5F : static_cast<float>(1000 + random.normal(c, usize(d)));
      cells.row(c)[usize(d)] = x;
      mean[usize(d)] += static_cast<double>(x) / n;
    }
  }
  for (std::int64_t c = 0; c < n; ++c)
    for (std::int64_t d = 0; d < dims; ++d)
      square[usize(d)] += std::pow(static_cast<double>(cells.row(c)[usize(d)]) - mean[usize(d)], 2) / n;
  const metric::probe_task task{cells.view(), label, 2, cells.view()};
  for (const bool standardise : {false, true}) {
    const metric::cell_strips strips(task, standardise);
    CHECK(strips.n_strips() == 3);
    CHECK(strips.n_scores() == 1);  // one score for two classes
    CHECK(strips.labels(2).size() == 2);
    CHECK(strips.unit[4] == 1);  // a dim that never changes
    std::vector<double> exact(usize(dims * 64)), one(usize(dims));
    for (std::int64_t s = 0; s < 3; ++s) {
      strips.exact(s, exact.data());
      for (std::int64_t i = 0; i < 64; ++i) {
        const std::int64_t c = s * 64 + i;
        if (c < n) strips.one(c, 2.0, one.data());
        for (std::int64_t d = 0; d < dims; ++d) {
          const double root = standardise && d != 4 ? std::sqrt(square[usize(d)]) : 1,
                       want = c < n ? (static_cast<double>(cells.row(c)[usize(d)]) - mean[usize(d)]) / root : 0,
                       got = exact[usize(d * 64 + i)];
          CHECK(std::abs(got - want) < 1e-10);
          CHECK(static_cast<float>(got) == strips.rough(s)[d * 64 + i]);
          if (c < n) CHECK(one[usize(d)] == doctest::Approx(2 * got).epsilon(1e-14));
        }
      }
    }
  }
}

}  // namespace
}  // namespace tepui::tests::cell_strips
