#pragma once
/// Cells with an embedding, labels and batches in memory of their own, for the laws of metric heads.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/score.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/embedded_cells.hpp>
#include <tepui/metric/score_options.hpp>

namespace tepui::laws {

/// shapes  value [cells, dims]; before [cells, dims_before] or empty; label [cells]; batch [cells] or empty
struct owned_embedding {
  std::int64_t dims = 3, dims_before = 5;
  std::vector<std::int64_t> cell_id;
  std::vector<float> value, before;
  std::vector<std::int32_t> label, batch;
  std::vector<std::string> label_name, batch_name;

  [[nodiscard]] std::int64_t n_cells() const { return isize(cell_id.size()); }
  /// The subject that heads read. It looks into this memory.
  [[nodiscard]] metric::embedded_cells subject(int threads = 1) const {
    metric::embedded_cells out(embedding_view<>{dims, value, cell_axis<>(cell_id)}, {label, label_name},
                               batch.empty() ? metric::cell_labels{} : metric::cell_labels{batch, batch_name}, threads);
    if (!before.empty()) out.before = embedding_view<>{dims_before, before, cell_axis<>(cell_id)};
    return out;
  }
  template <class Head>
  [[nodiscard]] std::vector<score> scored(const Head& head, const metric::score_options& options) const {
    return head(subject(options.threads), options);
  }

  /// n cells in a line of clouds, one a label, that batches shift a little; no two distances tie.
  [[nodiscard]] static owned_embedding drawn(std::int64_t n, std::int32_t labels, std::int32_t batches, std::uint64_t seed) {
    owned_embedding out;
    const kernel::draws random(seed, "laws: embedded cells");
    for (std::int32_t l = 0; l < labels; ++l) out.label_name.push_back("type " + std::to_string(l));
    for (std::int32_t b = 0; b < batches; ++b) out.batch_name.push_back("batch " + std::to_string(b));
    for (std::int64_t cell = 0; cell < n; ++cell) {
      // Squared, so that some types are rare.
      const auto draw = static_cast<std::int32_t>(random.below(labels * labels, cell, 0));
      std::int32_t type = 0;
      while ((type + 1) * (type + 1) <= draw) ++type;
      const auto from = static_cast<std::int32_t>(random.below(batches, cell, 1));
      out.cell_id.push_back(1000 + 7 * cell);
      out.label.push_back(type);
      out.batch.push_back(from);
      for (std::uint64_t d = 0; d < 3; ++d)
        out.value.push_back(static_cast<float>(type == isize(d) ? 1 : 0) + 0.3F * static_cast<float>(from) +
                            2.0F * static_cast<float>(random.uniform(cell, 2 + d)));
      for (std::uint64_t d = 0; d < 5; ++d)
        out.before.push_back(static_cast<float>(type == isize(d) ? 2 : 0) + static_cast<float>(from) +
                             3.0F * static_cast<float>(random.uniform(cell, 10 + d)));
    }
    return out;
  }
  [[nodiscard]] static owned_embedding some(std::uint64_t seed) {
    const kernel::draws random(seed, "laws: sizes");
    return drawn(40 + random.below(80, 0), 2 + static_cast<std::int32_t>(random.below(4, 1)),
                 2 + static_cast<std::int32_t>(random.below(2, 2)), seed);
  }

  [[nodiscard]] static std::vector<std::pair<std::string, owned_embedding>> degenerate() {
    std::vector<std::pair<std::string, owned_embedding>> out;
    const auto labelled = [](owned_embedding of, auto&& label, auto&& batch, std::int32_t names) {
      of.label_name.clear();
      for (std::int32_t l = 0; l < names; ++l) of.label_name.push_back("type " + std::to_string(l));
      for (std::size_t c = 0; c < of.label.size(); ++c) {
        of.label[c] = label(static_cast<std::int32_t>(c));
        of.batch[c] = batch(static_cast<std::int32_t>(c));
      }
      return of;
    };
    const auto own = [](std::int32_t c) { return c; };
    const auto one = [](std::int32_t) { return 0; };
    const auto two = [](std::int32_t c) { return c % 2; };
    out.emplace_back("no cells", drawn(0, 2, 2, 1));
    out.emplace_back("one cell", drawn(1, 2, 2, 1));
    out.emplace_back("two cells of two labels and batches", labelled(drawn(2, 2, 2, 1), own, two, 2));
    out.emplace_back("three cells of one label", labelled(drawn(3, 2, 2, 1), one, two, 2));
    out.emplace_back("one label", labelled(drawn(30, 2, 2, 1), one, two, 1));
    out.emplace_back("one label among unused ones", labelled(drawn(30, 2, 2, 1), [](std::int32_t) { return 1; }, two, 3));
    out.emplace_back("one batch", labelled(drawn(30, 2, 2, 1), two, one, 2));
    out.emplace_back("one label and one batch", labelled(drawn(30, 2, 2, 1), one, one, 2));
    out.emplace_back("every cell its own label", labelled(drawn(30, 2, 2, 1), own, two, 30));
    out.emplace_back("labels are batches", labelled(drawn(30, 2, 2, 1), two, two, 2));
    owned_embedding same = drawn(30, 3, 2, 1);
    std::fill(same.value.begin(), same.value.end(), 1.5F);
    std::fill(same.before.begin(), same.before.end(), 0.5F);
    out.emplace_back("all cells identical", same);
    std::fill(same.value.begin(), same.value.end(), 0.0F);
    std::fill(same.before.begin(), same.before.end(), 0.0F);
    out.emplace_back("all cells at the origin", same);
    owned_embedding no_before = drawn(30, 3, 2, 1);
    no_before.before.clear();
    out.emplace_back("nothing before integration", no_before);
    owned_embedding no_batch = drawn(30, 3, 2, 1);
    no_batch.batch.clear();
    no_batch.batch_name.clear();
    out.emplace_back("batches not given", no_batch);
    owned_embedding flat = drawn(30, 3, 2, 1);
    flat.dims = 1;
    flat.value.resize(30);
    out.emplace_back("one dimension", flat);
    return out;
  }

  [[nodiscard]] owned_embedding permuted(std::uint64_t seed) const {
    std::vector<std::size_t> order(cell_id.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {},
                      [shuffle = kernel::draws(seed, "laws: order")](std::size_t row) { return shuffle.bits(isize(row)); });
    owned_embedding out = *this;
    const auto width = usize(dims), width_before = before.empty() ? 0 : usize(dims_before);
    for (std::size_t to = 0; to < order.size(); ++to) {
      out.cell_id[to] = cell_id[order[to]];
      out.label[to] = label[order[to]];
      if (!batch.empty()) out.batch[to] = batch[order[to]];
      std::copy_n(value.begin() + isize(order[to] * width), width, out.value.begin() + isize(to * width));
      std::copy_n(before.begin() + isize(order[to] * width_before), width_before,
                  out.before.begin() + isize(to * width_before));
    }
    return out;
  }
  /// Names keep their cells; codes run the other way, around a name that no cell has.
  [[nodiscard]] owned_embedding relabelled() const {
    const auto turn = [](std::vector<std::int32_t>& code, std::vector<std::string>& name) {
      const auto n = static_cast<std::int32_t>(name.size());
      for (std::int32_t& c : code) c = n - c - (c > 0 ? 1 : 0);
      std::vector<std::string> turned;
      for (std::int32_t c = n - 1; c > 0; --c) turned.push_back(name[usize(c)]);
      turned.emplace_back("unused");
      if (n > 0) turned.push_back(name[0]);
      name = turned;
    };
    owned_embedding out = *this;
    turn(out.label, out.label_name);
    if (!batch.empty()) turn(out.batch, out.batch_name);
    return out;
  }
};

}  // namespace tepui::laws
