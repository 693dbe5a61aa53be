#pragma once
/// Cells for the tests of metrics on neighbours: small ones, random ones, and those whose scores are known.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/matrix.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/score_options.hpp>

#include "laws/npy.hpp"

namespace tepui::tests::known_cells {

/// Cells with the columns that metrics read, and what owns them.
struct cells {
  embedding_batch<> embedding;
  std::vector<std::int32_t> label, batch;
  std::vector<std::string> labels, batches;

  [[nodiscard]] metric::embedded_cells view(int threads = 1) const {
    return {embedding.view(),
            {label, labels},
            batch.empty() ? metric::cell_labels() : metric::cell_labels(batch, batches),
            threads};
  }
  /// The same cells in another order.
  [[nodiscard]] cells in_order(const std::vector<std::int64_t>& rows) const {
    cells out;
    out.embedding = rows_of(embedding.view(), rows);
    out.labels = labels;
    out.batches = batches;
    for (const std::int64_t r : rows) {
      out.label.push_back(label[usize(r)]);
      if (!batch.empty()) out.batch.push_back(batch[usize(r)]);
    }
    return out;
  }
};

inline std::vector<std::string> names(std::int64_t n) {
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back("n" + std::to_string(i));
  return out;
}

/// Clouds of cells, one a label, apart by `apart` spreads, and batches that move a cell by `moved`.
inline cells random_cells(std::uint64_t seed, std::int64_t n, std::int64_t dims, std::int64_t labels, std::int64_t batches,
                          double apart = 4, double moved = 0.3) {
  const kernel::draws random(seed, "known cells");
  cells out;
  out.embedding.resize(n, dims);
  out.labels = names(labels);
  out.batches = names(batches);
  for (std::int64_t i = 0; i < n; ++i) {
    out.embedding.cell_id[usize(i)] = 1000 + i;
    out.label.push_back(static_cast<std::int32_t>(random.below(labels, i, 1)));
    out.batch.push_back(static_cast<std::int32_t>(random.below(batches, i, 2)));
    for (std::int64_t d = 0; d < dims; ++d) {
      const double middle = apart * random.normal(1000000 + out.label.back(), static_cast<std::uint64_t>(d)) +
                            moved * random.normal(2000000 + out.batch.back(), static_cast<std::uint64_t>(d));
      out.embedding.row(i)[usize(d)] = static_cast<float>(middle + random.normal(i, static_cast<std::uint64_t>(10 + d)));
    }
  }
  return out;
}

/// 600 cells of 20 dims, 5 labels and 3 batches, whose scores by other programs are known.
inline cells golden(const std::string& shared) {
  cells out;
  out.embedding.resize(600, 20);
  const auto value = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  std::copy(value.begin(), value.end(), out.embedding.value.begin());
  for (std::int64_t i = 0; i < 600; ++i) out.embedding.cell_id[usize(i)] = i;
  out.label = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  out.batch = laws::npy<std::int32_t>(shared, "golden/metrics/batch_600.npy");
  out.labels = names(5);
  out.batches = names(3);
  return out;
}

/// The 90 nearest of each of them, as scikit-learn finds them.
inline metric::neighbour_table golden_neighbours(const std::string& shared) {
  metric::neighbour_table out;
  out.n_cells = 600;
  out.k = 90;
  for (const std::int16_t i : laws::npy<std::int16_t>(shared, "golden/metrics/knn90_idx.npy")) out.neighbour.push_back(i);
  out.distance = laws::npy<float>(shared, "golden/metrics/knn90_dist.npy");
  return out;
}

/// The largest difference.
inline double apart(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return 1e300;
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// The numbers of a score, to compare bit by bit; those that are missing count as -99.
inline std::vector<double> numbers_of(const score& s) {
  std::vector<double> out;
  for (const measured* m : {&s.value, &s.low, &s.high, &s.floor, &s.ceiling}) out.push_back(m->known() ? m->value : -99);
  return out;
}

/// Whether each number is there or says why not, and lies in [0, 1].
inline bool complete(const score& s) {
  for (const measured* m : {&s.value, &s.low, &s.high, &s.floor, &s.ceiling})
    if (m->known() ? !(m->value >= 0 && m->value <= 1) : m->reason.empty() || m->reason == "not measured") return false;
  return true;
}

/// What every head must hold: the same bits for any threads; the same value for the cells in another order and under
/// other codes.
template <class Head>
bool holds_its_laws(const Head& head, std::uint64_t seed) {
  const kernel::draws random(seed, "laws of heads");
  const cells c = random_cells(seed, 150 + random.below(80, 0), 3, 3, 2 + random.below(2, 1));
  const metric::score_options options{.resamples = 20};
  const auto once = head(c.view(), options)[0], threaded = head(c.view(3), options)[0];
  if (!complete(once) || !once.value.known() || numbers_of(once) != numbers_of(threaded)) return false;
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < c.embedding.n_cells(); ++i) rows.push_back(i);
  std::sort(rows.begin(), rows.end(), [&](std::int64_t a, std::int64_t b) { return random.bits(a, 5) < random.bits(b, 5); });
  const auto moved = head(c.in_order(rows).view(), options)[0];
  cells renumbered = c;
  for (auto* codes : {&renumbered.label, &renumbered.batch}) {
    const std::int32_t most = codes == &renumbered.label ? 3 : static_cast<std::int32_t>(c.batches.size()) + 1;
    for (std::int32_t& code : *codes) code = most - code;  // and one more label, without cells
  }
  renumbered.labels.push_back("more");
  renumbered.batches.push_back("more");
  renumbered.batches.push_back("and more");
  const auto other = head(renumbered.view(), options)[0];
  for (const score* s : {&moved, &other})
    for (const auto m : {&score::value, &score::floor, &score::ceiling}) {
      if (((*s).*m).known() != (once.*m).known()) return false;
      if ((once.*m).known() && std::abs(((*s).*m).value - (once.*m).value) > 1e-12) return false;
    }
  return true;
}

/// Whether a head answers data without such a score with one score, no value and a reason: no cells, one label, one
/// batch, no batches.
template <class Head>
bool survives(const Head& head, bool needs_batches, bool needs_labels) {
  cells none;
  none.embedding.resize(0, 2);
  none.labels = none.batches = names(2);
  cells one_label = random_cells(3, 40, 2, 1, 2), one_batch = random_cells(4, 40, 2, 2, 1),
        no_batches = random_cells(5, 40, 2, 2, 2);
  no_batches.batch.clear();
  const auto fine = [&](const cells& c, bool may_have_none) {
    const auto s = head(c.view(), metric::score_options{.resamples = 5});
    return s.size() == 1 && complete(s[0]) && (may_have_none || s[0].value.known());
  };
  cells single = random_cells(6, 12, 2, 2, 2);  // every cell a label of its own
  single.labels = names(12);
  for (std::int32_t i = 0; i < 12; ++i) single.label[usize(i)] = i;
  return fine(none, true) && fine(one_label, needs_labels) && fine(one_batch, needs_batches) &&
         fine(no_batches, needs_batches) && fine(single, true) && fine(random_cells(7, 1, 2, 2, 2), true) &&
         fine(random_cells(7, 2, 2, 2, 2), true);
}

}  // namespace tepui::tests::known_cells
