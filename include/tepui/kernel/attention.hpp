#pragma once
/// Lets every token of a cell look at every other, and take up most from those that fit what it asks for.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/softmax.hpp>

namespace tepui::kernel {

/// Scaled dot-product attention within one cell: all tokens see all tokens, so that a cell of its own length needs no mask.
/// in     qkv [tokens, 3 Dims]: query, key and value of each token, each Heads parts of Dims / Heads; score: memory used again
/// out    y [tokens, Dims], heads side by side            empty  nothing
/// cost   O(tokens^2 Dims) and Heads tokens^2 exponentials; 4 tokens bytes of memory
/// repeat never inlined: bit-equal whatever calls it      source Vaswani et al. 2017
template <std::size_t Dims, std::size_t Heads>
[[gnu::noinline]] void attention(std::span<const float> qkv, std::vector<float>& score, std::span<float> y) {
  static_assert(Heads > 0 && Dims % Heads == 0,
                "tepui: attention cuts every token vector into heads; give a number of dims that the heads divide");
  constexpr std::size_t width = Dims / Heads, row = 3 * Dims;
  const std::size_t tokens = y.size() / Dims;
  const float scale = 1.0F / std::sqrt(static_cast<float>(width));
  score.resize(tokens);
  for (std::size_t h = 0; h < Heads; ++h)
    for (std::size_t q = 0; q < tokens; ++q) {
      const float* const asked = qkv.data() + q * row + h * width;
      for (std::size_t k = 0; k < tokens; ++k) {
        const float* const key = qkv.data() + k * row + Dims + h * width;
        float fit = 0;
        for (std::size_t d = 0; d < width; ++d) fit += asked[d] * key[d];
        score[k] = fit * scale;
      }
      softmax(score);
      float* const to = y.data() + q * Dims + h * width;
      std::fill_n(to, width, 0.0F);
      for (std::size_t k = 0; k < tokens; ++k) {
        const float* const value = qkv.data() + k * row + 2 * Dims + h * width;
        for (std::size_t d = 0; d < width; ++d) to[d] += score[k] * value[d];
      }
    }
}

}  // namespace tepui::kernel
