#pragma once
/// Perturbed cells for tests: a small screen that fits on a page, and the golden one that lies beside the project.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::perturbation {

/// Cells that own their memory.
struct owned_cells {
  dense<> cells;
  std::vector<std::int32_t> code;
  std::vector<std::string> name;

  void add(std::int32_t perturbation, const std::vector<float>& value) {
    cells.n_columns = isize(value.size());
    cells.cell_id.push_back(isize(code.size()));
    cells.value.insert(cells.value.end(), value.begin(), value.end());
    code.push_back(perturbation);
  }
  [[nodiscard]] metric::labelled_cells view() const { return {cells.view(), {code, name}}; }
};

/// A subject with all that it looks at.
struct owned_screen {
  owned_cells real, predicted, training;
  std::vector<std::string> genes;
  std::unique_ptr<metric::perturbed_cells> of;

  void bind(bool learn = false, const metric::expression_rules& rules = {}) {
    of = std::make_unique<metric::perturbed_cells>(real.view(), predicted.view(), 0, genes, rules);
    if (learn) of->learn_from(training.view(), rules);
  }
};

/// Cells around a mean of each perturbation, [perturbations + control] x genes; noise is uniform of the width given.
inline owned_cells noisy_cells(const std::vector<std::vector<double>>& mean, std::int64_t cells_each, double noise,
                               std::uint64_t seed, const std::vector<std::string>& names) {
  owned_cells out;
  out.name = names;
  const kernel::draws random(seed, "test: perturbed cells");
  for (std::size_t p = 0; p < mean.size(); ++p)
    for (std::int64_t c = 0; c < cells_each && !mean[p].empty(); ++c) {
      std::vector<float> value;
      for (std::size_t g = 0; g < mean[p].size(); ++g)
        value.push_back(static_cast<float>(mean[p][g] + noise * random.uniform(isize(p) * 1000 + c, g)));
      out.add(static_cast<std::int32_t>(p), value);
    }
  return out;
}

/// A control and perturbations of 30 genes: each moves a gene of its own and one that all move. The prediction has `right`
/// of the effect.
inline owned_screen small_screen(std::int32_t perturbations, double right, double noise = 0.3,
                                 std::int64_t cells_each = 12) {
  owned_screen out;
  std::vector<std::string> names{"control"};
  for (std::int32_t g = 0; g < 30; ++g) out.genes.push_back("g" + std::to_string(g));
  std::vector<std::vector<double>> truth{std::vector<double>(30)}, said, seen;
  for (std::size_t g = 0; g < 30; ++g) truth[0][g] = 1 + 0.1 * static_cast<double>(g % 7);
  said = truth;
  for (std::int32_t p = 0; p < perturbations; ++p) {
    names.push_back("g" + std::to_string(p));
    auto one = truth[0], other = truth[0];
    const auto move = [&](std::size_t gene, double by) {
      one[gene] += by;
      other[gene] += right * by;
    };
    move(usize(p), -0.8);
    move(usize(p) + 10, 0.6);
    move(29, 0.5);
    truth.push_back(one);
    said.push_back(other);
  }
  seen = truth;
  out.real = noisy_cells(truth, cells_each, noise, 1, names);
  out.predicted = noisy_cells(said, cells_each, noise, 2, names);
  for (std::size_t p = 1 + usize(perturbations) / 2; p < seen.size(); ++p) seen[p].clear();
  out.training = noisy_cells(seen, cells_each, noise, 3, names);
  return out;
}

/// The golden screen: control and 40 perturbations of 80 genes; which prediction: "pred", "nochange", or "real" itself.
inline owned_screen golden_screen(const std::string& shared, const std::string& which) {
  owned_screen out;
  const std::string folder = "golden/metrics/";
  const auto code = laws::npy<std::int32_t>(shared, folder + "pert_code_660.npy");
  std::vector<std::string> names{"non-targeting"};
  const auto three = [](int i) {
    const std::string digits = std::to_string(i);
    return "G" + std::string(3 - digits.size(), '0') + digits;
  };
  for (int p = 0; p < 40; ++p) names.push_back(three(p));
  for (int g = 0; g < 80; ++g) out.genes.push_back(three(g));
  const auto read = [&](const std::string& file) {
    owned_cells cells;
    const auto value = laws::npy<float>(shared, folder + "pert_" + file + "_660x80.npy");
    cells.cells.resize(660, 80);
    std::copy(value.begin(), value.end(), cells.cells.value.begin());
    for (std::int64_t c = 0; c < 660; ++c) cells.cells.cell_id[usize(c)] = c;
    cells.code = code;
    cells.name = names;
    return cells;
  };
  out.real = read("real");
  out.predicted = read(which);
  out.bind();
  return out;
}

/// The score of this name.                              errors std::runtime_error where there is none
[[nodiscard]] inline const score& named(const std::vector<score>& scores, const std::string& name) {
  for (const score& s : scores)
    if (s.name == name) return s;
  throw std::runtime_error("no score is called " + name);
}

/// A table with a header, fields between commas.
struct csv_table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> row;

  explicit csv_table(const std::string& text) {
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      std::vector<std::string> fields{""};
      for (std::size_t i = from; i < end; ++i)
        if (text[i] == ',')
          fields.emplace_back();
        else if (text[i] != '\r')
          fields.back() += text[i];
      if (header.empty())
        header = fields;
      else
        row.push_back(fields);
      from = end + 1;
    }
  }
  [[nodiscard]] std::size_t place(const std::string& column) const {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
  }
};

}  // namespace tepui::tests::perturbation
