#pragma once
/// Brings in Highway, which writes one loop for every width of vector, and names the kind of processor it is compiled for.

// The library is compiled for the flags of the program that includes it; nothing is chosen at run time.
#if !defined(HWY_COMPILE_ONLY_STATIC) && !defined(HWY_COMPILE_ONLY_SCALAR) && !defined(HWY_COMPILE_ONLY_EMU128)
#define HWY_COMPILE_ONLY_STATIC
#endif
// x86-64-v2 and -v3 promise vectors but no encryption, which nothing here uses; without this Highway would fall back to SSSE3.
#if !defined(__AES__) && !defined(HWY_DISABLE_PCLMUL_AES)
#define HWY_DISABLE_PCLMUL_AES
#endif
// Highway's own checks would need its compiled library; the tests here check the same with the plain kernels.
#ifndef HWY_IS_DEBUG_BUILD
#define HWY_IS_DEBUG_BUILD 0
#endif

#include <hwy/highway.h>

// 1 where a vector has several lanes whose number is known when compiling. Elsewhere kernel::simd does the same without vectors.
#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE || (HWY_TARGET == HWY_EMU128 && !defined(HWY_COMPILE_ONLY_EMU128))
#define TEPUI_HAS_LANES 0
#else
#define TEPUI_HAS_LANES 1
#endif

namespace tepui::kernel::simd {
/// The namespace of the target is inline: two translation units with other flags then hold other functions, not two of the same.
inline namespace HWY_NAMESPACE {
namespace hn = ::hwy::HWY_NAMESPACE;

/// Whether this target has vectors, and how many 32-bit lanes they hold.
inline constexpr bool has_lanes = TEPUI_HAS_LANES == 1;
#if TEPUI_HAS_LANES
inline constexpr std::size_t lanes32 = HWY_LANES(std::uint32_t);
#else
inline constexpr std::size_t lanes32 = 1;
#endif
/// Whether this target has 32 vector registers, and not 16.
inline constexpr bool many_registers = lanes32 >= 16 || HWY_ARCH_ARM_A64 == 1;
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel::simd
