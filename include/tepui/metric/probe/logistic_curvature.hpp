#pragma once
/// How strongly the loss of a logistic regression bends along the weights of each class, learned from the cells in doubt.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/kernel/simd/class_scores.hpp>
#include <tepui/metric/probe/cell_strips.hpp>
#include <tepui/metric/probe/logistic_loss.hpp>
#include <tepui/metric/probe/step_memory.hpp>

namespace tepui::metric {

/// A cell of a choice, and for how much it stands.
struct weighted_cell {
  std::int64_t cell;
  double weight;
};

/// Of cells with weights chooses about `most` that stand for all: heavy ones as they are, and of the others one whenever
/// their weights, summed in order, have grown by a step. No random numbers.
/// in     weight [strips of 64 cells], not negative            out    ascending; the weights sum to those of all cells but
///        a step; none where all are 0
/// cost   O(cells), and little for strips without a cell that is chosen
[[nodiscard]] inline std::vector<weighted_cell> heaviest_and_every(std::span<const float> weight, std::int64_t most) {
  constexpr std::size_t wide = usize(cell_strips::wide);
  float step = std::numeric_limits<float>::infinity();
  for (int round = 0; round < 4; ++round) {  // heavy cells leave fewer places to the light ones
    kernel::simd::light_and_heavy all;
    for (std::size_t at = 0; at < weight.size(); at += wide) kernel::simd::add_weights(weight.data() + at, step, all);
    if (round == 0 && !(all.light > 0)) return {};
    if (all.heavy >= most || !(all.light > 0)) break;
    step = static_cast<float>(all.light / static_cast<double>(most - all.heavy));
  }
  std::vector<weighted_cell> out;
  double since = 0.5 * static_cast<double>(step);
  for (std::size_t at = 0; at < weight.size(); at += wide) {
    kernel::simd::light_and_heavy strip;
    kernel::simd::add_weights(weight.data() + at, step, strip);
    if (strip.heavy == 0 && since + strip.light < static_cast<double>(step)) {
      since += strip.light;
      continue;
    }
    for (std::size_t i = at; i < at + wide; ++i) {
      if (!(weight[i] < step)) {
        if (weight[i] > 0) out.push_back({isize(i), static_cast<double>(weight[i])});
      } else if ((since += static_cast<double>(weight[i])) >= static_cast<double>(step)) {
        since -= static_cast<double>(step);
        out.push_back({isize(i), static_cast<double>(step)});
      }
    }
  }
  return out;
}

/// A guess of the curvature of basic_logistic_loss, for minimise: class by class the curvature at the point where the search
/// stands, over cells chosen by how much they count there. Cells whose class is clear do not bend the loss, so that a few
/// cells stand for all. What classes have to do with each other is left to the steps that the search remembers.
/// shapes  as parameters: a square of (dims + 1) for each score
/// when    before steps 0, 4, 8, 14 and 22 of the search
/// cost    half a gradient for slopes, and O(classes dims^2 chosen cells): at most 16 a dim, and at most as many as four
///         gradients cost. Where that would leave fewer than 2 a dim, each entry stands for itself: what its curvature would
///         be if every cell had the shares of the classes as its probabilities
/// repeat  bit-equal for any number of threads on one binary
/// source  block Jacobi; cells by importance: Xu, Yang, Roosta, Re and Mahoney 2016
template <class Real>
class basic_logistic_curvature {
 public:
  using vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

  /// in     loss: must outlive this
  explicit basic_logistic_curvature(const basic_logistic_loss<Real>& loss) : loss_(loss), chosen_(chosen(*loss.cells)) {
    if (chosen_ == 0) each_.scale = diagonal(*loss.cells, loss.ridge);
  }
  /// Cells that are chosen for a class; 0: each entry stands for itself.
  [[nodiscard]] static std::int64_t chosen(const cell_strips& cells) {
    constexpr std::int64_t wanted = 16, least = 2, most_bytes = std::int64_t{1} << 28;
    const std::int64_t dims = std::max<std::int64_t>(cells.dims(), 1), n = 16 * cells.n_cells() / dims,
                       bytes = cells.n_scores() * (dims + 1) * (dims + 1) * isize(sizeof(double));
    return n < least * dims || bytes > most_bytes ? 0 : std::min(wanted * dims, n);
  }
  [[nodiscard]] bool known() const { return true; }
  [[nodiscard]] bool renew(const vector& at) {
    constexpr std::array when{0, 4, 8, 14, 22};
    const int now = steps_++;
    if (chosen_ == 0 || std::find(when.begin(), when.end(), now) == when.end()) return false;
    look(at);
    return true;
  }
  void divide(vector& v) const {
    if (chosen_ == 0) return each_.divide(v);
    const std::int64_t size = loss_.cells->dims() + 1;
    for (std::size_t s = 0; s < inverse_.size(); ++s) {
      const vector part = inverse_[s] * v.segment(isize(s) * size, size);
      v.segment(isize(s) * size, size) = part;
    }
  }

  /// One over the curvature along each parameter if every cell had the shares of the classes as its probabilities.
  [[nodiscard]] static vector diagonal(const cell_strips& cells, double ridge) {
    const std::int64_t dims = cells.dims(), scores = cells.n_scores(), wide = cell_strips::wide;
    const auto n = static_cast<double>(cells.n_cells());
    std::vector<double> square(usize(dims), 0), share(usize(cells.n_classes()), 0);
    for (std::int64_t s = 0; s < cells.n_strips(); ++s)
      for (std::int64_t d = 0; d < dims; ++d) {
        const float* const x = cells.rough(s) + d * wide;
        float sum = 0;
        for (std::int64_t i = 0; i < wide; ++i) sum += x[i] * x[i];
        square[usize(d)] += static_cast<double>(sum) / n;
      }
    for (const std::int32_t l : cells.classes.label) share[usize(l)] += 1 / n;
    vector out(scores * (dims + 1));
    for (std::int64_t s = 0; s < scores; ++s) {
      const double spread = share[usize(s)] * (1 - share[usize(s)]);
      for (std::int64_t d = 0; d < dims; ++d)
        out(s * (dims + 1) + d) = static_cast<Real>(1 / (spread * square[usize(d)] + ridge));
      out(s * (dims + 1) + dims) = static_cast<Real>(1 / spread);
    }
    return out;
  }

 private:
  /// Looks at the cells' slopes at a point, and makes the squares anew.
  void look(const vector& at) {
    constexpr std::int64_t wide = cell_strips::wide, most_strips = 1024;
    const cell_strips& cells = *loss_.cells;
    const std::int64_t scores = cells.n_scores(), every = (cells.n_strips() + most_strips - 1) / most_strips,
                       strips = (cells.n_strips() + every - 1) / every;
    std::vector<float> weight(usize(at.size())), doubt(usize(scores * strips * wide));
    for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(at(isize(i)));
    kernel::parallel_chunks(strips, loss_.threads, [&](std::int64_t s, int) {
      buffer_in<host, float> slope(usize(scores * wide));
      static_cast<void>(loss_.slopes(cells.rough(s * every), weight.data(), s * every, slope.data()));
      for (std::int64_t c = 0; c < scores; ++c)
        for (std::int64_t i = 0; i < wide; ++i) {
          const float away = std::abs(slope[usize(c * wide + i)]);  // of the cell's own class 1 - p, of others p
          doubt[usize((c * strips + s) * wide + i)] = away * (1 - away);
        }
    });
    inverse_.resize(usize(scores));
    const auto of = [&](std::int64_t c) {
      return square(std::span(doubt).subspan(usize(c * strips * wide), usize(strips * wide)), every);
    };
    if (at.isZero(0)) {  // at the start all classes are as likely for every cell
      std::fill(inverse_.begin(), inverse_.end(), of(0));
      return;
    }
    kernel::parallel_chunks(scores, loss_.threads, [&](std::int64_t c, int) { inverse_[usize(c)] = of(c); });
  }

  /// The inverse of the curvature of one score.
  [[nodiscard]] matrix square(std::span<const float> doubt, std::int64_t every) const {
    constexpr std::int64_t wide = cell_strips::wide;
    const cell_strips& cells = *loss_.cells;
    const std::int64_t dims = cells.dims();
    const std::vector<weighted_cell> few = heaviest_and_every(doubt, chosen_);
    const double share = static_cast<double>(every) / static_cast<double>(cells.n_cells());
    Eigen::MatrixXf rows(dims + 1, isize(few.size())), sum = Eigen::MatrixXf::Zero(dims + 1, dims + 1);
    for (std::int64_t r = 0; r < rows.cols(); ++r) {
      const weighted_cell& one = few[usize(r)];
      const double root = std::sqrt(one.weight * share);
      cells.one(one.cell / wide * every * wide + one.cell % wide, root, &rows(0, r));
      rows(dims, r) = static_cast<float>(root);
    }
    sum.template selfadjointView<Eigen::Lower>().rankUpdate(rows);
    matrix curvature = sum.template cast<Real>();
    // A little of each entry more, so that rounding, dims that say the same and classes without doubt do no harm.
    const vector more = (curvature.diagonal() * Real(1e-5)).array() + static_cast<Real>(loss_.ridge);
    curvature.diagonal() += more;
    const matrix inverse =
        curvature.template selfadjointView<Eigen::Lower>().llt().solve(matrix::Identity(dims + 1, dims + 1));
    return inverse.allFinite() ? inverse : matrix(curvature.diagonal().cwiseInverse().asDiagonal());
  }

  const basic_logistic_loss<Real>& loss_;
  std::int64_t chosen_;
  int steps_ = 0;
  diagonal_curvature<vector> each_;
  std::vector<matrix> inverse_;
};

}  // namespace tepui::metric
