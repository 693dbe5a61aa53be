#pragma once
/// The cells of the golden silhouettes, and small ones that a pencil can check.

#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <tepui/metric/embedded_cells.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::silhouette_cells {

/// Cells that own what embedded_cells looks at.
struct owned_cells {
  std::int64_t dims = 1;
  std::vector<float> value;
  std::vector<std::int32_t> label, batch;
  std::vector<std::int64_t> id;
  std::vector<std::string> label_name, batch_name;

  owned_cells(std::int64_t d, std::vector<float> x, std::vector<std::int32_t> labels, std::vector<std::int32_t> batches)
      : dims(d), value(std::move(x)), label(std::move(labels)), batch(std::move(batches)), id(label.size()) {
    std::iota(id.begin(), id.end(), 0);
    for (const std::int32_t l : label)
      while (isize(label_name.size()) <= l) label_name.push_back("L" + std::to_string(label_name.size()));
    for (const std::int32_t b : batch)
      while (isize(batch_name.size()) <= b) batch_name.push_back("B" + std::to_string(batch_name.size()));
  }
  [[nodiscard]] embedding_view<> view() const { return {dims, value, cell_axis<>(id)}; }
  [[nodiscard]] metric::embedded_cells cells(int threads = 1) const {
    return {view(), {label, label_name}, {batch, batch_name}, threads};
  }
};
inline owned_cells golden_cells(const std::string& shared) {
  const std::string folder = "golden/metrics/";
  return {20, laws::npy<float>(shared, folder + "emb_600x20.npy"),
          laws::npy<std::int32_t>(shared, folder + "labels_600.npy"),
          laws::npy<std::int32_t>(shared, folder + "batch_600.npy")};
}

}  // namespace tepui::tests::silhouette_cells
