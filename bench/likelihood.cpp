// How probable the counts of a batch are and how a model should change: log-likelihood and slopes of 128 cells of 2,000
// genes, a tenth of them counted, by counts stored sparsely; beside a plain loop with std::lgamma, and beside torch where
// TEPUI_PYTHON names a python that has it (bench/peers/likelihood.py). One thread; medians.
//   bench_likelihood [cells] [genes] [share counted] [times]
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "measure.hpp"

#include <tepui/flow/index.hpp>
#include <tepui/kernel/count_likelihood.hpp>
#include <tepui/kernel/log_gamma.hpp>

namespace {
using namespace tepui;
using kernel::count_law;
namespace fs = std::filesystem;

struct batch {
  std::int64_t cells = 128, genes = 2000;
  std::vector<std::int64_t> begin;
  std::vector<std::int32_t> gene;
  std::vector<float> value, dense, mean, dispersion, logit;
};
batch some_cells(std::int64_t cells, std::int64_t genes, double share) {
  batch b{cells, genes, {0}, {}, {}, {}, {}, {}, {}};
  const kernel::draws random(11, "bench likelihood");
  for (std::int64_t g = 0; g < genes; ++g) b.dispersion.push_back(static_cast<float>(std::exp(random.normal(g, 1))));
  for (std::int64_t c = 0; c < cells; ++c) {
    for (std::int64_t g = 0; g < genes; ++g) {
      const std::int64_t i = c * genes + g;
      const double u = random.uniform(i, 2);
      b.mean.push_back(static_cast<float>(std::exp(1.5 * random.normal(i, 3) - 2)));
      b.logit.push_back(static_cast<float>(2 * random.normal(i, 4) - 1));
      b.dense.push_back(0);
      if (u >= share) continue;
      b.gene.push_back(static_cast<std::int32_t>(g));
      b.value.push_back(static_cast<float>(1 + static_cast<int>(0.3 / (u / share + 0.01))));
      b.dense.back() = b.value.back();
    }
    b.begin.push_back(isize(b.gene.size()));
  }
  return b;
}

/// Slopes of log mean, log dispersion (summed over cells) and logit.
template <class Real>
struct answers {
  double log_likelihood = 0;
  std::vector<Real> mean, dispersion, logit;
};

/// The formulas as they stand in a book, count by count. Spared: without log-gamma where the count is 0.
template <count_law Law, bool Spared, class Real>
void plain(const batch& b, answers<Real>& to) {
  const auto digamma = [](Real x) {
    Real sum = 0;
    for (; x < 8; x += 1) sum -= 1 / x;
    const Real w = 1 / (x * x);
    return sum + std::log(x) - Real(0.5) / x -
           w * (Real(1) / 12 - w * (Real(1) / 120 - w * (Real(1) / 252 - w * (Real(1) / 240 - w / 132))));
  };
  const auto softplus = [](Real x) { return std::max(x, Real{0}) + std::log1p(std::exp(-std::abs(x))); };
  const auto sigmoid = [](Real x) { return 1 / (1 + std::exp(-x)); };
  to.log_likelihood = 0;
  to.dispersion.assign(usize(b.genes), 0);
  to.mean.resize(b.dense.size());
  to.logit.resize(b.dense.size());
  for (std::int64_t c = 0; c < b.cells; ++c)
    for (std::int64_t g = 0; g < b.genes; ++g) {
      const std::size_t i = usize(c * b.genes + g);
      const Real x = b.dense[i], mu = b.mean[i], theta = b.dispersion[usize(g)], logit = b.logit[i];
      const Real all = std::log(theta + mu);
      Real value = theta * (std::log(theta) - all), d_theta = std::log(theta) - all + (mu - x) / (theta + mu);
      if (!Spared || x > 0) {
        value += x * (std::log(mu) - all) + std::lgamma(x + theta) - std::lgamma(theta) - std::lgamma(x + 1);
        d_theta += digamma(x + theta) - digamma(theta);
      }
      Real d_mean = theta * (x - mu) / (theta + mu), d_logit = 0;
      d_theta *= theta;
      if constexpr (Law == count_law::zero_inflated_negative_binomial) {
        if (x > 0) {
          value -= softplus(logit);
          d_logit = -sigmoid(logit);
        } else {
          const Real kept = value - logit, was_zero = sigmoid(kept);
          value = softplus(kept) - softplus(-logit);
          d_logit = sigmoid(-logit) - was_zero;
          d_mean *= was_zero;
          d_theta *= was_zero;
        }
      }
      to.log_likelihood += static_cast<double>(value);
      to.mean[i] = d_mean;
      to.dispersion[usize(g)] += d_theta;
      to.logit[i] = d_logit;
    }
}

template <count_law Law>
void ours(const batch& b, kernel::count_row_room<float>& room, answers<float>& to) {
  constexpr bool lost = kernel::has_dropout(Law);
  to.log_likelihood = 0;
  to.dispersion.assign(usize(b.genes), 0);
  to.mean.resize(b.dense.size());
  to.logit.resize(b.dense.size());
  for (std::int64_t c = 0; c < b.cells; ++c) {
    const auto row = [&](auto& v) { return std::span(v).subspan(usize(c * b.genes), usize(b.genes)); };
    const std::size_t from = usize(b.begin[usize(c)]), n = usize(b.begin[usize(c) + 1]) - from;
    const auto logit = lost ? std::span<const float>(row(b.logit)) : std::span<const float>();
    const auto d_logit = lost ? std::span<float>(row(to.logit)) : std::span<float>();
    to.log_likelihood +=
        kernel::count_likelihood_row<Law>(std::span(b.gene).subspan(from, n), std::span(b.value).subspan(from, n),
                                          kernel::count_parameters<float>{row(b.mean), b.dispersion, logit}, room,
                                          kernel::count_slopes<float>{row(to.mean), to.dispersion, d_logit});
  }
}

double apart(const std::vector<float>& got, const std::vector<double>& want) {
  double most = 0;
  for (std::size_t i = 0; i < want.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(got[i]) - want[i]) / (1 + std::abs(want[i])));
  return most;
}

template <count_law Law>
void run(const batch& b, int times) {
  const std::string name(kernel::name_of(Law));
  kernel::count_row_room<float> room;
  answers<float> got, other;
  answers<double> want;
  plain<Law, false>(b, want);
  ours<Law>(b, room, got);
  bench::check(std::abs(got.log_likelihood / want.log_likelihood - 1) < 1e-6, (name + ": log-likelihood").c_str());
  bench::check(apart(got.mean, want.mean) < 2e-6, (name + ": slope of the mean").c_str());
  bench::check(apart(got.dispersion, want.dispersion) < 2e-6, (name + ": slope of the dispersion").c_str());
  if constexpr (kernel::has_dropout(Law))
    bench::check(apart(got.logit, want.logit) < 2e-6, (name + ": slope of the logit").c_str());
  std::vector<double> of_ours, of_plain, of_spared;
  for (int t = 0; t < times; ++t) {
    of_ours.push_back(bench::own_seconds([&] { ours<Law>(b, room, got); }));
    if (t % 8 != 0) continue;
    of_plain.push_back(bench::own_seconds([&] { plain<Law, false>(b, other); }));
    of_spared.push_back(bench::own_seconds([&] { plain<Law, true>(b, other); }));
  }
  const double each = 1e9 / static_cast<double>(b.dense.size()), o = bench::median(of_ours);
  std::printf("%-32s %7.3f ns a gene   plain %7.2f (x %.1f)   plain without log-gamma of zeros %7.2f (x %.1f)   %.6f\n",
              name.c_str(), o * each, bench::median(of_plain) * each, bench::median(of_plain) / o,
              bench::median(of_spared) * each, bench::median(of_spared) / o, got.log_likelihood / static_cast<double>(b.cells));
}

template <class Function>
void functions(const char* name, int times, Function&& function) {
  std::vector<double> in_double(4096);
  std::vector<float> in_float(4096);
  const kernel::draws random(12, "bench log-gamma");
  for (std::size_t i = 0; i < in_double.size(); ++i)
    in_float[i] = static_cast<float>(in_double[i] = std::exp(3 * random.normal(isize(i))));
  auto to_float = in_float;
  auto to_double = in_double;
  const double f =
      bench::median_own_seconds(times, [&] { function(std::span<const float>(in_float), std::span<float>(to_float)); });
  const double d =
      bench::median_own_seconds(times, [&] { function(std::span<const double>(in_double), std::span<double>(to_double)); });
  const double each = 1e9 / 4096.0;
  std::printf("%-16s float %6.2f ns   double %6.2f ns\n", name, f * each, d * each);
}

void peers(const batch& b, const char* python) {
  const bench::peer_folder folder("likelihood");
  bench::write(folder / "counts.bin", b.dense);
  bench::write(folder / "mean.bin", b.mean);
  bench::write(folder / "dispersion.bin", b.dispersion);
  bench::write(folder / "logit.bin", b.logit);
  const std::string command =
      std::string(python) + " " + (fs::path(TEPUI_PEERS).parent_path() / "likelihood.py").string() + " " + folder.path();
  if (std::FILE* const peer = popen(command.c_str(), "r")) {
    char name[64];
    double wall = 0, cpu = 0, value = 0;
    const double each = 1e9 / static_cast<double>(b.dense.size());
    while (std::fscanf(peer, "%63s %lf %lf %lf", name, &wall, &cpu, &value) == 4)
      std::printf("%-32s %7.3f ns a gene (wall %.3f)   %.6f\n", name, cpu * each, wall * each,
                  value / static_cast<double>(b.cells));
    pclose(peer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, double otherwise) { return argc > i ? std::atof(argv[i]) : otherwise; };
  const int times = static_cast<int>(argument(4, 200));
  const batch b =
      some_cells(static_cast<std::int64_t>(argument(1, 128)), static_cast<std::int64_t>(argument(2, 2000)), argument(3, 0.1));
  std::printf(
      "%lld cells of %lld genes, %.1f %% counted; log-likelihood and slopes, processor time; last: log-likelihood a cell\n",
      static_cast<long long>(b.cells), static_cast<long long>(b.genes),
      100.0 * static_cast<double>(b.gene.size()) / static_cast<double>(b.dense.size()));
  run<count_law::negative_binomial>(b, times);
  run<count_law::zero_inflated_negative_binomial>(b, times);
  std::printf("a number between 1e-4 and 1e4:\n");
  functions("log_gamma", times, [](auto x, auto y) { kernel::log_gamma(x, y); });
  functions("digamma", times, [](auto x, auto y) { kernel::digamma(x, y); });
  functions("log_rising", times, [](auto x, auto y) { kernel::log_rising(x, x, y); });
  functions("std::lgamma", times, [](auto x, auto y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::lgamma(x[i]);
  });
  std::fflush(stdout);
  if (const char* const python = std::getenv("TEPUI_PYTHON")) peers(b, python);
}
