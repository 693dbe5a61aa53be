#pragma once
/// Everything that a training run is at one moment, as named tensors: what it resumes from.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/tensors.hpp>
#include <tepui/layer/layer.hpp>

namespace tepui::train {

/// Puts the slices of flat numbers that belong to a layer into tensors: "encoder.blocks.0.0.inner.in.weight" and so on.
/// in     a word in front of each name: "" for weights            shapes  [rows, columns], or [columns] where there is one row
template <class L>
void put_slices(const L& layer, const std::string& prefix, std::span<const float> flat, named_tensors& to) {
  layer::each_slice(layer, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    const auto part = flat.subspan(usize(first), usize(s.size()));
    tensor_shape shape = s.rows == 1 ? tensor_shape{s.columns} : tensor_shape{s.rows, s.columns};
    to.put(prefix + name, std::move(shape), std::vector<float>(part.begin(), part.end()));
  });
}

/// The other way round.            errors bad_data: a tensor is absent, or has another shape or kind of number
template <class L>
void get_slices(const L& layer, const std::string& prefix, const named_tensors& from, std::span<float> flat) {
  layer::each_slice(layer, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    const tensor_shape shape = s.rows == 1 ? tensor_shape{s.columns} : tensor_shape{s.rows, s.columns};
    const auto& values = from.get<float>(prefix + name, shape);
    std::copy(values.begin(), values.end(), flat.begin() + first);
  });
}

/// A note of a checkpoint.            errors bad_data: it is not there
[[nodiscard]] inline const std::string& note_of(const named_tensors& from, const std::string& name) {
  const auto found = from.notes.find(name);
  if (found == from.notes.end())
    throw bad_data("the checkpoint has no note '" + name + "'; resume from a file that pretrain or fine_tune has written");
  return found->second;
}

}  // namespace tepui::train
