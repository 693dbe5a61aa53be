#pragma once
/// Predictions in memory of their own, for the laws of heads that read predicted_cells.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/classification/predicted_cells.hpp>

namespace tepui::tests {

struct owned_predictions {
  std::vector<std::int32_t> truth, predicted, trivial;
  std::vector<double> probability;
  std::vector<std::string> names;

  [[nodiscard]] std::int64_t n_cells() const { return isize(truth.size()); }
  [[nodiscard]] metric::answers given() const {
    return {truth, predicted, trivial, names, static_cast<std::int32_t>(names.size()), probability};
  }
  template <class Head>
  [[nodiscard]] std::vector<score> scored(const Head& head, const metric::score_options& options) const {
    return head(metric::predicted_cells(given()), options);
  }

  /// n cells of some classes, the last of them rare; the truth is more likely than the rest.
  static owned_predictions drawn(std::int64_t n, std::int32_t classes, std::uint64_t seed, bool with_probability = true) {
    owned_predictions out;
    const kernel::draws random(seed, "predictions");
    for (std::int32_t c = 0; c < classes; ++c) out.names.push_back("type " + std::to_string(c));
    for (std::int64_t i = 0; i < n; ++i) {
      out.truth.push_back(random.below(20, i, 0) == 0 ? classes - 1
                                                      : static_cast<std::int32_t>(random.below(classes, i, 1)));
      std::vector<double> p;
      double sum = 0;
      for (std::int32_t c = 0; c < classes; ++c) {
        p.push_back(random.uniform(i, usize(10 + c)) + (c == out.truth.back() ? 0.5 : 0.0));
        sum += p.back();
      }
      out.predicted.push_back(static_cast<std::int32_t>(std::max_element(p.begin(), p.end()) - p.begin()));
      for (const double one : p)
        if (with_probability) out.probability.push_back(one / sum);
    }
    out.trivial.assign(usize(n), 0);
    return out;
  }
  static owned_predictions some(std::uint64_t seed) { return drawn(90, 4, seed); }
  static std::vector<std::pair<std::string, owned_predictions>> degenerate() {
    std::vector<std::pair<std::string, owned_predictions>> out;
    out.emplace_back("no cells", drawn(0, 3, 1));
    out.emplace_back("one cell", drawn(1, 3, 1));
    out.emplace_back("one class", drawn(30, 1, 1));
    out.emplace_back("no probabilities", drawn(30, 3, 1, false));
    auto without = drawn(30, 3, 2);
    without.trivial.clear();
    out.emplace_back("no trivial answers", without);
    auto singletons = drawn(5, 5, 3);
    singletons.truth = {0, 1, 2, 3, 4};
    out.emplace_back("classes of one cell", singletons);
    auto wrong = drawn(20, 3, 4);
    wrong.truth.assign(20, 0);
    wrong.predicted.assign(20, 1);
    wrong.trivial.assign(20, 0);
    out.emplace_back("one true class, never predicted", wrong);
    return out;
  }
  [[nodiscard]] owned_predictions permuted(std::uint64_t seed) const {
    std::vector<std::size_t> order(truth.size());
    const kernel::draws random(seed, "order");
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return random.bits(isize(a)) < random.bits(isize(b)); });
    owned_predictions out;
    out.names = names;
    for (const std::size_t i : order) {
      out.truth.push_back(truth[i]);
      out.predicted.push_back(predicted[i]);
      if (!trivial.empty()) out.trivial.push_back(trivial[i]);
      const std::size_t classes = names.size();
      for (std::size_t c = 0; c < classes && !probability.empty(); ++c)
        out.probability.push_back(probability[i * classes + c]);
    }
    return out;
  }
  /// Class c becomes 2 (classes - 1 - c) + 1, with an empty class before each.
  [[nodiscard]] owned_predictions relabelled() const {
    const auto classes = static_cast<std::int32_t>(names.size());
    const auto to = [&](std::int32_t c) { return 2 * (classes - 1 - c) + 1; };
    owned_predictions out;
    out.names.assign(usize(2 * classes), "");
    for (std::int32_t c = 0; c < classes; ++c) {
      out.names[usize(to(c))] = names[usize(c)];
      out.names[usize(to(c) - 1)] = "nobody " + std::to_string(c);
    }
    for (const std::int32_t t : truth) out.truth.push_back(to(t));
    for (const std::int32_t p : predicted) out.predicted.push_back(to(p));
    for (const std::int32_t t : trivial) out.trivial.push_back(to(t));
    out.probability.assign(probability.size() * 2, 0.0);
    for (std::size_t i = 0; i < probability.size(); ++i)
      out.probability[i / usize(classes) * usize(2 * classes) + usize(to(static_cast<std::int32_t>(i % usize(classes))))] =
          probability[i];
    return out;
  }
};

}  // namespace tepui::tests
