#include <tepui/kernel/feature_attention.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/kernel/rng.hpp>

namespace of_feature_attention {
using namespace tepui;

TEST_CASE("two tokens with one feature: a mean of values weighted by the keys, of both or of those so far") {
  const std::vector<double> query{1, 2}, key{1, 3}, value{10, 20}, top{0, 0};
  std::vector<double> y(2), sum(2);
  kernel::feature_room<double> room;
  kernel::feature_attention_forward<kernel::precision::float32, double>({2, 1, 1, query.data(), key.data(), value.data(), 1},
                                                                        y.data(), 1, sum, room);
  CHECK(y == std::vector<double>{17.5, 17.5});  // (1 * 10 + 3 * 20) / 4
  CHECK(sum == std::vector<double>{4, 8});
  kernel::feature_attention_forward<kernel::precision::float32, double>(
      {2, 1, 1, query.data(), key.data(), value.data(), 1, top}, y.data(), 1, sum, room);
  CHECK(y == std::vector<double>{10, 17.5});
}

TEST_CASE("walking with vectors gives what plain loops give, and units may change on the way") {
  const std::int64_t n = 9, m = 19, width = 21;
  const kernel::draws random(8, "features");
  const auto numbers = [&](std::int64_t count, std::uint64_t purpose) {
    std::vector<float> x(usize(count));
    for (std::int64_t i = 0; i < count; ++i) x[usize(i)] = static_cast<float>(random.sub(purpose).uniform(i));
    return x;
  };
  const auto query = numbers(n * m, 1), key = numbers(n * m, 2), value = numbers(n * width, 3), dy = numbers(n * width, 4);
  std::vector<float> top{0, 0, 0.5F, 0.5F, 2, 2, 2, 2.25F, 3}, key_in_units = key;
  for (std::int64_t i = 0; i < n * m; ++i) key_in_units[usize(i)] *= std::exp(-top[usize(i / m)]);
  const auto all = [&](auto real, const std::vector<float>& keys, const std::vector<float>& tops) {
    using Real = decltype(real);
    const auto in = [](const std::vector<float>& v) { return std::vector<Real>(v.begin(), v.end()); };
    const auto q = in(query), k = in(keys), v = in(value), t = in(tops), g = in(dy);
    std::vector<Real> y(v.size()), sum(usize(n)), dq(q.size()), dk(k.size()), dv(v.size());
    kernel::feature_room<Real> room;
    const kernel::feature_head<Real> on{n, m, width, q.data(), k.data(), v.data(), width, t};
    kernel::feature_attention_forward<kernel::precision::float32, Real>(on, y.data(), width, sum, room);
    kernel::feature_attention_backward<kernel::precision::float32, Real>(on, y.data(), sum, g.data(), width, dq.data(),
                                                                         dk.data(), dv.data(), width, room);
    y.insert(y.end(), dq.begin(), dq.end());
    y.insert(y.end(), dk.begin(), dk.end());
    y.insert(y.end(), dv.begin(), dv.end());
    return std::vector<double>(y.begin(), y.end());
  };
  const auto plain = all(double{}, key, std::vector<float>(usize(n), 0.0F)), in_units = all(double{}, key_in_units, top),
             in_float = all(float{}, key_in_units, top);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    CHECK(std::abs(in_units[i] - plain[i]) < 2e-6);  // keys were rounded to float
    CHECK(std::abs(in_float[i] - in_units[i]) < 2e-5);
  }
}

}  // namespace of_feature_attention
