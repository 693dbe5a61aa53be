#pragma once
/// What the last steps of a search have taught about a function's curvature.

#include <cstdint>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// A guess of a function's curvature that is 1 along every entry, or what `scale` says.
/// in     scale [entries], above 0: a guess of one over the curvature along each entry; empty: none
template <class Vector>
struct diagonal_curvature {
  Vector scale;

  /// Whether there is a guess of the size of steps, or only of their direction.
  [[nodiscard]] bool known() const { return scale.size() > 0; }
  /// Called before each step; true where the guess has become another.
  [[nodiscard]] bool renew(const Vector&) { return false; }
  /// v divided by the curvature.
  void divide(Vector& v) const {
    if (known()) v = v.cwiseProduct(scale);
  }
};

/// The last steps of L-BFGS and how the gradient changed along them.
/// source Liu and Nocedal 1989
template <class Vector>
class step_memory {
 public:
  explicit step_memory(int most) : most_(most) {}
  [[nodiscard]] bool empty() const { return step_.empty(); }
  void forget() { step_.clear(), change_.clear(), along_.clear(); }

  /// in     step, and the change of the gradient along it; steps that show no curvature are passed over
  void keep(Vector&& step, Vector&& change) {
    const double along = product(step, change);
    if (!(along > 1e-16 * product(change, change) && along > 0) || most_ < 1) return;
    if (isize(step_.size()) == most_) {
      step_.erase(step_.begin());
      change_.erase(change_.begin());
      along_.erase(along_.begin());
    }
    along_.push_back(along);
    step_.push_back(std::move(step));
    change_.push_back(std::move(change));
  }

  /// Divides v by the curvature: as the steps have shown it, elsewhere by the guess, brought to the size that the last step
  /// had.           cost   O(steps * size of v) and the guess's own
  template <class Curvature>
  void divide(Vector& v, const Curvature& guess) const {
    std::vector<double> share(step_.size());
    for (std::size_t i = step_.size(); i-- > 0;) {
      share[i] = product(step_[i], v) / along_[i];
      v -= as(share[i]) * change_[i];
    }
    guess.divide(v);
    if (!empty()) {
      Vector last = change_.back();
      guess.divide(last);
      v *= as(along_.back() / product(last, change_.back()));
    }
    for (std::size_t i = 0; i < step_.size(); ++i) v += as(share[i] - product(change_[i], v) / along_[i]) * step_[i];
  }

 private:
  using real = typename Vector::Scalar;
  static double product(const Vector& a, const Vector& b) { return static_cast<double>(a.dot(b)); }
  static real as(double v) { return static_cast<real>(v); }

  int most_;
  std::vector<Vector> step_, change_;
  std::vector<double> along_;
};

}  // namespace tepui::metric
