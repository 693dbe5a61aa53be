#pragma once
/// Keeps a product apart from the sum that follows it, so that the same cell gets the same bins and genes from every compiler.

namespace tepui::kernel {

/// A product, rounded to double before it is used. Compilers may otherwise fuse `a * b + c` into one instruction that rounds
/// once, where the processor has one, and a number that lies on the edge of a bin then falls to either side.
/// in     a * b            out    the same number            cost   one trip through memory
[[nodiscard]] inline double rounded(double product) noexcept {
  const volatile double kept = product;
  return kept;
}

}  // namespace tepui::kernel
