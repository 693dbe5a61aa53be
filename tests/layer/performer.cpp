#include <tepui/layer/performer.hpp>

#include <doctest/doctest.h>

#include "laws/layer_laws.hpp"

namespace of_performer {
using namespace tepui;
using layer::looks;
using layer::performer;

TEST_CASE("performers keep the laws of layers") {
  laws::of_layer(performer<{.dims = 8, .heads = 1}>{}, {.near = 1e-4});
  laws::of_layer(performer<{.dims = 20, .heads = 2, .features = 13}>{}, {.near = 1e-4});
  laws::of_layer(performer<{.dims = 20, .heads = 2, .features = 24}>{}, {.rows = {17, 0, 2}, .near = 1e-4});
}

TEST_CASE("performers that look back keep the laws of layers") {
  laws::of_layer(performer<{.dims = 8, .heads = 1, .look = looks::back}>{}, {.near = 1e-4});
  laws::of_layer(performer<{.dims = 20, .heads = 2, .features = 13, .look = looks::back}>{},
                 {.rows = {17, 0, 2}, .near = 1e-4});
}

/// Softmax attention of queries, keys and values, by its definition.
std::vector<double> attention(const std::vector<double>& qkv, std::size_t n, std::size_t width, bool back) {
  std::vector<double> y(n * width);
  for (std::size_t t = 0; t < n; ++t) {
    double all = 0;
    for (std::size_t s = 0; s < (back ? t + 1 : n); ++s) {
      double score = 0;
      for (std::size_t d = 0; d < width; ++d) score += qkv[t * 3 * width + d] * qkv[s * 3 * width + width + d];
      const double share = std::exp(score / std::sqrt(static_cast<double>(width)));
      all += share;
      for (std::size_t d = 0; d < width; ++d) y[t * width + d] += share * qkv[s * 3 * width + 2 * width + d];
    }
    for (std::size_t d = 0; d < width; ++d) y[t * width + d] /= all;
  }
  return y;
}

/// A performer whose linear layers hand on what they are given: queries, keys and values are x.
template <class Layer, class Real>
std::vector<Real> by_features(const std::vector<double>& qkv, std::size_t n) {
  constexpr std::size_t dims = Layer::dims_in;
  const Layer l;
  std::vector<Real> w(usize(layer::n_weights(l))), x, y(n * dims), kept;
  for (std::size_t d = 0; d < dims; ++d)
    for (std::size_t part = 0; part < 3; ++part)
      w[d * 3 * dims + part * dims + d] = static_cast<Real>(part == 0 ? 1.0 : part == 1 ? 0.5 : -1.0);
  const std::size_t out = usize(layer::n_weights(l.in));
  for (std::size_t d = 0; d < dims; ++d) w[out + d * dims + d] = Real{1};
  for (const double v : qkv) x.push_back(static_cast<Real>(v));
  const std::vector<std::int64_t> begin{0, isize(n)}, id{0};
  typename Layer::template saved<Real> saved;
  typename Layer::template room<Real> room;
  l.forward(std::span<const Real>(w), {begin, id}, std::span<const Real>(x), std::span<Real>(y), saved, room);
  return y;
}

std::vector<double> drawn(std::size_t n) {
  const kernel::draws random(9, "performer test");
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = random.normal(isize(i));
  return x;
}

TEST_CASE("with many features, a performer is near softmax attention") {
  constexpr std::size_t n = 12, dims = 4;
  auto x = drawn(n * dims);
  for (double& v : x) v *= 0.5;
  std::vector<double> qkv;
  for (std::size_t t = 0; t < n; ++t)
    for (const double by : {1.0, 0.5, -1.0})
      for (std::size_t d = 0; d < dims; ++d) qkv.push_back(by * x[t * dims + d]);
  const auto near = [&](const std::vector<double>& have, bool back) {
    const auto want = attention(qkv, n, dims, back);
    double off = 0;
    for (std::size_t i = 0; i < want.size(); ++i) off = std::max(off, std::abs(have[i] - want[i]));
    return off;
  };
  CHECK(near(by_features<performer<{.dims = 4, .heads = 1, .features = 8192}>, double>(x, n), false) < 0.01);
  CHECK(near(by_features<performer<{.dims = 4, .heads = 1, .features = 8192, .look = looks::back}>, double>(x, n), true) <
        0.01);
  CHECK(near(by_features<performer<{.dims = 4, .heads = 1, .features = 64}>, double>(x, n), false) > 0.02);
}

TEST_CASE("looking back, a later token changes nothing before it, bit for bit, and large numbers do not overflow") {
  constexpr std::size_t n = 40, dims = 16;
  using layer_type = performer<{.dims = 16, .heads = 2, .look = looks::back}>;
  auto x = drawn(n * dims);
  const auto before = by_features<layer_type, float>(x, n);
  for (std::size_t i = 30 * dims; i < x.size(); ++i) x[i] *= 20;
  const auto after = by_features<layer_type, float>(x, n);
  CHECK(std::equal(before.begin(), before.begin() + 30 * dims, after.begin()));
  for (const float v : after) CHECK(std::isfinite(v));
}

}  // namespace of_performer
