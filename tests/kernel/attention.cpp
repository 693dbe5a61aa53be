#include <tepui/kernel/attention.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/kernel/rng.hpp>

namespace tepui::tests::attention_kernel {
namespace {

using kernel::attention_shape;
using kernel::precision;
using kernel::sees;

/// A cell, what attention makes of it, and garbage where something is to be written.
template <class Real>
struct cell {
  cell(attention_shape of, std::int64_t n_tokens)
      : shape(of),
        tokens(n_tokens),
        qkv(usize(n_tokens * 3 * of.dims())),
        dy(usize(n_tokens * of.dims())),
        y(dy.size(), garbage()),
        log_sum(usize(n_tokens * of.heads), garbage()),
        d_qkv(qkv.size(), garbage()) {}
  static Real garbage() { return std::numeric_limits<Real>::quiet_NaN(); }

  template <precision P = precision::float32>
  cell& forward() {
    kernel::attention_forward<P, Real>(shape, qkv, {key, pair}, y, log_sum, room);
    return *this;
  }
  template <precision P = precision::float32>
  cell& backward() {
    kernel::attention_backward<P, Real>(shape, qkv, {key, pair}, y, log_sum, dy, d_qkv, room);
    return *this;
  }

  attention_shape shape;
  std::int64_t tokens;
  std::vector<Real> qkv, dy, key, pair, y, log_sum, d_qkv;
  kernel::attention_room<Real> room;
};

void fill(std::vector<float>& v, std::size_t n, std::int64_t what, double spread) {
  const kernel::draws random(11, "attention");
  v.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    v[i] = static_cast<float>(3.4641 * spread * (random.uniform(what, static_cast<std::uint64_t>(i)) - 0.5));
}

cell<float> random_cell(attention_shape shape, std::int64_t tokens, bool key = false, bool pair = false, double spread = 1) {
  cell<float> x(shape, tokens);
  fill(x.qkv, x.qkv.size(), 1, spread);
  fill(x.dy, x.dy.size(), 2, 1);
  if (key) fill(x.key, usize(tokens), 3, 1);
  if (pair) fill(x.pair, usize(tokens * tokens), 4, 1);
  return x;
}

cell<double> in_double(const cell<float>& x) {
  cell<double> d(x.shape, x.tokens);
  d.qkv.assign(x.qkv.begin(), x.qkv.end());
  d.dy.assign(x.dy.begin(), x.dy.end());
  d.key.assign(x.key.begin(), x.key.end());
  d.pair.assign(x.pair.begin(), x.pair.end());
  return d;
}

/// The largest difference, as a share of the largest number; not finite where one of them is not.
double apart(std::span<const double> right, std::span<const float> x) {
  double most = 0, largest = 1e-3;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = std::abs(right[i] - static_cast<double>(x[i]));
    if (!std::isfinite(off)) return off;
    most = std::max(most, off);
    largest = std::max(largest, std::abs(right[i]));
  }
  return most / largest;
}

template <precision P>
void agrees_with_double(cell<float> x, double tolerance) {
  cell<double> right = in_double(x).forward().backward();
  x.forward<P>().template backward<P>();
  CAPTURE(x.shape.heads);
  CAPTURE(x.shape.width);
  CAPTURE(x.tokens);
  CHECK(apart(right.y, x.y) < tolerance);
  CHECK(apart(right.log_sum, x.log_sum) < tolerance);
  CHECK(apart(right.d_qkv, x.d_qkv) < tolerance);
}

template <class Real>
void matches_the_pencil(double tolerance) {
  // Two tokens, one dim: the first asks for nothing, the second for keys of ln 3, which weigh three times as much as keys of 0.
  const auto near = [&](double v) { return doctest::Approx(v).epsilon(tolerance); };
  cell<Real> x({1, 1}, 2);
  x.qkv = {0, 0, 4, 1, static_cast<Real>(std::log(3.0)), 8};
  x.dy = {0, 1};
  x.forward().backward();
  CHECK(x.y[0] == near(6));
  CHECK(x.y[1] == near(7));
  CHECK(x.log_sum[0] == near(std::log(2.0)));
  CHECK(x.log_sum[1] == near(std::log(4.0)));
  CHECK(x.d_qkv[0] == near(0));
  CHECK(x.d_qkv[1] == near(-0.75));
  CHECK(x.d_qkv[2] == near(0.25));
  CHECK(x.d_qkv[3] == near(0.75 * std::log(3.0)));
  CHECK(x.d_qkv[4] == near(0.75));
  CHECK(x.d_qkv[5] == near(0.75));
}
TEST_CASE("shares, sums and gradients of two tokens are those of the pencil") {
  matches_the_pencil<double>(1e-12);
  matches_the_pencil<float>(1e-5);
}

TEST_CASE("the gradient agrees with central finite differences in double") {
  for (const sees what : {sees::all, sees::before})
    for (const bool key : {false, true})
      for (const bool pair : {false, true}) {
        auto x = in_double(random_cell({2, 3, what}, 5, key, pair));
        const auto loss = [&] {
          x.forward();
          double sum = 0;
          for (std::size_t i = 0; i < x.y.size(); ++i) sum += x.y[i] * x.dy[i];
          return sum;
        };
        x.forward().backward();
        const auto gradient = x.d_qkv;
        for (std::size_t i = 0; i < x.qkv.size(); ++i) {
          const double at = x.qkv[i], step = 1e-5;
          x.qkv[i] = at + step;
          const double above = loss();
          x.qkv[i] = at - step;
          const double below = loss();
          x.qkv[i] = at;
          CHECK(std::abs((above - below) / (2 * step) - gradient[i]) < 1e-8);
        }
      }
}

TEST_CASE("float agrees with double to 1e-5 and bf16 to 3e-2, for every width, length, bias and order") {
  for (const std::int64_t width : {1, 8, 16, 20, 32, 48, 64, 96})
    for (const std::int64_t tokens : {1, 2, 17, 63, 64, 65, 120, 121, 300}) {
      const bool key = tokens % 2 == 1, pair = width % 3 == 1;
      const sees what = (tokens + width) % 4 < 2 ? sees::all : sees::before;
      agrees_with_double<precision::float32>(random_cell({2, width, what}, tokens, key, pair), 1e-5);
      agrees_with_double<precision::bf16>(random_cell({2, width, what}, tokens, key, pair), 3e-2);
    }
  for (const sees what : {sees::all, sees::before}) {
    agrees_with_double<precision::float32>(random_cell({1, 8, what}, 2048), 1e-5);
    agrees_with_double<precision::bf16>(random_cell({1, 16, what}, 511), 3e-2);
  }
}

TEST_CASE("any shape agrees with double") {
  rc::check([] {
    const attention_shape shape{*rc::gen::inRange<std::int64_t>(1, 4), *rc::gen::inRange<std::int64_t>(1, 40),
                                *rc::gen::arbitrary<bool>() ? sees::before : sees::all};
    const auto tokens = *rc::gen::inRange<std::int64_t>(1, 200);
    auto x = random_cell(shape, tokens, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>());
    auto right = in_double(x).forward().backward();
    x.forward().backward();
    RC_ASSERT(apart(right.y, x.y) < 1e-5);
    RC_ASSERT(apart(right.d_qkv, x.d_qkv) < 1e-5);
  });
}

template <precision P>
void earlier_tokens_stay(std::int64_t tokens) {
  const attention_shape shape{2, 20, sees::before};
  auto x = random_cell(shape, tokens, true, true), changed = x;
  const std::int64_t last = tokens - tokens / 3 - 1;
  for (std::int64_t i = last * 3 * shape.dims(); i < isize(x.qkv.size()); ++i) changed.qkv[usize(i)] *= -7;
  x.forward<P>();
  changed.forward<P>();
  CHECK(std::equal(x.y.begin(), x.y.begin() + last * shape.dims(), changed.y.begin()));
  CHECK(!std::equal(x.y.begin(), x.y.end(), changed.y.begin()));
  // A cell that ends there is no different either.
  cell<float> shorter(shape, last);
  shorter.qkv.assign(x.qkv.begin(), x.qkv.begin() + last * 3 * shape.dims());
  shorter.key.assign(x.key.begin(), x.key.begin() + last);
  for (std::int64_t q = 0; q < last; ++q)
    shorter.pair.insert(shorter.pair.end(), x.pair.begin() + q * tokens, x.pair.begin() + q * tokens + last);
  shorter.forward<P>();
  CHECK(std::equal(shorter.y.begin(), shorter.y.end(), x.y.begin()));
}
TEST_CASE("causal: what comes later changes nothing before it, bit for bit") {
  for (const std::int64_t tokens : {3, 65, 130, 300}) {
    earlier_tokens_stay<precision::float32>(tokens);
    earlier_tokens_stay<precision::bf16>(tokens);
  }
}

template <precision P>
void same_bits_wherever_it_stands() {
  // Tokens that look are worked on side by side: what one of them sees must not depend on its place among them.
  const attention_shape shape{1, 24};
  auto x = random_cell(shape, 150);
  auto turned = x;
  for (std::int64_t t = 0; t < 150; ++t)  // queries change places, keys and values do not
    std::copy_n(x.qkv.begin() + (149 - t) * 72, 24, turned.qkv.begin() + t * 72);
  x.forward<P>();
  turned.forward<P>();
  for (std::int64_t t = 0; t < 150; ++t)
    CHECK(std::equal(x.y.begin() + t * 24, x.y.begin() + t * 24 + 24, turned.y.begin() + (149 - t) * 24));
}
TEST_CASE("a token's result has the same bits wherever it stands in the cell") {
  same_bits_wherever_it_stands<precision::float32>();
  same_bits_wherever_it_stands<precision::bf16>();
}

template <precision P>
void stands_extremes() {
  auto x = random_cell({1, 16}, 150, false, false, 100);  // scores up to 1e4 and more
  auto right = in_double(x).forward().backward();
  x.forward<P>().template backward<P>();
  for (const float v : x.y) CHECK(std::abs(v) <= 180);
  for (const float v : x.d_qkv) CHECK(std::isfinite(v));
  if (P == precision::float32) {
    CHECK(apart(right.y, x.y) < 1e-2);
    CHECK(apart(right.log_sum, x.log_sum) < 1e-6);
  }
}
TEST_CASE("scores of ten thousand do not overflow") {
  stands_extremes<precision::float32>();
  stands_extremes<precision::bf16>();
}

template <precision P>
void hides() {
  auto x = random_cell({2, 16}, 140, true);
  x.key[0] = x.key[7] = x.key[139] = -std::numeric_limits<float>::infinity();
  for (std::int64_t k = 0; k < 125; ++k) x.key[usize(k)] = -std::numeric_limits<float>::infinity();  // a whole block of keys
  auto right = in_double(x).forward().backward();
  x.forward<P>().template backward<P>();
  CHECK(apart(right.y, x.y) < (P == precision::bf16 ? 3e-2 : 1e-5));
  CHECK(apart(right.d_qkv, x.d_qkv) < (P == precision::bf16 ? 3e-2 : 1e-5));
  for (std::int64_t d = 32; d < 96; ++d) CHECK(x.d_qkv[usize(7 * 96 + d)] == 0);  // key and value of a hidden token
}
TEST_CASE("a bias of minus infinity hides a token, and it has no gradient") {
  hides<precision::float32>();
  hides<precision::bf16>();
}

template <precision P, class Real>
void takes_memory_once() {
  const attention_shape shape{2, 20};
  kernel::attention_room<Real> room;
  const auto bytes = [&] {
    const auto* const first = reinterpret_cast<const unsigned char*>(&room);
    return std::vector<unsigned char>(first, first + sizeof(room));
  };
  std::vector<Real> y, d_qkv;
  std::vector<unsigned char> before;
  for (const std::int64_t tokens : {300, 300, 65, 1, 0, 299}) {
    const auto from = random_cell(shape, tokens, true, true);
    const std::vector<Real> qkv(from.qkv.begin(), from.qkv.end()), dy(from.dy.begin(), from.dy.end()),
        key(from.key.begin(), from.key.end()), pair(from.pair.begin(), from.pair.end());
    std::vector<Real> log_sum(usize(2 * tokens));
    y.resize(dy.size());
    d_qkv.resize(qkv.size());
    kernel::attention_forward<P, Real>(shape, qkv, {key, pair}, y, log_sum, room);
    kernel::attention_backward<P, Real>(shape, qkv, {key, pair}, y, log_sum, dy, d_qkv, room);
    if (before.empty()) before = bytes();
    CHECK(bytes() == before);
    cell<Real> fresh(shape, tokens);  // a room full of another cell's numbers changes nothing
    fresh.qkv = qkv, fresh.dy = dy, fresh.key = key, fresh.pair = pair;
    fresh.template forward<P>().template backward<P>();
    CHECK(fresh.y == y);
    CHECK(fresh.d_qkv == d_qkv);
  }
}
TEST_CASE("memory is taken once, and what is left in it changes nothing; a cell without tokens is legal") {
  takes_memory_once<precision::float32, float>();
  takes_memory_once<precision::bf16, float>();
  takes_memory_once<precision::float32, double>();
}

}  // namespace
}  // namespace tepui::tests::attention_kernel
