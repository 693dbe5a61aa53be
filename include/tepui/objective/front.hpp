#pragma once
/// What a head does with a token's state before it guesses: nothing, or layers of its own.

#include <cstdint>
#include <span>
#include <string>

#include <tepui/kernel/bend.hpp>
#include <tepui/layer/bent.hpp>
#include <tepui/layer/chain.hpp>
#include <tepui/layer/layer.hpp>
#include <tepui/layer/layer_norm.hpp>
#include <tepui/layer/linear.hpp>

/// A front is a template over the dims of a model that gives a layer of Dims -> Dims; a program adds its own.
namespace tepui::objective::front {

/// Nothing: the state is read as it is.
template <int Dims>
struct none {
  static constexpr int dims_in = Dims, dims_out = Dims;
  [[nodiscard]] std::string describe() const { return "nothing"; }
};

/// A bend as a layer.
template <int Dims, kernel::bend Bend>
using bent = layer::bent<Dims, Bend>;

/// Linear, gelu, layer norm.            source  Devlin et al. 2019
template <int Dims>
using bert =
    layer::chain<layer::linear<Dims, Dims>, layer::chain<bent<Dims, kernel::bend::gelu>, layer::layer_norm<Dims, 1e-12F>>>;

/// Linear, layer norm, gelu.            source  Zhang et al. 2025 (GREmLN)
template <int Dims>
using gremln = layer::chain<layer::linear<Dims, Dims>, layer::chain<layer::layer_norm<Dims>, bent<Dims, kernel::bend::gelu>>>;

/// Linear, leaky relu, twice.           source  Cui et al. 2024 (scGPT)
template <int Dims>
using scgpt = layer::chain<layer::chain<layer::linear<Dims, Dims>, bent<Dims, kernel::bend::leaky_relu>>,
                           layer::chain<layer::linear<Dims, Dims>, bent<Dims, kernel::bend::leaky_relu>>>;

}  // namespace tepui::objective::front
