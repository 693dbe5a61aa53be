#pragma once
/// Writes HDF5 files so that a file under its final name is always whole: under another name first, to the disk, then renamed.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/io/hdf5.hpp>
#include <tepui/io/hdf5_types.hpp>
#include <tepui/io/isolated.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io::hdf5 {

/// A file that is being written. Nothing stands under its name before `commit`; without it, nothing ever does.
/// errors  bad_data naming the file where the disk is full or may not be written; bad_option for names that HDF5 or anndata
/// cannot hold
class file_writer {
 public:
  /// gzip false: large arrays lie in one piece, as they are; such a file is read fastest and is about three times as large.
  explicit file_writer(std::string path, bool gzip = true)
      : hold_(hdf5_lock()), path_(std::move(path)), part_(path_ + ".part-" + std::to_string(::getpid())), gzip_(gzip) {
    ::unlink(part_.c_str());
    const handle create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(create.get(), false);  // the same content gives the same bytes
    file_ = handle(H5Fcreate(part_.c_str(), H5F_ACC_EXCL, create.get(), H5P_DEFAULT), H5Fclose);
    if (!file_) fail("it cannot be made");
  }
  ~file_writer() {
    file_.close();
    if (!done_) ::unlink(part_.c_str());
  }
  file_writer(const file_writer&) = delete;
  file_writer& operator=(const file_writer&) = delete;

  void group(const std::string& path) {
    const handle create(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    H5Pset_obj_track_times(create.get(), false);
    if (!handle(H5Gcreate2(file_.get(), path.c_str(), H5P_DEFAULT, create.get(), H5P_DEFAULT), H5Gclose))
      fail("the group " + in_quotes(path) + " cannot be made");
  }
  /// An array of numbers with the given shape; large ones are packed with gzip, unless the file is to have none.
  template <class T>
  void numbers(const std::string& path, std::span<const T> values, std::initializer_list<std::int64_t> shape) {
    write(path, native<std::remove_const_t<T>>(), native<std::remove_const_t<T>>(), values.data(), shape, sizeof(T));
  }
  /// True/false values, in the form that numpy and anndata read back as bool.
  void booleans(const std::string& path, std::span<const std::uint8_t> values) {
    const handle type = bool_type();
    write(path, type.get(), type.get(), values.data(), {isize(values.size())}, 1);
  }
  void texts(const std::string& path, std::span<const std::string> values) {
    std::vector<const char*> pointers;
    pointers.reserve(values.size());
    for (const std::string& text : values) pointers.push_back(checked(text).c_str());
    const handle type = text_type();
    write(path, type.get(), type.get(), pointers.data(), {isize(values.size())}, 0);
  }

  void text_attribute(const std::string& path, const char* name, const std::string& value) {
    const handle type = text_type(), space(H5Screate(H5S_SCALAR), H5Sclose);
    const char* pointer = checked(value).c_str();
    attribute(path, name, type.get(), space.get(), &pointer);
  }
  void texts_attribute(const std::string& path, const char* name, std::span<const std::string> values) {
    const hsize_t n = values.size();
    const handle type = text_type(), space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    std::vector<const char*> pointers;
    for (const std::string& text : values) pointers.push_back(checked(text).c_str());
    if (pointers.empty()) pointers.push_back("");
    attribute(path, name, type.get(), space.get(), pointers.data());
  }
  void numbers_attribute(const std::string& path, const char* name, std::initializer_list<std::int64_t> values) {
    const hsize_t n = values.size();
    const handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    attribute(path, name, H5T_NATIVE_INT64, space.get(), values.begin());
  }
  void boolean_attribute(const std::string& path, const char* name, bool value) {
    const handle type = bool_type(), space(H5Screate(H5S_SCALAR), H5Sclose);
    const std::int8_t byte = value ? 1 : 0;
    attribute(path, name, type.get(), space.get(), &byte);
  }

  /// Brings everything to the disk and gives the file its name.
  void commit() {
    if (H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) < 0 || !file_.close()) fail("it cannot be written to its end");
    sync(part_);
    if (std::rename(part_.c_str(), path_.c_str()) != 0) fail("it cannot be given its name");
    done_ = true;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {  // some file systems cannot sync a folder, and then have no need to
      (void)::fsync(fd);
      ::close(fd);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse(path_, "", what + cause() + "; check that the folder exists, may be written, and has room");
  }

  const std::string& checked(const std::string& text) const {
    if (text.find('\0') != std::string::npos || !is_utf8(text))
      refuse(path_, "", "the text " + in_quotes(text) + " is no UTF-8 text without zero bytes; write other text");
    return text;
  }
  void sync(const std::string& path) const {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool ok = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!ok) fail("it cannot be brought to the disk");
  }
  static handle text_type() {
    handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
  }
  static handle bool_type() {
    handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    std::int8_t value = 0;
    H5Tenum_insert(type.get(), "FALSE", &value);
    value = 1;
    H5Tenum_insert(type.get(), "TRUE", &value);
    return type;
  }
  void attribute(const std::string& path, const char* name, hid_t type, hid_t space, const void* value) {
    const handle object(H5Oopen(file_.get(), path.c_str(), H5P_DEFAULT), H5Oclose);
    const handle made(H5Acreate2(object.get(), name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!made || H5Awrite(made.get(), type, value) < 0) fail("the note " + in_quotes(path + "@" + name) + " cannot be written");
  }
  /// bytes 0: values that gzip does not help.
  void write(const std::string& path, hid_t type, hid_t memory_type, const void* values,
             std::initializer_list<std::int64_t> shape, std::size_t bytes) {
    std::array<hsize_t, 2> dims{}, chunk{};
    hsize_t n = 1;
    int rank = 0;
    for (const std::int64_t d : shape) n *= dims[usize(rank++)] = static_cast<hsize_t>(d);
    const handle space(H5Screate_simple(rank, dims.data(), nullptr), H5Sclose), create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(create.get(), false);
    constexpr hsize_t worth_packing = 4096, chunk_values = 1 << 16;
    if (gzip_ && bytes > 0 && n >= worth_packing) {
      chunk = dims;
      if (rank == 1) chunk[0] = std::min<hsize_t>(dims[0], chunk_values);
      if (rank == 2) chunk[1] = std::min<hsize_t>(dims[1], chunk_values);
      if (rank == 2) chunk[0] = std::clamp<hsize_t>(chunk_values / chunk[1], 1, dims[0]);
      H5Pset_chunk(create.get(), rank, chunk.data());
      H5Pset_shuffle(create.get());
      H5Pset_deflate(create.get(), 4);
    }
    const handle made(H5Dcreate2(file_.get(), path.c_str(), type, space.get(), H5P_DEFAULT, create.get(), H5P_DEFAULT),
                      H5Dclose);
    if (!made || (n > 0 && H5Dwrite(made.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0))
      fail(in_quotes(path) + " cannot be written");
  }

  std::unique_lock<std::mutex> hold_;
  std::string path_, part_;
  quiet quiet_;
  handle file_;
  bool gzip_, done_ = false;
};

}  // namespace tepui::io::hdf5
