#pragma once
/// Predictors that know nothing of the perturbation, or hardly anything: what a real predictor must beat.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/perturbation/control_roles.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>
#include <tepui/metric/perturbation/pseudobulk.hpp>
#include <tepui/metric/perturbation/row_errors.hpp>

namespace tepui::metric {

/// What a trivial predictor says: a pseudobulk for every perturbation that is scored, or the reason why it says nothing.
/// real   the real pseudobulks that it is held against; null: those of the subject
struct trivial_prediction {
  std::string name;
  pseudobulks bulk;
  std::string missing;
  std::shared_ptr<const pseudobulks> real = nullptr;
  [[nodiscard]] bool applies() const { return missing.empty(); }
};

/// The mean of pseudobulks, each perturbation counting once whatever its number of cells.                  -> [genes]
/// in     with_control: the control's pseudobulk is one more of them
[[nodiscard]] inline std::vector<double> mean_of_bulks(const pseudobulks& of, bool with_control) {
  std::vector<double> out(usize(of.n_genes), 0.0);
  for (std::int64_t p = 0; p < of.size(); ++p)
    for (std::size_t g = 0; g < out.size(); ++g) out[g] += of.mean_of(p)[g];
  if (with_control)
    for (std::size_t g = 0; g < out.size(); ++g) out[g] += of.control[g];
  const auto n = static_cast<double>(of.size() + (with_control ? 1 : 0));
  for (double& v : out) v /= n;
  return out;
}

/// The parts of a name such as "A+B" that are perturbations themselves; empty unless there are two parts at least and all
/// are known.
[[nodiscard]] inline std::vector<std::int32_t> parts_of_combination(const perturbed_cells& of, std::int32_t code,
                                                                    std::string_view between) {
  std::vector<std::int32_t> out;
  const std::string_view name = of.name(code);
  if (between.empty() || name.find(between) == std::string_view::npos) return out;
  const auto names = of.real().perturbation.name;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t to = std::min(name.find(between, from), name.size());
    const auto at = std::find(names.begin(), names.end(), name.substr(from, to - from));
    if (at == names.end()) return {};
    const auto part = static_cast<std::int32_t>(at - names.begin());
    if (part != of.control()) out.push_back(part);  // "A+control" is a single
    from = to + between.size();
  }
  return out.size() < 2 ? std::vector<std::int32_t>{} : out;
}

namespace trivial {

[[nodiscard]] inline pseudobulks empty_like(const perturbed_cells& of) {
  pseudobulks out;
  out.n_genes = of.n_genes();
  out.control = of.real_bulk().control;
  return out;
}
[[nodiscard]] inline trivial_prediction says_nothing(std::string_view name, std::string why) {
  trivial_prediction out;
  out.name = name;
  out.missing = std::move(why);
  return out;
}
[[nodiscard]] inline trivial_prediction same_for_all(const perturbed_cells& of, std::string_view name,
                                                     std::span<const double> mean) {
  trivial_prediction out{std::string(name), empty_like(of), "", nullptr};
  for (const std::int32_t p : of.scored()) out.bulk.add(p, mean, 0);
  return out;
}
inline constexpr std::string_view no_training = "no training cells were given, from which it would learn";

}  // namespace trivial

/// Nothing happens: the pseudobulk of the control for every perturbation.
struct no_change {
  static constexpr std::string_view name = "no_change";
  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of) const {
    return trivial::same_for_all(of, name, of.real_bulk().control);
  }
};

/// Nothing happens, in other cells: as many control cells as there are perturbed ones, divided from those that are the
/// control (control_roles.hpp). Cells that do not respond are never the control cells themselves: where the predicted
/// control is the real one, their change has the noise of the control in common with the real change, and correlates.
struct no_change_cells {
  static constexpr std::string_view name = "no_change_cells";
  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of, std::uint64_t seed) const {
    const bulk_sides& sides = no_change_bulks(of, seed);
    if (!sides.missing.empty()) return trivial::says_nothing(name, sides.missing);
    return {std::string(name), sides.second, "", std::make_shared<const pseudobulks>(sides.first)};
  }
};

/// The same happens always: the mean of the training perturbations' pseudobulks, each counting once, the control not among
/// them.
/// source Csendes et al. 2025, Benchmarking foundation cell models for post-perturbation RNA-seq prediction
struct train_mean {
  static constexpr std::string_view name = "train_mean";
  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of) const {
    if (of.training_bulk().size() == 0) return trivial::says_nothing(name, std::string(trivial::no_training));
    return trivial::same_for_all(of, name, mean_of_bulks(of.training_bulk(), false));
  }
};

/// cell-eval's base mean: as train_mean, but the control counts as one more perturbation.
struct celleval_base_mean {
  static constexpr std::string_view name = "celleval_base_mean";
  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of) const {
    if (of.training_bulk().size() == 0) return trivial::says_nothing(name, std::string(trivial::no_training));
    return trivial::same_for_all(of, name, mean_of_bulks(of.training_bulk(), true));
  }
};

/// Combinations add up: mu_0 + delta_a + delta_b + ..., with the deltas of the training cells. Where a part was not seen, or
/// the perturbation is no combination, it says what train_mean says.
struct additive {
  static constexpr std::string_view name = "additive";
  std::string_view between = "+";  ///< stands between the parts of a combination's name
  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of) const {
    const pseudobulks& seen = of.training_bulk();
    if (seen.size() == 0) return trivial::says_nothing(name, std::string(trivial::no_training));
    trivial_prediction out{std::string(name), trivial::empty_like(of), "", nullptr};
    const auto otherwise = mean_of_bulks(seen, false);
    std::int64_t combined = 0;
    for (const std::int32_t p : of.scored()) {
      const auto sum = sum_of_parts(of, p);
      combined += sum.empty() ? 0 : 1;
      out.bulk.add(p, sum.empty() ? otherwise : sum, 0);
    }
    if (combined == 0)
      return trivial::says_nothing(name, "no combination is scored whose parts are all among the training cells");
    return out;
  }
  /// Control plus the deltas of the parts [genes], or empty where the parts were not all seen.
  [[nodiscard]] std::vector<double> sum_of_parts(const perturbed_cells& of, std::int32_t code) const {
    const auto parts = parts_of_combination(of, code, between);
    if (parts.empty()) return {};
    std::vector<double> out = of.real_bulk().control;
    for (const std::int32_t part : parts) {
      const std::int64_t at = of.training_bulk().place_of(part);
      if (at < 0) return {};
      for (std::size_t g = 0; g < out.size(); ++g) out[g] += of.training_bulk().delta_of(at)[g];
    }
    return out;
  }
};

/// What happened after the nearest training perturbation happens again. The nearest is found without test data:
///   the perturbation itself, where it was in training (other cells of it);
///   a combination: the part seen in training with the largest effect (length of its delta);
///   a gene: the training perturbation whose own gene goes most with it over the control cells (Pearson's r, at least
///   `least`).
/// Where none of these is there, it says what train_mean says.           ties   the lower code
/// cost   O(perturbations scored x trained x control cells)
struct nearest_perturbation {
  static constexpr std::string_view name = "nearest_perturbation";
  std::string_view between = "+";
  double least = 0;  ///< a correlation that is not above this is no neighbour

  [[nodiscard]] trivial_prediction operator()(const perturbed_cells& of) const {
    const pseudobulks& seen = of.training_bulk();
    if (seen.size() == 0) return trivial::says_nothing(name, std::string(trivial::no_training));
    trivial_prediction out{std::string(name), trivial::empty_like(of), "", nullptr};
    const auto otherwise = mean_of_bulks(seen, false);
    std::int64_t found = 0;
    for (const std::int32_t p : of.scored()) {
      const std::int64_t at = nearest_to(of, p);
      found += at >= 0 ? 1 : 0;
      out.bulk.add(p, at >= 0 ? seen.mean_of(at) : std::span<const double>(otherwise), 0);
    }
    if (found == 0)
      return trivial::says_nothing(name, "no scored perturbation has a relative among the training perturbations");
    return out;
  }
  /// The place of the nearest among the training pseudobulks, or -1.
  [[nodiscard]] std::int64_t nearest_to(const perturbed_cells& of, std::int32_t code) const {
    const pseudobulks& seen = of.training_bulk();
    if (seen.place_of(code) >= 0) return seen.place_of(code);
    std::int64_t best = -1;
    double most = -1;
    const std::string_view full = of.name(code);
    const bool combination = !between.empty() && full.find(between) != std::string_view::npos;
    if (combination) {
      for (std::int64_t t = 0; t < seen.size(); ++t) {
        if (!is_part(of.name(seen.perturbation[usize(t)]), full)) continue;
        double length = 0;
        for (const double d : seen.delta_of(t)) length += d * d;
        if (length > most) {
          most = length;
          best = t;
        }
      }
      return best;
    }
    const std::int32_t gene = of.target_gene(code);
    if (gene < 0) return -1;
    const auto mine = control_values(of, gene);
    most = least;
    for (std::int64_t t = 0; t < seen.size(); ++t) {
      const std::int32_t other = of.target_gene(seen.perturbation[usize(t)]);
      if (other < 0) continue;
      const double r = pearson(mine, control_values(of, other));
      if (r > most) {
        most = r;
        best = t;
      }
    }
    return best;
  }

 private:
  [[nodiscard]] bool is_part(std::string_view part, std::string_view whole) const {
    for (std::size_t from = 0; from <= whole.size();) {
      const std::size_t to = std::min(whole.find(between, from), whole.size());
      if (whole.substr(from, to - from) == part) return true;
      from = to + between.size();
    }
    return false;
  }
  /// A gene over the control cells: those of training where it has any, else the real ones.
  [[nodiscard]] static const std::vector<double>& control_values(const perturbed_cells& of, std::int32_t gene) {
    return of.kept<std::vector<double>>("control cells, gene " + std::to_string(gene), [&] {
      const bool trained = !of.training_rows().of(of.control()).empty();
      const auto& cells = trained ? of.training().cells : of.real().cells;
      std::vector<double> out;
      for (const std::int64_t r : (trained ? of.training_rows() : of.real_rows()).of(of.control()))
        out.push_back(static_cast<double>(cells.row(r)[usize(gene)]));
      return out;
    });
  }
};

/// All trivial predictors, those that say nothing among them, with the default settings. Kept by the subject.
/// control  where the prediction shares the real control, means of training cells are measured from it as well. Where it has
///          its own, they must not: means of cells (train_mean, celleval_base_mean, nearest_perturbation) are measured from
///          one half of the control cells, and the real means beside them from the other. no_change and additive state
///          their change, and have no control to share
[[nodiscard]] inline const std::vector<trivial_prediction>& trivial_predictions(const perturbed_cells& of,
                                                                                std::uint64_t seed = 1) {
  return of.kept<std::vector<trivial_prediction>>("trivial predictions " + std::to_string(seed), [&] {
    std::vector<trivial_prediction> means{train_mean{}(of), celleval_base_mean{}(of), nearest_perturbation{}(of)};
    const control_roles& roles = control_roles_of(of, seed);
    if (!roles.shared && roles.missing.empty()) {
      const auto real = std::make_shared<const pseudobulks>(with_control(of.real_bulk(), of, roles.real));
      for (trivial_prediction& t : means)
        if (t.applies()) {
          t.bulk = with_control(std::move(t.bulk), of, roles.theirs);
          t.real = real;
        }
    }
    return std::vector<trivial_prediction>{no_change{}(of), no_change_cells{}(of, seed), std::move(means[0]),
                                           std::move(means[1]), additive{}(of), std::move(means[2])};
  });
}

}  // namespace tepui::metric
