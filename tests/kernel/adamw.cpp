#include <tepui/kernel/adamw.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace of_adamw {
using namespace tepui;

TEST_CASE("the first step moves a weight by the rate, whatever the size of its gradient") {
  std::vector<double> w{1, 1, 1}, m(3), v(3);
  const std::vector<double> g{0.001, -50, 0};
  kernel::adamw<double>(kernel::adamw_at<double>({}, 1, 0.1, 0, 1), g, w, m, v);
  CHECK(w[0] == doctest::Approx(0.9).epsilon(1e-5));
  CHECK(w[1] == doctest::Approx(1.1));
  CHECK(w[2] == 1);
  CHECK(m[1] == doctest::Approx(-5));
  CHECK(v[1] == doctest::Approx(2.5));
}

TEST_CASE("decay pulls a weight towards 0 beside its gradient, and the scale works on the gradient alone") {
  std::vector<double> w{2}, m(1), v(1);
  kernel::adamw<double>(kernel::adamw_at<double>({}, 1, 0.1, 0.5, 0), std::vector<double>{7}, w, m, v);
  CHECK(w[0] == doctest::Approx(2 - 0.1 * 0.5 * 2));
  CHECK(m[0] == 0);
}

TEST_CASE("float follows double through 200 steps, and ranges may be cut anywhere") {
  const std::int64_t n = 1003;
  const kernel::draws random(5, "adamw");
  std::vector<double> w(usize(n)), m(usize(n)), v(usize(n)), g(usize(n));
  std::vector<float> wf(usize(n)), mf(usize(n)), vf(usize(n)), gf(usize(n));
  for (std::int64_t i = 0; i < n; ++i) w[usize(i)] = wf[usize(i)] = static_cast<float>(random.normal(i));
  auto wc = wf, mc = mf, vc = vf;
  for (int step = 1; step <= 200; ++step) {
    for (std::int64_t i = 0; i < n; ++i)
      g[usize(i)] = gf[usize(i)] = static_cast<float>(random.sub(1).normal(i, static_cast<std::uint64_t>(step)) + 0.3);
    kernel::adamw<double>(kernel::adamw_at<double>({}, step, 1e-2, 0.01, 0.5), g, w, m, v);
    const auto k = kernel::adamw_at<float>({}, step, 1e-2, 0.01, 0.5);
    kernel::adamw<float>(k, gf, wf, mf, vf);
    const std::size_t cut = usize(step) * 5;
    const auto part = [&](std::vector<float>& x, std::size_t from, std::size_t to) {
      return std::span(x).subspan(from, to - from);
    };
    for (const auto& [from, to] : {std::pair{std::size_t{0}, cut}, std::pair{cut, usize(n)}})
      kernel::adamw<float>(k, part(gf, from, to), part(wc, from, to), part(mc, from, to), part(vc, from, to));
  }
  CHECK(wf == wc);
  CHECK(mf == mc);
  CHECK(vf == vc);
  double off = 0;
  for (std::size_t i = 0; i < w.size(); ++i) off = std::max(off, std::abs(w[i] - static_cast<double>(wf[i])));
  CHECK(off < 2e-5);
}

TEST_CASE("squares are summed in blocks, so that threads can take some each") {
  CHECK(kernel::sum_of_squares<float>(std::vector<float>{3, 4}) == 25);
  CHECK(kernel::sum_of_squares<float>({}) == 0);
  std::vector<float> x(3 * kernel::squares_at_once + 77);
  const kernel::draws random(6, "squares");
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.normal(isize(i)));
  double want = 0, blocks = 0;
  for (const float v : x) want += static_cast<double>(v) * static_cast<double>(v);
  for (std::size_t b = 0; b < 4; ++b) {
    const std::size_t first = b * kernel::squares_at_once;
    blocks += kernel::squares_of_block<float>(std::span(x).subspan(first, std::min(kernel::squares_at_once, x.size() - first)));
  }
  CHECK(kernel::sum_of_squares<float>(x) == blocks);
  CHECK(blocks == doctest::Approx(want).epsilon(1e-12));
}

}  // namespace of_adamw
