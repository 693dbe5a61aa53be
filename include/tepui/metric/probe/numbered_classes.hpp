#pragma once
/// The cell types that training cells really have, numbered without gaps.

#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::metric {

/// in      label [cells] in [0, n_classes)                out    label [cells] in [0, present)
/// shapes  present: the classes that some cell has, ascending: of number i it is present[i]
/// cost    O(cells + classes)
struct numbered_classes {
  std::vector<std::int32_t> label, present;

  numbered_classes(std::span<const std::int32_t> given, std::int32_t n_classes) {
    std::vector<std::int32_t> number(usize(n_classes), -1);
    for (const std::int32_t l : given) number[usize(l)] = 0;
    for (std::int32_t c = 0; c < n_classes; ++c)
      if (number[usize(c)] == 0) {
        number[usize(c)] = static_cast<std::int32_t>(present.size());
        present.push_back(c);
      }
    label.reserve(given.size());
    for (const std::int32_t l : given) label.push_back(number[usize(l)]);
  }
};

}  // namespace tepui::metric
