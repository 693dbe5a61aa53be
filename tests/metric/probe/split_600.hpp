#pragma once
/// The 300 training and 300 test cells of the golden files, of five types.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/matrix.hpp>
#include <tepui/metric/probe/task.hpp>

#include "laws/npy.hpp"

namespace tepui::tests {

struct split_600 {
  embedding_batch<> train, test;
  std::vector<std::int32_t> label, truth;
  std::vector<std::string> names{"a", "b", "c", "d", "e"};

  explicit split_600(const std::string& shared) {
    const auto x = laws::npy<float>(shared, "golden/metrics/cls_emb_600x20.npy");
    const auto all = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
    const auto part = [&](const char* name, embedding_batch<>& to, std::vector<std::int32_t>& labels) {
      const auto rows = laws::npy<std::int32_t>(shared, std::string("golden/metrics/") + name);
      to.resize(isize(rows.size()), 20);
      for (std::size_t r = 0; r < rows.size(); ++r) {
        std::copy_n(x.begin() + rows[r] * 20, 20, to.row(isize(r)).begin());
        to.cell_id[r] = rows[r];
        labels.push_back(all[usize(rows[r])]);
      }
    };
    part("cls_train_idx.npy", train, label);
    part("cls_test_idx.npy", test, truth);
  }
  [[nodiscard]] metric::probe_task task() const {
    return {.train = train.view(), .label = label, .n_classes = 5, .test = test.view()};
  }
};

}  // namespace tepui::tests
