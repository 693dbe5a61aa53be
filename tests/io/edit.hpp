#pragma once
/// Makes wrong files out of right ones, with the HDF5 C API.

#include <initializer_list>
#include <string>
#include <vector>

#include <tepui/io/hdf5_types.hpp>

#include "io/files.hpp"

namespace io_files {

/// An HDF5 file open for damage.
class edit {
 public:
  explicit edit(const std::string& path) : file_(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose) {}
  edit& drop(const char* path) {
    H5Ldelete(file_.get(), path, H5P_DEFAULT);
    return *this;
  }
  edit& drop_note(const char* path, const char* name) {
    H5Adelete_by_name(file_.get(), path, name, H5P_DEFAULT);
    return *this;
  }
  edit& group(const char* path) {
    tepui::io::hdf5::handle(H5Gcreate2(file_.get(), path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    return *this;
  }
  /// Puts an array of T, stored as `type`, in the place of what was there.
  template <class T>
  edit& put(const char* path, std::vector<T> values, hid_t type = H5I_INVALID_HID, std::vector<hsize_t> dims = {}) {
    drop(path);
    if (dims.empty()) dims = {values.size()};
    const hid_t memory = tepui::io::hdf5::native<T>();
    const tepui::io::hdf5::handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
    const tepui::io::hdf5::handle made(H5Dcreate2(file_.get(), path, type == H5I_INVALID_HID ? memory : type, space.get(),
                                                  H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                                       H5Dclose);
    H5Dwrite(made.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    return *this;
  }
  edit& put_texts(const char* path, std::vector<const char*> values) {
    drop(path);
    const hsize_t n = values.size();
    const tepui::io::hdf5::handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    const tepui::io::hdf5::handle made(
        H5Dcreate2(file_.get(), path, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    H5Dwrite(made.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    return *this;
  }
  edit& note(const char* path, const char* name, std::vector<std::int64_t> values) {
    drop_note(path, name);
    const hsize_t n = values.size();
    const tepui::io::hdf5::handle object(H5Oopen(file_.get(), path, H5P_DEFAULT), H5Oclose),
        space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    const tepui::io::hdf5::handle made(H5Acreate2(object.get(), name, H5T_NATIVE_INT64, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                                       H5Aclose);
    H5Awrite(made.get(), H5T_NATIVE_INT64, values.data());
    return *this;
  }
  edit& note(const char* path, const char* name, const char* value) {
    drop_note(path, name);
    const tepui::io::hdf5::handle object(H5Oopen(file_.get(), path, H5P_DEFAULT), H5Oclose),
        space(H5Screate(H5S_SCALAR), H5Sclose);
    const tepui::io::hdf5::handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), std::string(value).size() + 1);
    const tepui::io::hdf5::handle made(H5Acreate2(object.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                                       H5Aclose);
    H5Awrite(made.get(), type.get(), value);
    return *this;
  }
  edit& external_link(const char* path, const char* other_file) {
    drop(path);
    H5Lcreate_external(other_file, "/", file_.get(), path, H5P_DEFAULT, H5P_DEFAULT);
    return *this;
  }

 private:
  tepui::io::hdf5::quiet quiet_;
  tepui::io::hdf5::handle file_;
};

/// small() as a file that a test may damage.
inline std::string small_file(const std::string& name) {
  const std::string path = scratch(name);
  tepui::io::write_h5ad(path, small());
  return path;
}

}  // namespace io_files
