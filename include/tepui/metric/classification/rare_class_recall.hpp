#pragma once
/// How many cells of the rare types were found.

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/metric/classification/count_head.hpp>

namespace tepui::metric {

/// Mean recall of the rare classes, and the recall of each: the names of the scores say which classes are rare.
/// in     below: a class is rare if its share of the scored cells is smaller; named: these are rare instead, whatever their
///        share
/// out    rare_class_recall, then rare_class_recall[CLASS] of each; worst 0, best 1
/// empty  no rare class: no value, with the reason; a named class without cells does not count in the mean
/// errors bad_option: a share outside (0, 1], a name that no class has
/// repeat, interval   as count_head; which classes are rare is decided once, not in every resample
struct rare_class_recall {
  using reads = predicted_cells;
  static constexpr std::string_view name = "rare_class_recall";
  double below = 0.05;
  std::vector<std::string> named = {};

  [[nodiscard]] std::string describe() const {
    std::string text;
    for (const std::string& one : named) text += (text.empty() ? "" : ", ") + one;
    char share[60];
    std::snprintf(share, sizeof share, "below %g of the cells", below);
    return "rare_class_recall(" + (named.empty() ? std::string(share) : text) + ")";
  }

  /// The rare classes, ascending.
  [[nodiscard]] std::vector<std::size_t> rare(const predicted_cells& of) const {
    if (!(below > 0 && below <= 1))
      throw bad_option("rare_class_recall: a share of " + std::to_string(below) +
                       " names no rare classes; give one above 0, at most 1");
    std::vector<std::size_t> out;
    const auto names = of.given().class_names;
    for (const std::string& one : named) {
      const auto at = std::find(names.begin(), names.end(), one);
      if (at == names.end())
        throw bad_option("rare_class_recall: no class is called '" + one + "'; name classes of these labels");
      out.push_back(usize(at - names.begin()));
    }
    for (std::size_t c = 0; c < of.n_classes() && named.empty(); ++c)
      if (of.counts().truth[c] > 0 && static_cast<double>(of.counts().truth[c]) < below * static_cast<double>(of.n_cells()))
        out.push_back(c);
    std::sort(out.begin(), out.end());
    return out;
  }

  [[nodiscard]] std::vector<score> operator()(const predicted_cells& of, const score_options& options) const {
    return scores_of(resampled(of, options));
  }
  [[nodiscard]] std::vector<resampled_score> resampled(const predicted_cells& of, const score_options& options) const {
    const std::vector<std::size_t> classes = rare(of);
    const auto recall = [](const class_counts& n, std::size_t c) {
      return n.truth[c] == 0 ? undefined : static_cast<double>(n.hit[c]) / static_cast<double>(n.truth[c]);
    };
    const reasons none{classes.empty() ? "no class is as rare as asked for" : "no cell is of these classes",
                       "no cell is of these classes"};
    std::vector<resampled_score> out;
    out.push_back(counted_score(
        of, options, std::string(name), "share",
        [&](const class_counts& n) {
          double sum = 0;
          std::int64_t with_cells = 0;
          for (const std::size_t c : classes)
            if (n.truth[c] > 0) sum += recall(n, c), ++with_cells;
          return with_cells == 0 ? undefined : sum / static_cast<double>(with_cells);
        },
        none));
    const auto names = of.given().class_names;
    for (const std::size_t c : classes)
      if (!names.empty())
        out.push_back(counted_score(of, options, std::string(name) + "[" + names[c] + "]", "share",
                                    [&, c](const class_counts& n) { return recall(n, c); },
                                    {"no cell is of this class", "no cell is of this class"}));
    return out;
  }
};

}  // namespace tepui::metric
