#include <doctest/doctest.h>

#include <tepui/io/hdf5_types.hpp>

namespace test_io_hdf5_types {
namespace {
namespace hdf5 = tepui::io::hdf5;
using hdf5::family;

TEST_CASE("numbers of every width and byte order are recognised") {
  CHECK(hdf5::element_of(H5T_STD_I8LE).what == family::whole);
  CHECK(hdf5::element_of(H5T_STD_U16BE).what == family::natural);
  CHECK(hdf5::element_of(H5T_STD_I64BE).bytes == 8);
  CHECK(hdf5::element_of(H5T_IEEE_F64BE).what == family::real);
  for (const H5T_order_t order : {H5T_ORDER_LE, H5T_ORDER_BE}) {
    const hdf5::handle half = hdf5::half_type(order);
    CHECK(hdf5::element_of(half.get()).what == family::real);
    CHECK(hdf5::element_of(half.get()).bytes == 2);
  }
}
TEST_CASE("a description with odd bits is none of the known kinds") {
  const hdf5::handle odd(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_ebias(odd.get(), 100);
  CHECK(hdf5::element_of(odd.get()).what == family::other);
  const hdf5::handle narrow(H5Tcopy(H5T_STD_I32LE), H5Tclose);
  H5Tset_precision(narrow.get(), 12);
  CHECK(hdf5::element_of(narrow.get()).what == family::other);
}
TEST_CASE("text and booleans are told apart") {
  const hdf5::handle fixed(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(fixed.get(), 16);
  CHECK(hdf5::element_of(fixed.get()).what == family::fixed_text);
  H5Tset_size(fixed.get(), H5T_VARIABLE);
  CHECK(hdf5::element_of(fixed.get()).what == family::free_text);
  const hdf5::handle truth(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  CHECK(hdf5::element_of(truth.get()).what == family::boolean);
}
}  // namespace
}  // namespace test_io_hdf5_types
