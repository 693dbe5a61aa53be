#pragma once
/// Which kind of number or text an HDF5 dataset holds. Only plain kinds pass: a damaged description is refused before any
/// conversion.

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include <tepui/io/hdf5.hpp>

namespace tepui::io::hdf5 {

enum class family { whole, natural, real, boolean, fixed_text, free_text, compound, array, other };

/// One element as the file stores it.
struct element {
  family what = family::other;
  std::size_t bytes = 0;  ///< of one element in the file

  [[nodiscard]] bool whole_number() const { return what == family::whole || what == family::natural; }
  [[nodiscard]] bool number() const { return whole_number() || what == family::real; }
  [[nodiscard]] bool text() const { return what == family::fixed_text || what == family::free_text; }
  [[nodiscard]] std::string in_words() const {
    const std::string size = " of " + std::to_string(bytes) + " bytes";
    switch (what) {
      case family::whole:
      case family::natural:
        return "whole numbers" + size;
      case family::real:
        return "floating-point numbers" + size;
      case family::boolean:
        return "true/false values";
      case family::fixed_text:
      case family::free_text:
        return "text";
      case family::compound:
        return "records";
      case family::array:
        return "arrays";
      default:
        return "a kind of data that is not read here";
    }
  }
};

/// IEEE half precision, which libhdf5 1.10 has no name for.
inline handle half_type(H5T_order_t order) {
  handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
  H5Tset_size(type.get(), 2);
  H5Tset_ebias(type.get(), 15);
  H5Tset_order(type.get(), order);
  return type;
}

/// Recognises the standard kinds, in both byte orders.
inline element element_of(hid_t type) {
  element out;
  out.bytes = H5Tget_size(type);
  const auto is = [&](hid_t known) { return H5Tequal(type, known) > 0; };
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: {
      if (is(H5T_STD_I8LE) || is(H5T_STD_I16LE) || is(H5T_STD_I32LE) || is(H5T_STD_I64LE) || is(H5T_STD_I8BE) ||
          is(H5T_STD_I16BE) || is(H5T_STD_I32BE) || is(H5T_STD_I64BE))
        out.what = family::whole;
      if (is(H5T_STD_U8LE) || is(H5T_STD_U16LE) || is(H5T_STD_U32LE) || is(H5T_STD_U64LE) || is(H5T_STD_U8BE) ||
          is(H5T_STD_U16BE) || is(H5T_STD_U32BE) || is(H5T_STD_U64BE))
        out.what = family::natural;
      break;
    }
    case H5T_FLOAT: {
      if (is(H5T_IEEE_F32LE) || is(H5T_IEEE_F64LE) || is(H5T_IEEE_F32BE) || is(H5T_IEEE_F64BE)) out.what = family::real;
      if (out.bytes == 2) {
        const handle little = half_type(H5T_ORDER_LE), big = half_type(H5T_ORDER_BE);
        if (is(little.get()) || is(big.get())) out.what = family::real;
      }
      break;
    }
    case H5T_ENUM: {  // numpy's bool: FALSE = 0, TRUE = 1 on one byte
      const handle base(H5Tget_super(type), H5Tclose);
      if (out.bytes == 1 && base && element_of(base.get()).whole_number()) out.what = family::boolean;
      break;
    }
    case H5T_STRING: {
      const htri_t free_length = H5Tis_variable_str(type);
      if (free_length > 0) out.what = family::free_text;
      if (free_length == 0 && out.bytes > 0 && out.bytes <= (1U << 20)) out.what = family::fixed_text;
      break;
    }
    case H5T_COMPOUND:
      out.what = family::compound;
      break;
    case H5T_ARRAY:
      out.what = family::array;
      break;
    default:
      break;
  }
  H5Eclear2(H5E_DEFAULT);
  return out;
}

/// The type of T in memory, as libhdf5 names it.
template <class T>
hid_t native() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::int8_t>) return H5T_NATIVE_INT8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
  return H5I_INVALID_HID;
}

}  // namespace tepui::io::hdf5
