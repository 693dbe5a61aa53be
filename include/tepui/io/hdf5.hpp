#pragma once
/// Opens HDF5 files so that nothing in them can point outside of them, and closes what it opened.

#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/io/hdf5_filters.hpp>
#include <tepui/io/read_options.hpp>

namespace tepui::io::hdf5 {

/// Something of HDF5's that is closed when this goes away.
class handle {
 public:
  using closer = herr_t (*)(hid_t);
  handle() = default;
  handle(hid_t id, closer how_to_close) noexcept : id_(id), close_(how_to_close) {}
  handle(handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  handle& operator=(handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() { close(); }

  [[nodiscard]] hid_t get() const noexcept { return id_; }
  explicit operator bool() const noexcept { return id_ >= 0; }
  /// out  whether closing worked (what was written may only then reach the disk)
  bool close() noexcept {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 || close_(id) >= 0;
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
  closer close_ = nullptr;
};

/// While this lives, libhdf5 prints nothing; afterwards it prints as it did before.
class quiet {
 public:
  quiet() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~quiet() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  quiet(const quiet&) = delete;
  quiet& operator=(const quiet&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// The innermost cause that libhdf5 gave for its last failure, as " (HDF5: ...)", or nothing.
inline std::string cause() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned n, const H5E_error2_t* error, void* out) -> herr_t {
        if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
        return 0;
      },
      &text);
  return text.empty() ? text : " (HDF5: " + text + ")";
}

/// a * b, or the largest number where that does not fit: a size made so fails every limit.
[[nodiscard]] constexpr std::uint64_t times(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return b != 0 && a > most / b ? most : a * b;
}

/// What stands at a path.
enum class item { nothing, group, dataset, something_else };

/// An HDF5 file opened for reading. Every path is walked link by link: links to other files are refused, wherever they stand.
/// errors  bad_data naming file and path          memory  `spend` counts what readers take, up to max_bytes
class source {
 public:
  source(std::string path, const read_options& options)
      : path_(std::move(path)), left_(static_cast<std::uint64_t>(options.max_bytes)) {
    struct stat about{};
    if (::access(path_.c_str(), R_OK) != 0 || ::stat(path_.c_str(), &about) != 0)
      refuse(path_, "", "it does not exist or may not be read; check the path");
    if (!S_ISREG(about.st_mode)) refuse(path_, "", "it is no file but a folder or a device; name a file");
    file_bytes_ = static_cast<std::uint64_t>(about.st_size);
    register_filters();
    handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access.get(), false, true);  // reading needs no lock, and many network disks have none
#endif
    file_ = handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
    if (!file_)
      refuse(path_, "",
             "it does not open as HDF5" + cause() + "; it is no HDF5 file, or cut short: get it again from where it came");
    link_access_ = handle(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
    H5Pset_elink_cb(
        link_access_.get(),
        [](const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) -> herr_t { return -1; }, nullptr);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }

  /// Throws bad_data: file, place in it, and the rest of the sentence.
  [[noreturn]] void fail(std::string_view where, std::string_view what) const { refuse(path_, in_quotes(where), what); }

  /// Takes n things of `size` bytes from the memory that this read may use.
  void spend(std::uint64_t n, std::uint64_t size, std::string_view where) {
    const std::uint64_t bytes = times(n, size);
    if (bytes > left_)
      fail(where, "reading it needs " + std::to_string(bytes) + " bytes and only " + std::to_string(left_) +
                      " are left of max_bytes; raise max_bytes if the file is what you expect");
    left_ -= bytes;
  }
  void give_back(std::uint64_t bytes) { left_ += bytes; }

  /// What stands at a path such as "/obs/cell_type"; nothing where a part of the path is absent.
  [[nodiscard]] item at(std::string_view path) const {
    const handle object = walk(path);
    if (!object) return item::nothing;
    switch (H5Iget_type(object.get())) {
      case H5I_GROUP:
        return item::group;
      case H5I_DATASET:
        return item::dataset;
      default:
        return item::something_else;
    }
  }
  [[nodiscard]] bool has(std::string_view path) const { return at(path) != item::nothing; }

  /// Opens a group or dataset.                       errors  bad_data where it is absent
  [[nodiscard]] handle open(std::string_view path) const {
    handle object = walk(path);
    if (!object) fail(path, "it is absent, and the file cannot be read without it; write the file again with anndata");
    return object;
  }

  /// Names of what a group holds, by name.           errors  bad_data where it is no group or holds more than 100,000
  [[nodiscard]] std::vector<std::string> names_in(std::string_view path) const {
    const handle group = open(path);
    H5G_info_t about{};
    if (H5Iget_type(group.get()) != H5I_GROUP || H5Gget_info(group.get(), &about) < 0)
      fail(path, "it should be a group and is not" + cause() + "; write the file again");
    if (about.nlinks > 100'000) fail(path, "it holds " + std::to_string(about.nlinks) + " things, and 100000 is the most");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < about.nlinks; ++i) {
      const ssize_t size = H5Lget_name_by_idx(group.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, link_access_.get());
      if (size < 0 || size > 65'536)
        fail(path, "the name of entry " + std::to_string(i) + " cannot be read" + cause() + "; get the file again");
      std::string name(static_cast<std::size_t>(size) + 1, '\0');
      if (H5Lget_name_by_idx(group.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(), link_access_.get()) < 0)
        fail(path, "the name of entry " + std::to_string(i) + " cannot be read" + cause() + "; get the file again");
      name.resize(static_cast<std::size_t>(size));
      names.push_back(std::move(name));
    }
    return names;
  }

 private:
  [[nodiscard]] handle walk(std::string_view path) const {
    constexpr int deepest = 64;
    handle here(H5Oopen(file_.get(), "/", link_access_.get()), H5Oclose);
    if (!here) fail("/", "its root group cannot be opened" + cause() + "; get the file again from where it came");
    int depth = 0;
    while (!path.empty()) {
      const std::size_t end = path.find('/');
      const std::string part(path.substr(0, end));
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
      if (part.empty()) continue;
      if (++depth > deepest) fail(part, "it stands more than 64 groups deep; write the file again");
      if (H5Iget_type(here.get()) != H5I_GROUP) return {};
      if (part == "." || H5Lexists(here.get(), part.c_str(), link_access_.get()) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        return {};
      }
      H5L_info_t about{};
      if (H5Lget_info(here.get(), part.c_str(), &about, link_access_.get()) < 0)
        fail(part, "its link cannot be read" + cause() + "; get the file again from where it came");
      if (about.type != H5L_TYPE_HARD && about.type != H5L_TYPE_SOFT)
        fail(part, "it is a link to another file, which is not followed; write all data into one file");
      handle next(H5Oopen(here.get(), part.c_str(), link_access_.get()), H5Oclose);
      if (!next)
        fail(part, "it cannot be opened" + cause() +
                       "; the file is damaged or links to another file: get it again from where it came");
      here = std::move(next);
    }
    return here;
  }

  std::string path_;
  quiet quiet_;
  handle file_, link_access_;
  std::uint64_t left_, file_bytes_ = 0;
};

}  // namespace tepui::io::hdf5
