#pragma once
/// Reads numbers and text out of HDF5 datasets, and believes no size before it has checked it.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <tepui/io/hdf5.hpp>
#include <tepui/io/hdf5_types.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io::hdf5 {

/// Bytes that a dataset of any compression may declare besides 1000 times what it stores (gzip reaches 1032, on zeros).
inline constexpr std::uint64_t free_bytes = std::uint64_t{16} << 20;
inline constexpr std::uint64_t longest_text = std::uint64_t{1} << 20;

/// Memory for texts of free length, which libhdf5 asks for one by one: bounded, and gone all at once.
class text_arena {
 public:
  explicit text_arena(std::uint64_t most) : left_(most) {}
  static void* take(std::size_t n, void* self) {
    auto& arena = *static_cast<text_arena*>(self);
    if (n > longest_text + 1 || n > arena.left_) return nullptr;
    try {
      arena.held_.push_back(std::make_unique<char[]>(n));
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    arena.left_ -= n;
    return arena.held_.back().get();
  }
  static void drop(void*, void*) {}
  void clear() { held_.clear(); }

 private:
  std::deque<std::unique_ptr<char[]>> held_;
  std::uint64_t left_;
};

/// A dataset whose layout, filters and sizes have passed the guards.
/// errors  bad_data naming file and dataset: external storage, virtual datasets, unknown filters, declared bytes over 1000
/// times
///         the stored ones (and 16 MiB), more than 2 dimensions, chunks over 1 GiB
class dataset {
 public:
  dataset(source& from, std::string path) : from_(&from), path_(std::move(path)), id_(from.open(path_)) {
    if (H5Iget_type(id_.get()) != H5I_DATASET) fail("it should be an array and is not; write the file again");
    type_ = handle(H5Dget_type(id_.get()), H5Tclose);
    const handle space(H5Dget_space(id_.get()), H5Sclose);
    if (!type_ || !space) fail("its description cannot be read" + cause() + "; get the file again");
    element_ = element_of(type_.get());
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
      dims_ = {0};
    } else {
      const int rank = H5Sget_simple_extent_ndims(space.get());
      if (rank < 0 || rank > 2) fail("it has " + std::to_string(rank) + " dimensions, and 2 is the most; write the file again");
      dims_.resize(static_cast<std::size_t>(rank));
      if (rank > 0 && H5Sget_simple_extent_dims(space.get(), dims_.data(), nullptr) < 0)
        fail("its shape cannot be read; get the file again");
    }
    check_storage();
  }

  [[nodiscard]] const std::vector<hsize_t>& dims() const { return dims_; }
  [[nodiscard]] std::uint64_t size() const {
    std::uint64_t n = 1;
    for (const hsize_t d : dims_) n = times(n, d);
    return n;
  }
  [[nodiscard]] const element& holds() const { return element_; }
  [[nodiscard]] hid_t type() const { return type_.get(); }
  [[nodiscard]] hid_t id() const { return id_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] source& from() const { return *from_; }
  [[noreturn]] void fail(const std::string& what) const { from_->fail(path_, what); }

  /// Rows (of one or many values) that are worth reading at a time: about a million values, whole chunks.
  [[nodiscard]] std::uint64_t rows_at_a_time() const {
    const std::uint64_t width = dims_.size() == 2 ? std::max<std::uint64_t>(dims_[1], 1) : 1;
    const std::uint64_t rows = std::max<std::uint64_t>((std::uint64_t{1} << 20) / width, 1);
    return chunk_rows_ == 0 ? rows : (rows + chunk_rows_ - 1) / chunk_rows_ * chunk_rows_;
  }

  /// Rows [first, first + n) in the memory's type.    errors  bad_data where libhdf5 cannot read them
  void read_rows(std::uint64_t first, std::uint64_t n, hid_t memory_type, void* out, hid_t transfer = H5P_DEFAULT) const {
    if (n == 0 || size() == 0) return;
    unpacked_chunk() = chunk_;
    herr_t ok = -1;
    std::string why;  // closing a handle forgets the cause
    if (dims_.empty()) {
      ok = H5Dread(id_.get(), memory_type, H5S_ALL, H5S_ALL, transfer, out);
      if (ok < 0) why = cause();
    } else {
      const handle space(H5Dget_space(id_.get()), H5Sclose);
      const hsize_t start[2] = {first, 0};
      const hsize_t count[2] = {n, dims_.size() == 2 ? dims_[1] : 1};
      const hsize_t flat = n * count[1];
      const handle memory(H5Screate_simple(1, &flat, nullptr), H5Sclose);
      if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr) >= 0)
        ok = H5Dread(id_.get(), memory_type, memory.get(), space.get(), transfer, out);
      if (ok < 0) why = cause();
    }
    if (ok < 0)
      fail("rows " + std::to_string(first) + " to " + std::to_string(first + n - 1) + " cannot be read" + why +
           "; the file is damaged: get it again");
  }

  /// All values as T, which must hold every value of the file's type without loss (checked for whole numbers).
  template <class T>
  [[nodiscard]] std::vector<T> numbers() const {
    if (!element_.number()) fail("it holds " + element_.in_words() + " where numbers are needed; write the file again");
    from_->spend(size(), sizeof(T), path_);
    std::vector<T> out(static_cast<std::size_t>(size()));
    read_rows(0, dims_.empty() ? 1 : dims_[0], native<T>(), out.data());
    return out;
  }
  /// All values as int64.                             errors  bad_data for fractions, text, and numbers of 2^63 and more
  [[nodiscard]] std::vector<std::int64_t> whole_numbers() const {
    if (!element_.whole_number())
      fail("it holds " + element_.in_words() + " where whole numbers are needed; write the file again");
    if (element_.what == family::natural && element_.bytes == 8) {
      const std::vector<std::uint64_t> wide = numbers<std::uint64_t>();
      std::vector<std::int64_t> out(wide.size());
      for (std::size_t i = 0; i < wide.size(); ++i) {
        if (wide[i] >> 63 != 0)
          fail("row " + std::to_string(i) + " holds " + std::to_string(wide[i]) +
               ", and 2^63 - 1 is the most; write smaller numbers");
        out[i] = static_cast<std::int64_t>(wide[i]);
      }
      return out;
    }
    return numbers<std::int64_t>();
  }
  /// All values as 0 or 1.                            errors  bad_data for other values
  [[nodiscard]] std::vector<std::uint8_t> booleans() const {
    if (element_.what != family::boolean && !(element_.whole_number() && element_.bytes == 1))
      fail("it holds " + element_.in_words() + " where true/false values are needed; write the file again");
    from_->spend(size(), 1, path_);
    std::vector<std::uint8_t> out(static_cast<std::size_t>(size()));
    read_rows(0, dims_.empty() ? 1 : dims_[0], type_.get(), out.data());
    for (std::size_t i = 0; i < out.size(); ++i)
      if (out[i] > 1)
        fail("row " + std::to_string(i) + " holds " + std::to_string(out[i]) +
             ", which is neither true nor false; write the file again");
    return out;
  }
  /// All values as text (UTF-8).                      errors  bad_data for numbers, texts over 1 MiB, bytes that are no UTF-8
  [[nodiscard]] std::vector<std::string> texts() const;

 private:
  void check_storage() {
    const handle made(H5Dget_create_plist(id_.get()), H5Pclose);
    if (!made) fail("its storage cannot be read" + cause() + "; get the file again");
    if (H5Pget_external_count(made.get()) != 0)
      fail("its values lie in another file, which is not followed; write all data into one file");
    const H5D_layout_t layout = H5Pget_layout(made.get());
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
      fail("it is a virtual dataset, which could point to other files and is not followed; write all data into one file");
    const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(id_.get()), from_->file_bytes());
    const std::uint64_t most = times(stored, 1000) + free_bytes;  // stored is at most a file's size: far from overflow
    const std::uint64_t declared = times(size(), std::max<std::uint64_t>(element_.bytes, 1));
    if (declared > most)
      fail("it declares " + std::to_string(declared) + " bytes and stores " + std::to_string(stored) +
           "; more than 1000 times as much is not believed: get the file again, or write it again without compression");
    const int n_filters = H5Pget_nfilters(made.get());
    if (n_filters < 0 || n_filters > 32) fail("its filters cannot be read" + cause() + "; get the file again");
    for (int i = 0; i < n_filters; ++i) {
      unsigned flags = 0;
      std::size_t n_values = 0;
      const H5Z_filter_t filter =
          H5Pget_filter2(made.get(), static_cast<unsigned>(i), &flags, &n_values, nullptr, 0, nullptr, nullptr);
      if (filter < 0) fail("its filters cannot be read" + cause() + "; get the file again");
      check_filter(filter, from_->path(), path_);
    }
    if (layout == H5D_CHUNKED) {
      hsize_t chunk[3] = {0, 0, 0};
      const int rank = H5Pget_chunk(made.get(), 3, chunk);
      if (rank != static_cast<int>(dims_.size())) fail("its chunks do not have its dimensions; get the file again");
      // In the file a text of free length is 16 bytes, whatever it is in memory; records may hold such texts.
      const bool exact = element_.number() || element_.what == family::boolean || element_.what == family::fixed_text;
      std::uint64_t bytes = std::max<std::uint64_t>(element_.bytes, 1);
      for (int i = 0; i < rank; ++i) bytes = times(bytes, chunk[i]);
      if (bytes > most || bytes > (std::uint64_t{1} << 30))
        fail("one chunk of it is " + std::to_string(bytes) +
             " bytes, which is not believed; write the file again with smaller chunks");
      chunk_rows_ = chunk[0];
      chunk_.least = exact ? static_cast<std::size_t>(bytes) : 0;
      chunk_.most = static_cast<std::size_t>(exact ? bytes : 2 * bytes) + 64;  // 64: checksums inside the compression
      check_chunks(exact, bytes);
    }
  }

  /// A chunk that claims to be stored as it is must have a chunk's size: libhdf5 1.10 does not check that and reads past its
  /// end.
  void check_chunks(bool exact, std::uint64_t bytes) const {
    constexpr hsize_t most_looked_at = 1024;  // looking up one costs time in proportion to their number
    const handle space(H5Dget_space(id_.get()), H5Sclose);
    hsize_t n = 0;
    if (!exact || H5Dget_num_chunks(id_.get(), space.get(), &n) < 0 || n > most_looked_at) return;
    for (hsize_t i = 0; i < n; ++i) {
      hsize_t at[3] = {0, 0, 0}, stored = 0;
      unsigned skipped = 0;
      haddr_t address = 0;
      if (H5Dget_chunk_info(id_.get(), space.get(), i, at, &skipped, &address, &stored) < 0)
        fail("chunk " + std::to_string(i) + " cannot be found" + cause() + "; the file is damaged: get it again");
      if (skipped != 0 && stored != bytes)
        fail("chunk " + std::to_string(i) + " stores " + std::to_string(stored) + " bytes where it needs " +
             std::to_string(bytes) + "; the file is damaged: get it again");
    }
  }

  source* from_;
  std::string path_;
  handle id_, type_;
  element element_;
  std::vector<hsize_t> dims_;
  std::uint64_t chunk_rows_ = 0;
  chunk_size chunk_;
};

/// The text in a field of fixed length: up to the first zero byte, or without the blanks that pad it.
inline std::string fixed_text(const char* field, std::size_t length, H5T_str_t padding) {
  std::string_view text(field, length);
  if (const auto* zero = static_cast<const char*>(std::memchr(field, 0, length)))
    text = text.substr(0, static_cast<std::size_t>(zero - field));
  if (padding == H5T_STR_SPACEPAD) text = text.substr(0, text.find_last_not_of(' ') + 1);
  return std::string(text);
}

/// The type that texts of free length have in memory; its character set must be the file's.
inline handle free_text_type(hid_t as_in_file) {
  handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5Tget_cset(as_in_file));
  return type;
}
/// A transfer that takes the memory of texts from an arena.
inline handle transfer_into(text_arena& arena) {
  handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  H5Pset_vlen_mem_manager(transfer.get(), text_arena::take, &arena, text_arena::drop, nullptr);
  return transfer;
}

inline std::vector<std::string> dataset::texts() const {
  if (!element_.text()) fail("it holds " + element_.in_words() + " where text is needed; write the file again");
  from_->spend(size(), sizeof(std::string), path_);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(size()));
  const auto keep = [&](std::string text) {
    if (!is_utf8(text)) fail("row " + std::to_string(out.size()) + " is no UTF-8 text; write the file again with UTF-8");
    if (text.size() > 15) from_->spend(text.size(), 1, path_);
    out.push_back(std::move(text));
  };
  const std::uint64_t rows = dims_.empty() ? 1 : dims_[0];
  if (dims_.size() > 1) fail("it has 2 dimensions where a column of text is needed; write the file again");
  if (element_.what == family::fixed_text) {
    const H5T_str_t padding = H5Tget_strpad(type_.get());
    const std::uint64_t at_once = std::max<std::uint64_t>((std::uint64_t{1} << 22) / element_.bytes, 1);
    std::vector<char> block(static_cast<std::size_t>(std::min(rows, at_once)) * element_.bytes);
    for (std::uint64_t first = 0; first < rows; first += at_once) {
      const std::uint64_t n = std::min(at_once, rows - first);
      read_rows(first, n, type_.get(), block.data());
      for (std::uint64_t i = 0; i < n; ++i) keep(fixed_text(block.data() + i * element_.bytes, element_.bytes, padding));
    }
    return out;
  }
  constexpr std::uint64_t at_once = 1 << 16;
  const handle memory_type = free_text_type(type_.get());
  std::vector<char*> block(static_cast<std::size_t>(std::min(rows, at_once)), nullptr);
  for (std::uint64_t first = 0; first < rows; first += at_once) {
    const std::uint64_t n = std::min(at_once, rows - first);
    text_arena arena(std::uint64_t{256} << 20);
    const handle transfer = transfer_into(arena);
    std::fill(block.begin(), block.end(), nullptr);
    read_rows(first, n, memory_type.get(), block.data(), transfer.get());
    for (std::uint64_t i = 0; i < n; ++i) keep(block[i] == nullptr ? std::string() : std::string(block[i]));
  }
  return out;
}

}  // namespace tepui::io::hdf5
