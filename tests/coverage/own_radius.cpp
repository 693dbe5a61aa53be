#include <tepui/coverage/own_radius.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace tepui::tests::coverage_own_radius {
namespace {
using coverage::batches;
using coverage::own_cell;

/// Cells of a dense cloud and, ten times as wide, of a thin one; three batches, of which the last lies elsewhere.
struct clouds {
  embedding_batch<> cells;
  std::vector<std::int32_t> batch;
  clouds() {
    const kernel::draws random(5, "test");
    cells.resize(1200, 4);
    for (std::int64_t c = 0; c < 1200; ++c) {
      cells.cell_id[usize(c)] = c;
      batch.push_back(static_cast<std::int32_t>(c / 400));
      for (std::int64_t d = 0; d < 4; ++d)
        cells.row(c)[usize(d)] = static_cast<float>((c % 4 == 0 ? 10 : 1) * random.normal(c, static_cast<std::uint64_t>(d)) +
                                                    (c % 4 == 0 ? 100 : 0) + (c >= 800 ? 1000 : 0));
    }
  }
  [[nodiscard]] batches view() const { return {cells.view(), batch, 3}; }
};

TEST_CASE("another draw of a batch is near to 95 % of its cells, dense and thin ones alike; cells from elsewhere to none") {
  const clouds all;
  const auto apart = coverage::distances_to_batches(all.view(), own_cell::left_out);
  const auto near = coverage::own_radius(all.view(), apart);
  CHECK(near.factor > 1);
  double dense = 0, thin = 0, elsewhere = 0;
  for (std::size_t c = 0; c < 400; ++c) {
    (c % 4 == 0 ? thin : dense) += apart.to(1)[c] <= near.radius[c] ? 1 : 0;
    elsewhere += apart.to(2)[c] <= near.radius[c] ? 1 : 0;
  }
  CHECK(std::abs(dense / 300 - 0.95) < 0.04);
  CHECK(std::abs(thin / 100 - 0.95) < 0.06);
  CHECK(elsewhere == 0);
  CHECK(coverage::own_radius(all.view(), apart, {.threads = 3}).radius == near.radius);
  CHECK(coverage::own_radius(all.view(), apart, {.share = 0.5}).factor < near.factor);
}

TEST_CASE("what cannot be said is refused") {
  const clouds all;
  const auto apart = coverage::distances_to_batches(all.view(), own_cell::left_out);
  CHECK_THROWS_AS((void)coverage::own_radius(all.view(), apart, {.share = 1}), bad_option);
  CHECK_THROWS_AS((void)coverage::own_radius(all.view(), coverage::batch_distances{}), bad_data);
  embedding_batch<> two;
  two.resize(2, 1);
  two.value = {1, 2};
  two.cell_id = {0, 1};
  const std::vector<std::int32_t> batch{0, 1};
  const batches few{two.view(), batch, 2};
  CHECK_THROWS_AS((void)coverage::own_radius(few, coverage::distances_to_batches(few, own_cell::left_out)), bad_data);
}

TEST_CASE("batches with a number that is none are refused") {
  const std::vector<float> value{0, 1, std::nanf(""), 3};
  const std::vector<std::int64_t> id{0, 1, 2, 3};
  const std::vector<std::int32_t> batch{0, 0, 1, 1};
  CHECK_THROWS_WITH_AS(coverage::check_batches({{1, value, cell_axis<>(id)}, batch, 2}),
                       "coverage: the embedding is nan in cell 2, dim 0; distances need finite numbers: leave such cells "
                       "out or embed them again",
                       bad_data);
}

}  // namespace
}  // namespace tepui::tests::coverage_own_radius
