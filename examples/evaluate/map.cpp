#include "map.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/embedded_cells.hpp>

namespace evaluate {
namespace {

using places = std::vector<std::pair<double, double>>;

/// A sample of the rows, ascending.
std::vector<std::int64_t> some_rows(std::int64_t n, std::int64_t most, std::uint64_t seed) {
  const tp::kernel::draws random(seed, "evaluate: cells of the map");
  std::vector<std::pair<std::uint64_t, std::int64_t>> lots;
  for (std::int64_t i = 0; i < n; ++i) lots.emplace_back(random.bits(i), i);
  std::sort(lots.begin(), lots.end());
  lots.resize(std::min(lots.size(), tp::usize(most)));
  std::vector<std::int64_t> out;
  for (const auto& [bits, row] : lots) out.push_back(row);
  std::sort(out.begin(), out.end());
  return out;
}

/// The two leading principal components.
places components(const tp::embedding_batch<>& cells) {
  using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  matrix x = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                 cells.value.data(), cells.n_cells(), cells.n_columns)
                 .cast<double>();
  x.rowwise() -= x.colwise().mean().eval();
  // Of the two Gram matrices the smaller one, whose leading vectors give the same places.
  const bool by_dims = x.cols() <= x.rows();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> found(by_dims ? Eigen::MatrixXd(x.transpose() * x)
                                                                     : Eigen::MatrixXd(x * x.transpose()));
  places out(tp::usize(x.rows()));
  for (Eigen::Index d = 0; d < 2 && d < found.eigenvalues().size(); ++d) {
    Eigen::VectorXd v = found.eigenvectors().col(found.eigenvalues().size() - 1 - d);
    if (by_dims) v = x * v;
    Eigen::Index most = 0;
    v.cwiseAbs().maxCoeff(&most);  // a vector has no sign of its own: its longest entry is positive
    if (v(most) < 0) v = -v;
    for (Eigen::Index i = 0; i < v.size(); ++i) (d == 0 ? out[tp::usize(i)].first : out[tp::usize(i)].second) = v(i);
  }
  return out;
}

/// Moves places until neighbours in the embedding are neighbours on the page: cells joined by an edge attract each other, in
/// proportion to its weight, and push away cells drawn at random.
/// repeat decided by the seed: one thread, edges in order
/// source McInnes, Healy and Melville 2018 (UMAP; a and b are its curve for min_dist 0.1); igraph's is quadratic in the
///        cells
void settle(const tp::graph<>& edges, std::uint64_t seed, places& at) {
  constexpr double a = 1.577, b = 0.895;
  constexpr int epochs = 300, pushed_away = 5;
  const tp::kernel::draws random(seed, "evaluate: pushed away");
  float heaviest = 0;
  for (const float w : edges.weight) heaviest = std::max(heaviest, w);
  const auto n = tp::isize(at.size());
  const auto step = [](double v) { return std::clamp(v, -4.0, 4.0); };
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const double rate = 1.0 - static_cast<double>(epoch) / epochs;
    for (std::int64_t i = 0; i < n; ++i)
      for (auto e = edges.row_begin[tp::usize(i)]; e < edges.row_begin[tp::usize(i) + 1]; ++e) {
        // An edge is looked at as often as its weight says, evenly over the epochs.
        const double often = static_cast<double>(edges.weight[tp::usize(e)] / heaviest);
        if (std::floor(often * (epoch + 1)) == std::floor(often * epoch)) continue;
        auto& own = at[tp::usize(i)];
        auto& other = at[tp::usize(edges.neighbour[tp::usize(e)])];
        const auto pull = [&](double x, double y) {
          const double squared = x * x + y * y;
          return squared > 0 ? -2 * a * b * std::pow(squared, b - 1) / (1 + a * std::pow(squared, b)) : 0;
        };
        double x = own.first - other.first, y = own.second - other.second, factor = pull(x, y);
        own.first += rate * step(factor * x), own.second += rate * step(factor * y);
        other.first -= rate * step(factor * x), other.second -= rate * step(factor * y);
        for (int k = 0; k < pushed_away; ++k) {
          const std::int64_t j = random.below(n, e, static_cast<std::uint64_t>(epoch * pushed_away + k));
          if (j == i) continue;
          x = own.first - at[tp::usize(j)].first, y = own.second - at[tp::usize(j)].second;
          const double squared = x * x + y * y;
          factor = 2 * b / ((0.001 + squared) * (1 + a * std::pow(squared, b)));
          own.first += rate * step(squared > 0 ? factor * x : 4), own.second += rate * step(squared > 0 ? factor * y : 4);
        }
      }
  }
}

/// Into the unit square; a few cells far out stand at its edge, so that they do not press the others together.
void into_square(places& at) {
  for (const bool second : {false, true}) {
    const auto of = [&](std::pair<double, double>& p) -> double& { return second ? p.second : p.first; };
    std::vector<double> v;
    for (auto& p : at) v.push_back(of(p));
    std::sort(v.begin(), v.end());
    const double low = v[v.size() / 500], high = v[v.size() - 1 - v.size() / 500], wide = std::max(high - low, 1e-12);
    for (auto& p : at) of(p) = std::clamp((of(p) - low) / wide, 0.0, 1.0);
  }
}

}  // namespace

cell_map map_of(const tp::embedding_view<>& cells, std::int64_t most, std::uint64_t seed, int threads) {
  cell_map out;
  out.row = some_rows(cells.n_cells(), most, seed);
  if (out.row.empty()) return out;
  const tp::embedding_batch<> some = tp::rows_of(cells, out.row);
  out.at = components(some);
  double widest = 1e-12;
  for (const auto& [x, y] : out.at) widest = std::max({widest, std::abs(x), std::abs(y)});
  for (auto& [x, y] : out.at) x *= 10 / widest, y *= 10 / widest;
  const std::vector<std::int32_t> one(out.row.size(), 0);
  const std::vector<std::string> name{"cells"};
  const tp::metric::embedded_cells subject(some.view(), tp::metric::cell_labels(one, name), {}, threads);
  settle(subject.connectivities(15), seed, out.at);
  out.made = "UMAP of 15 neighbours, begun from two principal components";
  into_square(out.at);
  return out;
}

}  // namespace evaluate
