#include <tepui/kernel/sparse_gram.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::sparse_gram {
namespace {

/// Rows of which column c holds something with a chance that falls with c; `level` is added to every value.
kernel::sparse_rows drawn(std::int64_t rows, std::int64_t columns, double level, std::uint64_t seed) {
  const kernel::draws random(seed, "sparse gram");
  kernel::sparse_rows a;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c)
      if (random.uniform(r, usize(c)) < 0.9 / (1 + 0.2 * static_cast<double>((c * 7) % columns)))
        a.add(static_cast<std::int32_t>(c), static_cast<float>(level + random.uniform(r, usize(c) + 500)));
    a.end_row();
  }
  return a;
}

std::vector<double> summed(const kernel::sparse_rows& a, std::int64_t columns, std::span<const double> mean, int threads,
                           std::int64_t at_once = 1 << 20) {
  kernel::sparse_gram sums(columns, mean, threads);
  for (std::int64_t r = 0; r < a.n_rows(); r += at_once) {
    kernel::sparse_rows block;
    block.append(a, r, std::min(at_once, a.n_rows() - r));
    sums.add(block);
  }
  return sums.finish();
}

/// (a - 1 mean')'(a - 1 mean') in float64.
std::vector<double> plainly(const kernel::sparse_rows& a, std::int64_t columns, std::span<const double> mean) {
  std::vector<double> out(usize(columns * columns), 0.0), row(usize(columns));
  for (std::int64_t r = 0; r < a.n_rows(); ++r) {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = mean.empty() ? 0.0 : -mean[c];
    for (std::int64_t i = a.row_begin[usize(r)]; i < a.row_begin[usize(r) + 1]; ++i)
      row[usize(a.column[usize(i)])] += static_cast<double>(a.value[usize(i)]);
    for (std::size_t c = 0; c < row.size(); ++c)
      for (std::size_t d = 0; d < row.size(); ++d) out[c * row.size() + d] += row[c] * row[d];
  }
  return out;
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
  double far = a.size() == b.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) far = std::max(far, std::abs(a[i] - b[i]));
  return far;
}

TEST_CASE("a product with itself agrees with the pencil, with a mean and without") {
  kernel::sparse_rows a;  // 1 0 2 / 0 3 0 / 1 1 0
  a.add(0, 1), a.add(2, 2), a.end_row();
  a.add(1, 3), a.end_row();
  a.add(1, 1), a.add(0, 1), a.end_row();  // columns in any order
  CHECK(summed(a, 3, {}, 1) == std::vector<double>{2, 1, 2, 1, 10, 0, 2, 0, 4});
  const std::vector<double> mean{0.5, 1, 0.25};  // not the mean of these rows: 1/2 -1 7/4, -1/2 2 -1/4, 1/2 0 -1/4
  CHECK(summed(a, 3, mean, 1) == std::vector<double>{0.75, -1.5, 0.875, -1.5, 5, -2.25, 0.875, -2.25, 3.1875});
}

TEST_CASE("no rows give zeros, and no columns nothing") {
  CHECK(summed({}, 2, {}, 1) == std::vector<double>(4, 0.0));
  const std::vector<double> mean{1, 2};
  CHECK(summed({}, 2, mean, 2) == std::vector<double>(4, 0.0));
  CHECK(summed({}, 0, {}, 1).empty());
}

TEST_CASE("any rows: as near to float64 as float32 allows, and symmetric") {
  rc::check([] {
    const auto columns = *rc::gen::inRange<std::int64_t>(1, 40), rows = *rc::gen::inRange<std::int64_t>(0, 300);
    const auto a = drawn(rows, columns, 1, *rc::gen::inRange<std::uint64_t>(0, 1000));
    std::vector<double> mean;
    if (*rc::gen::arbitrary<bool>())
      for (std::int64_t c = 0; c < columns; ++c) mean.push_back(0.01 * static_cast<double>(c));
    const auto found = summed(a, columns, mean, 1);
    RC_ASSERT(farthest(found, plainly(a, columns, mean)) <= 1e-5 * static_cast<double>(rows + 1));
    for (std::int64_t i = 0; i < columns; ++i)
      for (std::int64_t j = 0; j < i; ++j) RC_ASSERT(found[usize(i * columns + j)] == found[usize(j * columns + i)]);
  });
}

TEST_CASE("threads and the cutting into blocks change no bit; several panels, tiles and sums") {
  const auto a = drawn(4300, 150, 0, 3);
  const auto whole = summed(a, 150, {}, 1);
  CHECK(whole == summed(a, 150, {}, 3, 1111));
  CHECK(whole == summed(a, 150, {}, 2, 4097));
  CHECK(farthest(whole, plainly(a, 150, {})) < 1e-5 * 1300);  // the largest is 1,300
}

TEST_CASE("genes that all cells express highly keep their digits") {
  kernel::sparse_rows a;
  std::vector<double> mean(2, 0.0);
  const kernel::draws random(9, "high");
  for (std::int64_t r = 0; r < 5000; ++r) {
    for (std::int32_t c = 0; c < 2; ++c) {
      a.add(c, static_cast<float>(50 + random.uniform(r, usize(c))));
      mean[usize(c)] += static_cast<double>(a.value.back()) / 5000;
    }
    a.end_row();
  }
  // Products are 2,550 and the variance is 1/12: summed in float32 with their means, they would leave one digit of it.
  CHECK(farthest(summed(a, 2, mean, 1), plainly(a, 2, mean)) < 1e-5 * 5000 / 12);
}

TEST_CASE("the vectors do what the plain loop does") {
#if TEPUI_HAS_LANES
  constexpr auto width = kernel::simd::gram_width;
  const std::vector<std::int32_t> begin{0, 2, 2, 3};
  const std::vector<kernel::tile_entry> entry{{2, 0}, {-1, width}, {0.5, width}};
  buffer_in<host, float> dense(usize(2 * width));
  for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = static_cast<float>(i % 17);
  std::vector<float> fast(usize(3 * width), 1.0F), plain = fast;
  kernel::simd::add_gram_tile(begin.data(), entry.data(), dense.data(), 3, fast.data());
  kernel::plain_gram_tile<usize(width)>(begin.data(), entry.data(), dense.data(), 3, plain.data());
  CHECK(fast == plain);
  CHECK(fast[usize(width)] == 1);
#endif
}

}  // namespace
}  // namespace tepui::tests::sparse_gram
