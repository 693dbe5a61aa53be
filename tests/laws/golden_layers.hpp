#pragma once
/// Layers and parts with weights set by hand, and the golden layers of another library, which keeps the weights of a linear layer
/// the other way round.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tepui/layer/layer.hpp>

#include "laws/npy.hpp"

namespace tepui::tests {

/// Whether the shared data are here; says so where they are not.
[[nodiscard]] inline bool shared_is_here() {
  const bool here = !std::string(TEPUI_SHARED).empty();
  if (!here) MESSAGE("skipped: the shared golden data are not here");
  return here;
}
/// -> an array below golden/heimdall
[[nodiscard]] inline std::vector<float> golden(const std::string& name) {
  return laws::npy<float>(TEPUI_SHARED, "golden/heimdall/" + name + ".npy");
}
/// in     [rows, columns]            -> [columns, rows]
[[nodiscard]] inline std::vector<float> turned(const std::vector<float>& a, std::size_t columns) {
  std::vector<float> out(a.size());
  const std::size_t rows = a.size() / columns;
  for (std::size_t i = 0; i < a.size(); ++i) out[i % columns * rows + i / columns] = a[i];
  return out;
}
/// Whole numbers that are kept as floats.
[[nodiscard]] inline std::vector<std::int32_t> whole(const std::vector<float>& a) { return {a.begin(), a.end()}; }

inline void check_near(std::span<const float> got, std::span<const float> wanted, double tolerance = 1e-5) {
  REQUIRE(got.size() == wanted.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i])) /
                                std::max(1.0, std::abs(static_cast<double>(wanted[i]))));
  CHECK(worst <= tolerance);
}

/// Sets a slice of the flat weights of a layer, an embedder or a part by its name: set_slice(part, w, "first.bias", {0, 1}).
template <class Layer>
void set_slice(const Layer& layer, std::span<float> w, const std::string& name, std::span<const float> values) {
  bool found = false;
  layer::each_slice(layer, "", [&](const std::string& its_name, const layer::slice& s, std::int64_t first) {
    if (its_name != name) return;
    found = true;
    INFO(name, " has ", s.size(), " numbers");
    REQUIRE(s.size() == isize(values.size()));
    std::copy(values.begin(), values.end(), w.begin() + first);
  });
  INFO("there is no slice ", name);
  REQUIRE(found);
}
/// The flat weights of a layer or part, by name; what is not named is 0.
template <class Layer>
[[nodiscard]] std::vector<float> weights_of(const Layer& layer,
                                            const std::vector<std::pair<std::string, std::vector<float>>>& named) {
  std::vector<float> w(usize(layer::n_weights(layer)), 0.0F);
  for (const auto& [name, values] : named) set_slice(layer, w, name, values);
  return w;
}

/// What a part for the identity or the value gives for ids, values or bins.            -> [tokens, dims]
template <class Part, class T>
[[nodiscard]] std::vector<float> vectors_of(const Part& part, const std::vector<float>& w, const std::vector<T>& in) {
  layer::room_t<Part, float> room;
  std::vector<float> out(in.size() * usize(Part::dims), 77.0F);
  part.forward(std::span<const float>(w), std::span<const T>(in), std::span<float>(out), room);
  return out;
}
/// The gradient of its weights where that of its vectors is d_out.
template <class Part, class T>
[[nodiscard]] std::vector<float> gradient_of(const Part& part, const std::vector<float>& w, const std::vector<T>& in,
                                             const std::vector<float>& d_out) {
  layer::room_t<Part, float> room;
  std::vector<float> dw(w.size(), 0.0F);
  part.backward(std::span<const float>(w), std::span<const T>(in), std::span<const float>(d_out), std::span<float>(dw), room);
  return dw;
}
/// What a way to combine makes of a gene's vector and a value's; channels behind them.            -> [tokens, dims]
template <class Part, class... T>
[[nodiscard]] std::vector<float> combined_by(const Part& part, const std::vector<float>& w, const std::vector<float>& gene,
                                             const std::vector<float>& value, std::size_t tokens,
                                             const std::vector<T>&... given) {
  layer::room_t<Part, float> room;
  std::vector<float> out(tokens * usize(Part::dims), 77.0F);
  part.forward(std::span<const float>(w), std::span<const float>(gene), std::span<const float>(value), std::span<float>(out),
               std::span<const T>(given)..., room);
  return out;
}

}  // namespace tepui::tests
