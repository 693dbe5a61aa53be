#include <tepui/kernel/batch_norm.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/kernel/rng.hpp>

namespace of_batch_norm {
using namespace tepui;

template <class Real>
std::vector<Real> in_real(const std::vector<double>& v) {
  return {v.begin(), v.end()};
}
std::vector<double> drawn(std::int64_t n, std::uint64_t seed, double middle = 0) {
  const kernel::draws random(seed, "batch norm");
  std::vector<double> x;
  for (std::int64_t i = 0; i < n; ++i) x.push_back(static_cast<double>(static_cast<float>(random.normal(i) + middle)));
  return x;
}

/// Everything that a batch norm keeps and gives.
template <class Real>
struct normed {
  std::int64_t dims;
  std::vector<double> mean, spread, d_gain, d_shift;
  std::vector<Real> mean_real, scale, y, dx;

  normed(std::int64_t n_dims, const std::vector<Real>& x)
      : dims(n_dims),
        mean(usize(n_dims), 7),
        spread(mean),
        d_gain(usize(n_dims)),
        d_shift(d_gain),
        scale(usize(n_dims)),
        y(x.size(), 7),
        dx(y) {}
  [[nodiscard]] std::int64_t rows() const { return isize(y.size()) / dims; }
  void forward(const std::vector<Real>& x, const std::vector<Real>& gain, const std::vector<Real>& shift, double epsilon) {
    kernel::batch_moments<Real>(x, dims, mean, spread);
    kernel::batch_scale<Real>(rows(), spread, epsilon, scale);
    mean_real = in_real<Real>(mean);
    kernel::batch_norm_forward<Real>(x, dims, mean_real, scale, gain, shift, y);
  }
  void backward(const std::vector<Real>& x, const std::vector<Real>& gain, const std::vector<Real>& dy) {
    kernel::batch_norm_sums<Real>(x, dims, mean_real, scale, dy, d_gain, d_shift);
    kernel::batch_norm_backward<Real>(x, dims, mean_real, scale, gain, dy, rows(), d_gain, d_shift, dx);
  }
};

template <class Real>
void near(const std::vector<Real>& have, const std::vector<double>& want, double most, const char* what) {
  REQUIRE(have.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    INFO(what, "[", i, "]: ", have[i], " and not ", want[i]);
    CHECK(std::abs(static_cast<double>(have[i]) - want[i]) <= most * std::max(1.0, std::abs(want[i])));
  }
}

// From torch 2.15: torch.nn.BatchNorm1d(3, eps, momentum).double() with these weights; the loss is the sum of dy y.
const std::vector<double> torch_x{1.0,   -2.0, 100.5, 0.5,    3.0,  101.0, -1.5, 0.25,
                                  99.75, 2.0,  -0.75, 100.25, 0.25, 1.5,   102.0};
const std::vector<double> torch_dy{0.5, -1.0, 0.25, 1.0, 0.75, -0.5, -0.25, 0.5, 1.5, 2.0, 0.25, -1.0, -0.75, 1.25, 0.5};
const std::vector<double> torch_gain{1.5, -0.5, 2.0}, torch_shift{0.125, 0.25, -0.375};
struct of_torch {
  double epsilon, momentum;
  std::vector<double> y, dx, d_gain, running_mean, running_variance, second_mean, second_variance, evaluated, evaluated_dx,
      evaluated_d_gain;
};
const of_torch as_torch{
    1e-5,
    0.1,
    {0.8458030956, 0.9410935944, -0.8979718905, 0.1905275541, -0.4986847272, 0.4094578358, -2.430574612, 0.2931933496,
     -2.85911648, 2.156354178, 0.581149014, -1.551686754, -0.1371102166, -0.06675123075, 3.024317289},
    {-0.447059576, 0.1429041861, 0.1676208002, 0.6146337618, 0.1511400251, -1.558860927, 0.6021160937, -0.05855809719,
     3.084200822, 0.7059314556, -0.08900083142, -3.218284947, -1.475621735, -0.1464852826, 1.525324251},
    {3.549409183, 3.0883245, -0.6864006063},
    {0.045, 0.04, 10.07},
    {1.06375, 1.276875, 0.973125},
    {0.0855, 0.076, 19.133},
    {1.121125, 1.5260625, 0.9489375},
    {1.420525643, 1.090252417, 166.679126, 0.7122010704, -0.9334769108, 167.7056731, -2.121097219, 0.1795742194, 165.1393052,
     2.837174787, 0.5843200849, 166.1658524, 0.3580387843, -0.3263581125, 169.7587675},
    {0.7083245722, 0.4047458655, 0.5132735814, 1.416649144, -0.3035593992, -1.026547163, -0.3541622861, -0.2023729328,
     3.079641488, 2.833298289, -0.1011864664, -2.053094326, -1.062486858, -0.5059323319, 1.026547163},
    {4.697372455, 4.799881219, 62.26034206}};
const of_torch as_scvi{
    1e-3,
    0.01,
    {0.8455308874, 0.9409801596, -0.8975299443, 0.1905028079, -0.4985618395, 0.4087949164, -2.42960951, 0.29318626,
     -2.857017235, 2.155587046, 0.5810946598, -1.550692375, -0.1370112318, -0.0666992398, 3.021444638},
    {-0.4465532769, 0.1429614123, 0.167637593, 0.614432327, 0.1510278115, -1.55778125, 0.6006922262, -0.05854344294,
     3.082347073, 0.7066159126, -0.08894756274, -3.215208783, -1.475187189, -0.1464982181, 1.523005367},
    {3.548068764, 3.087817588, -0.6858205519},
    {0.0045, 0.004, 1.007},
    {1.006375, 1.0276875, 0.9973125},
    {0.008955, 0.00796, 2.00393},
    {1.01268625, 1.055098125, 0.994651875},
    {1.601497976, 1.226951324, 197.0468149, 0.8565782318, -1.205744855, 198.0489961, -2.123100746, 0.1322380434, 195.5435432,
     3.091337465, 0.6187772791, 196.5457244, 0.4841183596, -0.4759360012, 200.0533585},
    {0.7449197444, 0.4865392357, 0.5010905891, 1.489839489, -0.3649044268, -1.002181178, -0.3724598722, -0.2432696178,
     3.006543534, 2.979678978, -0.1216348089, -2.004362356, -1.117379617, -0.6081740446, 1.002181178},
    {5.130125711, 5.885733249, 73.65736266}};

template <class Real>
void has_the_numbers_of(const of_torch& want, double most) {
  // The third column lies at 100: a float there is 4e-6 off, so it is brought to 0 where Real is float.
  auto values = torch_x;
  if (std::is_same_v<Real, float>)
    for (std::size_t i = 2; i < values.size(); i += 3) values[i] -= 100;
  const auto x = in_real<Real>(values), gain = in_real<Real>(torch_gain), shift = in_real<Real>(torch_shift),
             dy = in_real<Real>(torch_dy);
  normed<Real> n(3, x);
  n.forward(x, gain, shift, want.epsilon);
  n.backward(x, gain, dy);
  near(n.y, want.y, most, "y");
  near(n.dx, want.dx, most, "dx");
  near(n.d_gain, want.d_gain, most, "d_gain");
  near(n.d_shift, {2.5, 1.75, 0.75}, most, "d_shift");
  if (std::is_same_v<Real, float>) return;
  std::vector<Real> mean(3), variance(3, 1), scale(3);
  kernel::keep_moments<Real>(5, n.mean, n.spread, want.momentum, mean, variance);
  near(mean, want.running_mean, most, "running mean");
  near(variance, want.running_variance, most, "running variance");
  kernel::keep_moments<Real>(5, n.mean, n.spread, want.momentum, mean, variance);
  near(mean, want.second_mean, most, "running mean");
  near(variance, want.second_variance, most, "running variance");
  // Evaluation: the moments are given and do not move.
  kernel::running_scale<Real>(variance, want.epsilon, scale);
  kernel::batch_norm_forward<Real>(x, 3, mean, scale, gain, shift, n.y);
  near(n.y, want.evaluated, most, "y evaluated");
  std::vector<double> d_gain(3), d_shift(3);
  kernel::batch_norm_sums<Real>(x, 3, mean, scale, dy, d_gain, d_shift);
  near(d_gain, want.evaluated_d_gain, most, "d_gain evaluated");
  kernel::batch_norm_backward<Real>(x, 3, mean, scale, gain, dy, 5, {}, {}, n.dx);
  near(n.dx, want.evaluated_dx, most, "dx evaluated");
}

TEST_CASE("a batch norm has the numbers of torch, with its own settings and with those of scVI") {
  has_the_numbers_of<double>(as_torch, 1e-9);
  has_the_numbers_of<double>(as_scvi, 1e-9);
  has_the_numbers_of<float>(as_torch, 1e-6);
  has_the_numbers_of<float>(as_scvi, 1e-6);
}

TEST_CASE("1 and 3 stand one spread below and above their mean") {
  const std::vector<double> x{1, 3};
  normed<double> n(1, x);
  n.forward(x, {}, {}, 0);
  CHECK(n.y == std::vector<double>{-1, 1});
  CHECK(n.mean[0] == 2);
  CHECK(n.spread[0] == 2);
  std::vector<double> mean{0}, variance{1};
  kernel::keep_moments<double>(2, n.mean, n.spread, 0.1, mean, variance);
  CHECK(mean[0] == doctest::Approx(0.2));
  CHECK(variance[0] == doctest::Approx(1.1));  // the unbiased variance is 2
}

TEST_CASE("a batch of one row is refused in words, and a column of equal numbers stays finite") {
  std::vector<double> spread{0};
  std::vector<float> scale(1);
  std::string said;
  try {
    kernel::batch_scale<float>(1, spread, 1e-5, scale);
  } catch (const bad_data& e) {
    said = e.what();
  }
  CHECK(said ==
        "a batch norm learns from the spread of a batch, and a batch of 1 row has none; give at least 2 rows, or take the "
        "running mean "
        "and variance");
  const std::vector<float> x{4, 4, 4};
  normed<float> n(1, x);
  n.forward(x, {}, {}, 1e-5);
  CHECK(n.y == std::vector<float>{0, 0, 0});
}

TEST_CASE("the gradient is that of finite differences, through mean and spread of the batch") {
  for (const auto& [rows, dims] : {std::pair<std::int64_t, std::int64_t>{2, 1}, {7, 5}, {19, 3}}) {
    const auto gain = drawn(dims, 1, 1), shift = drawn(dims, 2), dy = drawn(rows * dims, 3);
    auto x = drawn(rows * dims, 4, 2);
    const auto loss = [&] {
      normed<double> n(dims, x);
      n.forward(x, gain, shift, 1e-3);
      double sum = 0;
      for (std::size_t i = 0; i < dy.size(); ++i) sum += dy[i] * n.y[i];
      return sum;
    };
    normed<double> n(dims, x);
    n.forward(x, gain, shift, 1e-3);
    n.backward(x, gain, dy);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double before = x[i];
      x[i] = before + 1e-5;
      const double up = loss();
      x[i] = before - 1e-5;
      const double measured = (up - loss()) / 2e-5;
      x[i] = before;
      CHECK(std::abs(measured - n.dx[i]) < 1e-6 * std::max(1.0, std::abs(measured)));
    }
  }
}

TEST_CASE(
    "float is near double for any number of rows and dims, in place too, and moments of parts join to those of the whole") {
  rc::check("batch_norm", [] {
    const auto rows = *rc::gen::inRange<std::int64_t>(2, 70), dims = *rc::gen::inRange<std::int64_t>(1, 300);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const auto exact_x = drawn(rows * dims, seed, 3), exact_gain = drawn(dims, seed + 1),
               exact_shift = drawn(dims, seed + 2), exact_dy = drawn(rows * dims, seed + 3);
    normed<double> exact(dims, exact_x);
    exact.forward(exact_x, exact_gain, exact_shift, 1e-3);
    exact.backward(exact_x, exact_gain, exact_dy);
    const auto x = in_real<float>(exact_x), gain = in_real<float>(exact_gain), dy = in_real<float>(exact_dy);
    normed<float> quick(dims, x);
    quick.forward(x, gain, in_real<float>(exact_shift), 1e-3);
    quick.backward(x, gain, dy);
    auto in_place = dy;
    kernel::batch_norm_backward<float>(x, dims, quick.mean_real, quick.scale, gain, in_place, rows, quick.d_gain,
                                       quick.d_shift, in_place);
    RC_ASSERT(in_place == quick.dx);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double steep = static_cast<double>(quick.scale[i % usize(dims)]) + 1;
      RC_ASSERT(std::abs(static_cast<double>(quick.y[i]) - exact.y[i]) < 1e-5 * steep);
      RC_ASSERT(std::abs(static_cast<double>(quick.dx[i]) - exact.dx[i]) < 3e-5 * steep * steep * steep);
    }
    const auto cut = *rc::gen::inRange<std::int64_t>(0, rows + 1);
    std::vector<double> mean(usize(dims)), spread(mean), more_mean(mean), more_spread(mean);
    const std::span<const double> all(exact_x);
    kernel::batch_moments<double>(all.first(usize(cut * dims)), dims, mean, spread);
    kernel::batch_moments<double>(all.subspan(usize(cut * dims)), dims, more_mean, more_spread);
    RC_ASSERT(kernel::join_moments(cut, mean, spread, rows - cut, more_mean, more_spread) == rows);
    for (std::size_t d = 0; d < mean.size(); ++d) {
      RC_ASSERT(std::abs(mean[d] - exact.mean[d]) < 1e-12);
      RC_ASSERT(std::abs(spread[d] - exact.spread[d]) < 1e-11 * (1 + exact.spread[d]));
    }
  });
}

}  // namespace of_batch_norm
