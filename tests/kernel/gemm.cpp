#include <tepui/kernel/gemm.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::gemm_kernel {
namespace {

using kernel::gemm;
using kernel::gemm_room;
using kernel::into;
using kernel::packed_factor;
using kernel::precision;
using kernel::strided;

/// Numbers between -1 and 1, the same for the same `which`.
template <class Real>
std::vector<Real> numbers(std::int64_t n, std::uint64_t which) {
  std::vector<Real> out(usize(n));
  std::uint64_t state = which;
  for (auto& x : out) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    x = static_cast<Real>(static_cast<std::int64_t>(state >> 33) - (std::int64_t{1} << 30)) / static_cast<Real>(1 << 30);
  }
  return out;
}

/// A matrix of numbers with more room in its rows than it needs, which holds what is not a number.
template <class Real>
struct matrix {
  std::vector<Real> values;
  strided<Real> at;
  matrix(std::int64_t rows, std::int64_t columns, bool transposed, std::int64_t spare, std::uint64_t which) {
    const std::int64_t outer = transposed ? columns : rows, inner = transposed ? rows : columns, apart = inner + spare;
    values.assign(usize(outer * apart), std::numeric_limits<Real>::quiet_NaN());
    const auto x = numbers<Real>(outer * inner, which);
    for (std::int64_t i = 0; i < outer; ++i) std::copy_n(x.begin() + i * inner, inner, values.begin() + i * apart);
    at = {values.data(), transposed ? 1 : apart, transposed ? apart : 1};
  }
};

template <precision P, class Real>
double as_factor(Real x) {
  if constexpr (P == precision::bf16 && std::is_same_v<Real, float>)
    return static_cast<double>(std::bit_cast<float>(kernel::simd::bf16_bits(x) << 16));
  else
    return static_cast<double>(x);
}

struct sizes {
  std::int64_t m, n, k, spare = 0;
  bool a_transposed = false, b_transposed = false;
};

/// Both products (b packed now or before), over garbage, added and not, against plain sums in double.
template <precision P, class Real>
void agrees(const sizes& s, gemm_room<Real>& room) {
  const matrix<Real> a(s.m, s.k, s.a_transposed, s.spare, 1), b(s.k, s.n, s.b_transposed, s.spare, 2);
  const std::int64_t c_row = s.n + s.spare;
  const auto before = numbers<Real>(s.m * c_row, 3);
  packed_factor<P, Real> packed;
  packed.pack(b.at, s.k, s.n);
  for (const into how : {into::overwrite, into::add}) {
    auto c = before;
    for (std::int64_t i = 0; i < s.m; ++i)
      for (std::int64_t j = 0; j < s.n; ++j)
        if (how == into::overwrite) c[usize(i * c_row + j)] = std::numeric_limits<Real>::quiet_NaN();
    auto again = c;
    gemm<P>(s.m, s.n, s.k, a.at, b.at, c.data(), c_row, how, room);
    gemm(s.m, s.n, s.k, a.at, packed, again.data(), c_row, how, room);
    double worst = 0;
    bool outside = true, same = true;
    for (std::int64_t i = 0; i < s.m; ++i)
      for (std::int64_t j = 0; j < c_row; ++j) {
        const auto at = usize(i * c_row + j);
        same = same && std::bit_cast<std::array<std::byte, sizeof(Real)>>(c[at]) ==
                           std::bit_cast<std::array<std::byte, sizeof(Real)>>(again[at]);
        if (j >= s.n) {
          outside = outside && c[at] == before[at];
          continue;
        }
        double sum = how == into::add ? static_cast<double>(before[at]) : 0, size = std::abs(sum) + 1e-30;
        for (std::int64_t p = 0; p < s.k; ++p) {
          const double each =
              as_factor<P>(a.at.data[i * a.at.row + p * a.at.column]) * as_factor<P>(b.at.data[p * b.at.row + j * b.at.column]);
          sum += each;
          size += std::abs(each);
        }
        const double error = std::abs(sum - static_cast<double>(c[at])) / size;
        worst = error <= worst ? worst : error;  // true for what is not a number, too
      }
    CAPTURE(s.m);
    CAPTURE(s.n);
    CAPTURE(s.k);
    CAPTURE(s.a_transposed);
    CAPTURE(s.b_transposed);
    CHECK(outside);
    CHECK(same);
    CHECK(worst < (std::is_same_v<Real, double> ? 1e-14 : 1e-6));
  }
}

template <class Real>
void agrees_in_both(const sizes& s) {
  static gemm_room<Real> room;
  agrees<precision::float32, Real>(s, room);
  agrees<precision::bf16, Real>(s, room);
}

TEST_CASE("by hand: one row, one column, one number") {
  gemm_room<float> room;
  const std::vector<float> a{1, 2, 3, 4}, b{5, 6, 7, 8};
  std::vector<float> c(4, 1.0F);
  gemm(2, 2, 2, strided<float>{a.data(), 2, 1}, {b.data(), 2, 1}, c.data(), 2, into::overwrite, room);
  CHECK(c == std::vector<float>{19, 22, 43, 50});
  gemm<precision::bf16>(2, 2, 2, strided<float>{a.data(), 1, 2}, {b.data(), 2, 1}, c.data(), 2, into::add, room);
  CHECK(c == std::vector<float>{19 + 26, 22 + 30, 43 + 38, 50 + 44});
  gemm(1, 1, 4, strided<float>{a.data(), 4, 1}, {b.data(), 1, 1}, c.data(), 1, into::overwrite, room);
  CHECK(c[0] == 70);
}

TEST_CASE("tiles and what is left of them: every size up to two tiles and a bit") {
  for (const std::int64_t m : {1, 2, 3, 5, 6, 7, 11, 12, 13, 17, 23, 25})
    for (const std::int64_t n : {1, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 49, 63, 64, 65, 97, 113, 130})
      agrees_in_both<float>({m, n, 1 + (m * 7 + n) % 19, (m + n) % 3, m % 2 == 0, n % 2 == 0});
}

TEST_CASE("blocks and what is left of them") {
  gemm_room<float> far;
  for (const bool a_transposed : {false, true})
    for (const bool b_transposed : {false, true}) {
      for (const std::int64_t k : {1, 2, 3, 15, 16, 17, 383, 384, 385, 767, 768, 769, 1600})
        agrees_in_both<float>({13, 70, k, 1, a_transposed, b_transposed});
      for (const std::int64_t m : {95, 191, 192, 193, 400}) agrees_in_both<float>({m, 33, 40, 0, a_transposed, b_transposed});
      for (const std::int64_t n : {511, 512, 513, 600, 1100})
        agrees_in_both<float>({14, n, 270, 2, a_transposed, b_transposed});
      agrees<precision::float32, float>({150, 900, 300, 3, a_transposed, b_transposed}, far);  // more than is near
      agrees<precision::bf16, float>({150, 900, 300, 3, a_transposed, b_transposed}, far);
      agrees_in_both<double>({7, 9, 300, 1, a_transposed, b_transposed});
    }
}

TEST_CASE("any sizes") {
  const auto right = rc::check([] {
    const auto size = [](int most) { return std::int64_t{*rc::gen::inRange(0, most)}; };
    const sizes s{size(40), size(140), size(80), size(4), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
    agrees_in_both<float>(s);
    agrees_in_both<double>(s);
  });
  CHECK(right);
}

TEST_CASE("no rows, no columns, nothing to sum") {
  gemm_room<float> room;
  std::vector<float> c{1, 2, 3, 4};
  const std::vector<float> x{1, 2};
  gemm(0, 2, 2, strided<float>{nullptr, 2, 1}, {x.data(), 1, 1}, c.data(), 2, into::overwrite, room);
  gemm(2, 0, 1, strided<float>{x.data(), 1, 1}, {nullptr, 0, 1}, c.data(), 2, into::overwrite, room);
  gemm(2, 2, 0, strided<float>{nullptr, 0, 1}, {nullptr, 2, 1}, c.data(), 2, into::add, room);
  CHECK(c == std::vector<float>{1, 2, 3, 4});
  gemm(2, 1, 0, strided<float>{nullptr, 0, 1}, {nullptr, 1, 1}, c.data(), 2, into::overwrite, room);
  CHECK(c == std::vector<float>{0, 2, 0, 4});
}

/// The bits of every element, when rows and columns are computed one part at a time.
template <precision P>
void parts_have_the_same_bits(const sizes& s, std::int64_t rows, std::int64_t columns) {
  const matrix<float> a(s.m, s.k, s.a_transposed, s.spare, 1), b(s.k, s.n, s.b_transposed, s.spare, 2);
  gemm_room<float> room;
  const auto before = numbers<float>(s.m * s.n, 3);
  auto whole = before, parts = before;
  gemm<P>(s.m, s.n, s.k, a.at, b.at, whole.data(), s.n, into::add, room);
  for (std::int64_t i = 0; i < s.m; i += rows)
    for (std::int64_t j = 0; j < s.n; j += columns)
      gemm<P>(std::min(rows, s.m - i), std::min(columns, s.n - j), s.k, {a.at.data + i * a.at.row, a.at.row, a.at.column},
              {b.at.data + j * b.at.column, b.at.row, b.at.column}, parts.data() + i * s.n + j, s.n, into::add, room);
  CHECK(whole == parts);
}

TEST_CASE("an element has the same bits whatever rows and columns stand beside it") {
  for (const bool transposed : {false, true}) {
    const sizes s{29, 150, 800, 0, transposed, !transposed}, large{210, 530, 300, 0, transposed, transposed};
    for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{1, 150}, {29, 1}, {5, 37}, {1, 1}, {13, 64}}) {
      parts_have_the_same_bits<precision::float32>(s, rows, columns);
      parts_have_the_same_bits<precision::bf16>(s, rows, columns);
    }
    parts_have_the_same_bits<precision::float32>(large, 100, 200);
    parts_have_the_same_bits<precision::bf16>(large, 100, 200);
  }
}

TEST_CASE("values are rounded to the nearest bf16, to even between two; what is not a number stays so") {
  const auto rounded = [](float x) { return std::bit_cast<float>(kernel::simd::bf16_bits(x) << 16); };
  CHECK(rounded(1.0F) == 1.0F);
  CHECK(rounded(1.00390625F) == 1.0F);        // halfway between 1 and 1 + 2^-7
  CHECK(rounded(1.01171875F) == 1.015625F);   // halfway, the upper one is even
  CHECK(rounded(1.00390637F) == 1.0078125F);  // just above the middle
  CHECK(rounded(-3.4e38F) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(rounded(std::bit_cast<float>(0x7F800001U))));
  CHECK(std::isnan(rounded(std::bit_cast<float>(0xFFFFFFFFU))));
  // And so by the packing of either factor, at every place of a vector.
  gemm_room<float> room;
  auto x = numbers<float>(40, 7);
  x[3] = std::numeric_limits<float>::quiet_NaN();
  x[35] = 1.00390625F;
  const std::vector<float> one{1};
  std::vector<float> left(40), right(40);
  gemm<precision::bf16>(40, 1, 1, strided<float>{x.data(), 1, 1}, {one.data(), 1, 1}, left.data(), 1, into::overwrite, room);
  gemm<precision::bf16>(1, 40, 1, strided<float>{one.data(), 1, 1}, {x.data(), 40, 1}, right.data(), 40, into::overwrite, room);
  for (std::size_t i = 0; i < 40; ++i) {
    CAPTURE(i);
    if (i == 3) {
      CHECK((std::isnan(left[i]) && std::isnan(right[i])));
      continue;
    }
    CHECK(left[i] == rounded(x[i]));
    CHECK(right[i] == rounded(x[i]));
  }
}

TEST_CASE("bf16 stays within 2^-8 of the sum of sizes") {
  gemm_room<float> room;
  const std::int64_t m = 9, n = 20, k = 700;
  const auto a = numbers<float>(m * k, 1), b = numbers<float>(k * n, 2);
  std::vector<float> c(usize(m * n));
  gemm<precision::bf16>(m, n, k, strided<float>{a.data(), k, 1}, {b.data(), n, 1}, c.data(), n, into::overwrite, room);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0, size = 0;
      for (std::int64_t p = 0; p < k; ++p) {
        const double each = static_cast<double>(a[usize(i * k + p)]) * static_cast<double>(b[usize(p * n + j)]);
        sum += each;
        size += std::abs(each);
      }
      CHECK(std::abs(static_cast<double>(c[usize(i * n + j)]) - sum) <= size / 256);
    }
}

TEST_CASE("a linear layer: products and a bias; without inputs the bias; without a bias the products") {
  gemm_room<float> room;
  const std::vector<float> none, weight{1, 10, 100, 1000}, bias{5, 6};
  std::vector<float> y(4, std::numeric_limits<float>::quiet_NaN());
  const std::vector<float> x{1, 2, 3, 4};
  kernel::linear<precision::float32, float>(x, 2, weight, bias, 2, y, room);
  CHECK(y == std::vector<float>{201 + 5, 2010 + 6, 403 + 5, 4030 + 6});
  kernel::linear<precision::float32, float>(x, 2, weight, none, 2, y, room);
  CHECK(y == std::vector<float>{201, 2010, 403, 4030});
  kernel::linear<precision::bf16, float>(none, 0, none, bias, 2, y, room);
  CHECK(y == std::vector<float>{5, 6, 5, 6});
  packed_factor<precision::float32, float> packed;
  packed.pack({weight.data(), 2, 1}, 2, 2);
  CHECK(packed.k() == 2);
  CHECK(packed.n() == 2);
  kernel::linear<precision::float32, float>(x, packed, bias, y, room);
  CHECK(y == std::vector<float>{206, 2016, 408, 4036});
  gemm_room<double> plain_room;
  std::vector<double> precise(4);
  kernel::linear<precision::bf16, double>(std::vector<double>{1, 2, 3, 4}, 2, std::vector<double>{1, 10, 100, 1000},
                                          std::vector<double>{5, 6}, 2, precise, plain_room);
  CHECK(precise == std::vector<double>{206, 2016, 408, 4036});
  // A bias of many columns, which is not added at the end of every block of k.
  const std::int64_t in = 800, out = 75;
  const auto many = numbers<float>(3 * in, 1), table = numbers<float>(in * out, 2), shift = numbers<float>(out, 3);
  std::vector<float> with(usize(3 * out)), without(usize(3 * out));
  kernel::linear<precision::float32, float>(many, in, table, shift, out, with, room);
  kernel::linear<precision::float32, float>(many, in, table, none, out, without, room);
  for (std::size_t i = 0; i < with.size(); ++i) CHECK(std::abs(with[i] - without[i] - shift[i % usize(out)]) < 1e-4F);
}

TEST_CASE("the second product of a size takes no memory") {
  gemm_room<float> room;
  const matrix<float> a(300, 520, false, 0, 1), b(520, 600, true, 0, 2);
  std::vector<float> c(300 * 600);
  const auto products = [&] {
    gemm(300, 600, 520, a.at, b.at, c.data(), 600, into::add, room);
    gemm<precision::bf16>(300, 600, 520, a.at, b.at, c.data(), 600, into::add, room);
    gemm<precision::bf16>(30, 60, 52, a.at, b.at, c.data(), 600, into::add, room);
    return room.bytes();
  };
  const std::int64_t taken = products();
  CHECK(products() == taken);
  CHECK(taken < 4 << 20);
  packed_factor<precision::bf16, float> packed;
  packed.pack(b.at, 520, 600);
  const auto* const before = packed.data();
  packed.pack(b.at, 52, 60);
  packed.pack(b.at, 520, 600);
  CHECK(packed.data() == before);
}

}  // namespace
}  // namespace tepui::tests::gemm_kernel
